"""The shapes of requests and answers about accounts."""
