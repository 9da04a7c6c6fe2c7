"""Entity relationship diagrams: what is drawn, apart from how: :mod:`model` is drawn by each of the others."""
