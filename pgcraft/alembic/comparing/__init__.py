"""What models and database differ in, and what of that is ours to change."""
