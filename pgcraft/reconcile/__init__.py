"""What of the difference between models and database is ours to change, and in whose words it is said."""
