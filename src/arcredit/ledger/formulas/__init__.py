"""Formulas of a workbook that call worksheet functions of ours: found, parsed, with what they refer to."""
