"""oppSpot: qualified, owned, timed work out of a stream of raw leads."""
