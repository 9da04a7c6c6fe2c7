"""Made-up rows for any table, in the shape that its checks and keys ask for."""
