"""Workbooks in a store that is no folder of this machine, such as ``s3://bucket/ledgers`` or ``abfs://…``.

A workbook is fetched, refreshed here as a file, and put back only if it changed and nobody else has changed
the one in the store meanwhile. Needs the extra ``s3`` or ``abfs``, or fsspec and its package for the store.
"""
