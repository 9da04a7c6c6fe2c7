"""A change as somebody means it: what belongs together among all that is done, and what is said of it in one line."""
