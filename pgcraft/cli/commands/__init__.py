"""One command a module, named for it. The service is imported when a command runs: ``--help`` stays quick."""
