"""The command line: everything that the workbench can do, for scripts."""
