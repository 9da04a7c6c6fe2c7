"""Python source of a revision file, written and read."""
