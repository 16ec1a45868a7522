"""Work that ends the worker; in a module that a worker has read at once."""

import os


def dies(_):
    os._exit(7)
