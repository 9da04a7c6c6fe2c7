"""What the command line and the workbench may ask: plain requests and answers, no user code in this process."""
