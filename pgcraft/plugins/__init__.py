"""The built-in plugins, one a file."""
