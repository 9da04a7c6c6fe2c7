"""From the action registry to keys, palette and the list of them; no screen is known here."""
