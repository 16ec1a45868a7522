"""Sheets and text files into columns: find the block, mean the columns, read the values."""
