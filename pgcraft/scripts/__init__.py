"""What the migrations made, read from their scripts."""
