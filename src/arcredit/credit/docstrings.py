"""Help texts that two functions share are written once."""

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def parameters_of(source: Callable[..., Any]) -> Callable[[Function], Function]:
    """Give a function that takes the same arguments the Parameters section of `source`."""
    section = re.search(r"Parameters\n-+\n.*?\n\n(?=\w+\n-+\n)", inspect.getdoc(source) or "", re.S)

    def insert(function: Function) -> Function:
        text = inspect.getdoc(function) or ""
        function.__doc__ = text.replace("Returns\n", (section[0] if section else "") + "Returns\n", 1)
        return function

    return insert
