"""What a role can reach, and by which way; asked of the models, a database, or two states of a repository."""
