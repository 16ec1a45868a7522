"""The template workbooks: what a team opens and types into, in English and Chinese."""
