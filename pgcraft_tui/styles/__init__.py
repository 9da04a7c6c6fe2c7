"""How the workbench looks: the style sheets and the themes."""
