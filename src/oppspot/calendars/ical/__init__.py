"""Calendar files (iCalendar, RFC 5545): read with what repeats in them, and written. Pure."""
