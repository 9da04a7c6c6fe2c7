"""The revision wizard: `screen.py` has its steps, the operations are chosen in one part and made a file in another."""
