"""Stand-ins for pywin32, so that the real Windows half of xlwings runs anywhere.

`install` puts modules of pywin32's names into ``sys.modules`` and lets ``import xlwings`` take its Windows
branch: `xlwings.udfs` and `xlwings.com_server` are then the real ones, and only COM itself is played.
"""

import builtins
import contextlib
import ctypes
import datetime as dt
import importlib
import os
import sys
import threading
import types
from typing import Any

LOOK_AT_THE_PLATFORM = (
    *("asyncio", "concurrent.futures", "multiprocessing", "subprocess", "tempfile", "logging"),
    *("numpy", "pandas", "PIL.ImageGrab", "matplotlib", "psutil"),
)
"""Modules that themselves ask for the platform, so they must be imported as what they are."""

MISSING = -2147352572


class ComError(Exception):
    def __init__(self, hresult=-2147352567, text="Exception occurred.", exc=None, arg=None):
        super().__init__(hresult, text, exc, arg)
        self.hresult = hresult


class TimeType(dt.datetime):
    """pywintypes.TimeType: what a date of a cell arrives as."""


class IID(str):
    __slots__ = ()

    def __new__(cls, text):
        return super().__new__(cls, str(text).upper())


class IDispatch:
    """A COM object as VBA hands it over."""

    def __init__(self, target):
        self.target = target

    def GetTypeInfo(self):  # noqa: N802  COM's name
        return self

    def GetDocumentation(self, _member):  # noqa: N802
        return (type(self.target).__name__, None, 0, None)

    def GetTypeAttr(self):  # noqa: N802
        is_range = type(self.target).__name__ == "Range"
        return types.SimpleNamespace(iid=IID("{00020846-0000-0000-C000-000000000046}" if is_range else "{0}"))


class CDispatch:
    """A late-bound proxy."""

    def __init__(self, oleobj):
        object.__setattr__(self, "_oleobj_", oleobj)

    def __getattr__(self, name):
        return wrapped(getattr(self._oleobj_.target, name))

    def __setattr__(self, name, value):
        setattr(self._oleobj_.target, name, value)

    def __call__(self, *arguments):
        return wrapped(self._oleobj_.target(*arguments))

    def __iter__(self):
        return map(wrapped, self._oleobj_.target)


def wrapped(value):
    if getattr(value, "__com__", False):
        return CDispatch(IDispatch(value))
    if callable(value):
        return lambda *arguments, **named: wrapped(value(*arguments, **named))
    return value


def dispatch(value, **_named):
    if isinstance(value, CDispatch):
        return value
    if isinstance(value, IDispatch):
        return CDispatch(value)
    if getattr(value, "__com__", False):
        return CDispatch(IDispatch(value))
    raise ComError(-2147221005, f"Invalid class string {value!r}")


class _Anything:
    """Windows' own libraries: whatever is called gives 0."""

    def __getattr__(self, _name):
        return _Anything()

    def __call__(self, *_arguments, **_named):
        return 0


class _Wrapped:
    def __init__(self, obj, *_more, **_named):
        self.obj = obj


def _unwrapped(value):
    if isinstance(value, _Wrapped):
        return value.obj
    raise ComError


def _module(name: str, **attributes: Any) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(attributes, __file__=__file__)
    sys.modules[name] = module
    parent, _, leaf = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], leaf, module)


def _modules() -> None:
    _module("pywintypes", com_error=ComError, error=OSError, TimeType=TimeType, IID=IID)
    _module(
        "pythoncom",
        CoInitialize=lambda: None,
        CoUninitialize=lambda: None,
        IID_IDispatch="IDispatch",
        IID_IEnumVARIANT="IEnumVARIANT",
        TypeIIDs={"IDispatch": IDispatch},
        com_error=ComError,
        ole_error=ComError,
        VT_BYREF=0x4000,
        VT_BOOL=11,
    )
    _module("win32api", GetCurrentThreadId=threading.get_ident)
    for name in ("win32event", "win32con", "win32gui", "win32com"):
        _module(name)
    _module("win32process", GetWindowThreadProcessId=lambda _hwnd: (1, os.getpid()))
    _module("win32timezone", TimeZoneInfo=types.SimpleNamespace(utc=lambda: dt.UTC))
    _module(
        "win32com.client",
        Dispatch=dispatch,
        DispatchEx=dispatch,
        CDispatch=CDispatch,
        DispatchBaseClass=type("DispatchBaseClass", (), {}),
        CoClassBaseClass=type("CoClassBaseClass", (), {}),
    )
    _module("win32com.client.gencache", EnsureModule=lambda *_a, **_k: None)
    _module("win32com.client.dynamic")
    _module("win32com.server")
    _module("win32com.server.exception", COMException=ComError)
    _module("win32com.server.util", wrap=_Wrapped, unwrap=_unwrapped)
    _module("win32com.server.policy", DefaultPolicy=object)
    _module("win32com.server.dispatcher")


def install():
    """Import xlwings as on Windows and give it; a second call gives it again."""
    if "pythoncom" in sys.modules:
        return importlib.import_module("xlwings")
    for name in [name for name in sys.modules if name.split(".")[0] == "xlwings"]:
        del sys.modules[name]
    for name in LOOK_AT_THE_PLATFORM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    ctypes.oledll = ctypes.windll = _Anything()
    ctypes.WinError = builtins.WindowsError = OSError
    _modules()
    python_dll, platform = ctypes.PyDLL, sys.platform
    ctypes.PyDLL = lambda *_a, **_k: types.SimpleNamespace(
        PyCom_PyObjectFromIUnknown=types.SimpleNamespace(restype=None)
    )
    sys.platform = "win32"
    try:
        xlwings = importlib.import_module("xlwings")
    finally:
        sys.platform, ctypes.PyDLL = platform, python_dll
    assert xlwings.has_pywin32, "xlwings did not take its Windows branch"
    return xlwings


def server():
    """A real ``xlwings.com_server.XLPython``: what the VBA holds."""
    install()
    return importlib.import_module("xlwings.com_server").XLPython()
