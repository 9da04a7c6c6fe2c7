"""What happens to ledgers."""
