"""The customer, before the trade: rating, limit, order check."""
