"""How a declaration runs: what plugins share, and the arguments and columns it is called with."""
