"""The lossless writer: copy what is untouched, splice bytes into what is not."""
