"""The sections of a credit file."""
