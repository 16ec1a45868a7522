"""The trade credit insurance, when the trade goes wrong."""
