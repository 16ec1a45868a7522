"""The shipped VBA run by LibreOffice, with Excel's part played: COM between VBA and Python is a UNO bridge.

The add-in's own modules run as they are shipped, after the preprocessor that LibreOffice lacks; one procedure
is added that hands them the Python object which a DLL would give on Windows. That object forwards to this
process, to xlwings' real ``XLPython``.
"""

import datetime as dt
import struct
from pathlib import Path

from arcredit.hosts.excel import vba
from arcredit.hosts.excel.build import build, sources
from hosts.support import fakewin

EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)

SET_PYTHON = """
Public g_script As Object
Public Sub SetPythonForTests(script As Object)
    Set g_script = script
    Set m_python = New PythonForTests
End Sub
"""
CV_ERR = """
Private Function CVErr(number As Long) As Variant
    CVErr = g_script.invoke(Array("CVErr", number), Array(), Array())
End Function
"""
"""LibreOffice 7.4 makes the text "Error 2042" of its Basic's error value, so the tests bring their own."""
CALC_ERRORS = {2000: 521, 2007: 532, 2015: 519, 2023: 524, 2029: 525, 2036: 503, 2042: 32767}
"""Excel's error numbers and LibreOffice's (com.sun.star.sheet.FormulaResult; formula/errorcodes.hxx)."""
PYTHON_CLASS = """Option Explicit
Public Function CallUDF(script, fname, args)
    Dim r, i, j, a()
    r = g_script.invoke(Array("CallUDF", script, fname, args), Array(), Array())
    If IsArray(r) Then
        ReDim a(0 To UBound(r), 0 To UBound(r(0)))
        For i = 0 To UBound(r)
            For j = 0 To UBound(r(i))
                a(i, j) = r(i)(j)
            Next j
        Next i
        CallUDF = a
    Else
        CallUDF = r
    End If
End Function
Public Function Module(name)
    Module = name
End Function
Public Sub SetAttr(owner, name, value)
    g_script.invoke Array("SetAttr", owner, name), Array(), Array()
End Sub
Public Sub Exec(statement)
    g_script.invoke Array("Exec", statement), Array(), Array()
End Sub
"""


def addin_workbook(path: Path) -> Path:
    """A macro workbook with the add-in's modules."""
    modules = {name: on_windows(source) for name, source in vba.modules(sources()).items()}
    lines = modules["arcredit_xlpy"].splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("Public Function"))
    declared, rest = "\n".join(lines[:first]), "\n".join(lines[first:])
    global_line, procedure = SET_PYTHON.strip().split("\n", 1)
    source = f"{declared}\n{global_line}\n{rest}\n{procedure}\n"
    core = modules["arcredit_core"] + CV_ERR
    own = {"arcredit_core": core, "arcredit_xlpy": source, "PythonForTests.cls": PYTHON_CLASS}
    return build(path, extra=modules | own)


def on_windows(source: str) -> str:
    """What the VBA of 64-bit Excel for Windows compiles: LibreOffice runs every branch of an ``#If``."""
    lines, taken = [], []
    for line in source.splitlines():
        word = line.strip().partition(" ")[0].lower()
        if word == "#if":
            taken.append([" Win64 " in line])
        elif word == "#elseif":
            taken[-1].append(not any(taken[-1]) and " Win64 " in line)
        elif word == "#else":
            taken[-1].append(not any(taken[-1]))
        elif word == "#end":
            taken.pop()
        elif all(branch[-1] for branch in taken):
            lines.append(line)
    return "\n".join(lines)


class Excel:
    """An open macro workbook whose VBA talks to this process."""

    def __init__(self, office, path: Path):
        self.office = office
        self.python = fakewin.server()
        self.calls, self.statements = 0, []
        self.doc = office.open(path, MacroExecutionMode=4)
        self.run("arcredit_xlpy.SetPythonForTests", _script(self))
        self.sheet = self.doc.Sheets.getByIndex(0)

    def run(self, procedure: str, *arguments):
        """Call a procedure of the VBA."""
        address = f"vnd.sun.star.script:arcredit.{procedure}?language=Basic&location=document"
        return self.doc.getScriptProvider().getScript(address).invoke(arguments, (), ())[0]

    def CallUDF(self, module, name, arguments):  # noqa: N802  COM's name
        self.calls += 1
        found = self.python.CallUDF(module, name, tuple(map(_com, arguments)))
        if isinstance(found, tuple | list):
            rows = found if isinstance(found[0], tuple | list) else (found,)
            return tuple(tuple(map(_uno, row)) for row in rows)
        return _uno(found)

    def CVErr(self, number):  # noqa: N802  VBA's name
        """An error value as LibreOffice keeps it: a NaN that carries the number."""
        return struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | CALC_ERRORS[int(number)]))[0]

    def SetAttr(self, _owner, _name):  # noqa: N802
        """No COM object crosses the bridge: `set_mock_caller` tells xlwings which workbook is active."""

    def Exec(self, statement):  # noqa: N802
        self.statements.append(statement)
        exec(statement, {})


def _com(value):
    """What COM would hand over: a blank is None, a number a float."""
    if isinstance(value, tuple):
        return tuple(map(_com, value))
    return float(value) if type(value) is int and value != fakewin.MISSING else value


def _uno(value):
    """What COM turns into a cell's value."""
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=dt.UTC) - EPOCH) / dt.timedelta(days=1)
    return value


def _script(target):
    import unohelper
    from com.sun.star.script.provider import XScript

    class Script(unohelper.Base, XScript):
        def invoke(self, arguments, _places, _out):
            name, *given = arguments
            return getattr(target, name)(*given), (), ()

    return Script()
