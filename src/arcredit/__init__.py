"""arcredit: receivables protection inside the workbooks a finance team already has."""

__version__ = "0.1.0"
