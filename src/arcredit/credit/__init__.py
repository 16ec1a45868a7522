"""The figures: pure functions, numbers in and numbers out; no file, no Excel, no clock.

A public function here is a worksheet function: its name in capitals is what users type, its docstring the
help they read. `FUNCTIONS` finds them all, so that a new one is added by writing it.
"""

from collections.abc import Callable
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import walk_packages
from typing import Any

STEMS = ("credit_", "ar_", "tci_")


def _functions() -> dict[str, Callable[..., Any]]:
    modules = [import_module(info.name) for info in walk_packages(__path__, f"{__name__}.")]
    return {
        name: function
        for module in modules
        for name, function in getmembers(module, isfunction)
        if name.startswith(STEMS) and function.__module__ == module.__name__
    }


FUNCTIONS: dict[str, Callable[..., Any]]
"""Every worksheet function by its lower-case name."""


def __getattr__(name: str) -> Any:
    # Found on first use: importing one figure must not import all of them.
    if name == "FUNCTIONS":
        globals()["FUNCTIONS"] = found = dict(sorted(_functions().items()))
        return found
    raise AttributeError(name)
