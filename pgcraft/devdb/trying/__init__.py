"""Trying as each role what it may do and what it may not."""
