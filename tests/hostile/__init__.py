"""Hostile files and arguments, made from bytes; Hypothesis, atheris and the kept cases share them."""
