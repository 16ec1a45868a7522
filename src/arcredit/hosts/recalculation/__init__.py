"""Formulas with our functions, computed without a spreadsheet program as one would compute them."""
