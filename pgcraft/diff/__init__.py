"""From two catalogs to what is different, and to the statements that lead from one to the other."""
