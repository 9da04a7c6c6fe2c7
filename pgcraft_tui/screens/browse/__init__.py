"""The main screen: `screen.py` has its actions; each part of it has one job."""
