"""The ledger, while the trade runs: aging, DSO, warnings, provisions, interest."""
