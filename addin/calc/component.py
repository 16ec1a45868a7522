"""Loaded by LibreOffice: answers the functions' calls, and keeps their Basic in place while LibreOffice runs.

Calc calls a cell's Basic function only from the workbook itself or from My Macros, library Standard. The
module is put there when LibreOffice starts and taken away when it ends, so that nothing outlives the
extension. This file runs in any Python that LibreOffice may bring; the figures need a newer one and numpy.
"""

import datetime
import json
import os
import struct
import sys
import traceback

import uno
import unohelper
from com.sun.star.document import XDocumentEventListener
from com.sun.star.frame import XTerminateListener
from com.sun.star.script.provider import XScript
from com.sun.star.task import XJob

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = "arcredit_functions"
NEEDED = (3, 11)
LOADED = ("OnLoadFinished", "OnViewCreated", "OnLoad")
"""What LibreOffice says of a loaded workbook, in this order; not every one is said of a hidden workbook."""
NAME_ERROR = struct.unpack("<d", struct.pack("<Q", (0x7FF8 << 48) | 525))[0]

_calls = None


class Script(unohelper.Base, XScript):
    """What the Basic functions call."""

    def __init__(self, context):
        self.context = context

    def invoke(self, parameters, _indexes, _values):
        global _calls
        if _calls is None:
            _calls = _loaded(self.context)
        name, cells = parameters
        return (_calls.answer(name, cells) if _calls else NAME_ERROR), (), ()


class Start(unohelper.Base, XJob, XTerminateListener, XDocumentEventListener):
    """Runs when LibreOffice starts, when a workbook has been loaded, and when LibreOffice ends."""

    def __init__(self, context):
        self.context = context

    def execute(self, _arguments):
        standard = self.standard()
        with open(os.path.join(HERE, MODULE + ".bas"), encoding="utf-8") as file:
            source = file.read()
        if standard.hasByName(MODULE):
            standard.replaceByName(MODULE, source)
        else:
            standard.insertByName(MODULE, source)
        _service(self.context, "com.sun.star.frame.Desktop").addTerminateListener(self)
        _broadcaster(self.context).addDocumentEventListener(self)

    def documentEventOccured(self, event):  # noqa: N802
        # While it is being loaded a workbook is not among the open ones: what was answered is asked again.
        if event.EventName in LOADED and _calls and _calls.unsure and hasattr(event.Source, "NullDate"):
            _calls.unsure = False
            event.Source.calculateAll()

    def queryTermination(self, _event):  # noqa: N802  UNO's name
        pass

    def notifyTermination(self, _event):  # noqa: N802
        if self.standard().hasByName(MODULE):
            self.standard().removeByName(MODULE)

    def disposing(self, _event):
        pass

    def standard(self):
        libraries = _service(self.context, "com.sun.star.script.ApplicationScriptLibraryContainer")
        libraries.loadLibrary("Standard")
        return libraries.getByName("Standard")


def _service(context, name):
    return context.ServiceManager.createInstanceWithContext(name, context)


def _loaded(context):
    """The figures; False where this Python cannot run them, and a line in the log that says why."""
    folder = _folder(context)
    packages = os.path.join(folder, "packages")
    sys.path[:0] = [os.path.join(HERE, "pythonpath"), packages]
    found = "{}.{}".format(*sys.version_info)
    if sys.version_info < NEEDED:
        return _refused(folder, "old_python", found=found)
    try:
        import numpy  # noqa: F401
    except Exception as error:
        return _refused(folder, "no_numpy", found=found, folder=packages, detail=error)
    try:
        from arcredit.hosts.calc.calls import Calls
    except Exception:
        _log(folder, traceback.format_exc())
        return False
    return Calls(lambda: _workbooks(context), lambda line: _log(folder, line))


def _workbooks(context):
    """The open workbooks."""
    models = _broadcaster(context).createEnumeration()
    while models.hasMoreElements():
        model = models.nextElement()
        if hasattr(model, "NullDate"):
            yield model


def _broadcaster(context):
    return context.getByName("/singletons/com.sun.star.frame.theGlobalEventBroadcaster")


def _refused(log_folder, notice, **values):
    with open(os.path.join(HERE, "notices.json"), encoding="utf-8") as file:
        for text in json.load(file)[notice]:
            _log(log_folder, text.format(**values))
    return False


def _folder(context):
    """Our folder in the user's profile."""
    address = _service(context, "com.sun.star.util.PathSubstitution").substituteVariables("$(user)", True)
    return os.path.join(uno.fileUrlToSystemPath(address), "arcredit")


def _log(folder, line):
    os.makedirs(folder, exist_ok=True)
    now = datetime.datetime.now().isoformat(" ", "seconds")
    with open(os.path.join(folder, "log.txt"), "a", encoding="utf-8") as file:
        file.write(f"{now} {line.rstrip()}\n")


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
for service in (Script, Start):
    name = "org.arcredit.calc." + service.__name__
    g_ImplementationHelper.addImplementation(service, name, (name,))
