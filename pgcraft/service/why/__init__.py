"""Whose an object is and why it is there: from the catalog and the revisions alone."""
