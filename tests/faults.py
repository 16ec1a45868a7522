"""System calls that fail on purpose, in a process of its own, by strace: what is tested is not touched.

A child of a warmed-up process is held before it begins; strace attaches to it and lets its n-th call of a
kind fail with an error of the kernel's, such as a full disk. Counting starts there, so that the calls of the
interpreter's own start are never hit.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

KINDS = {
    "write": ("write", "ENOSPC"),
    "sync": ("fsync", "EIO"),
    "rename": ("?rename,?renameat,?renameat2", "EACCES"),
    "remove": ("?unlink,?unlinkat", "EACCES"),
    "open": ("openat", "EACCES"),
    "rights": ("?chmod,?fchmodat", "EPERM"),
    "folder": ("?mkdir,?mkdirat", "EACCES"),
}
"""What a step is called here: the system call, and how it fails."""
_CALL = re.compile(r"^(?P<name>\w+)\((?P<rest>.*)\) += (?P<result>.*)$")


def tracer() -> str:
    """strace, or a reason not to run; in CI it must be there."""
    found = shutil.which("strace")
    if found and sys.platform == "linux":
        run = subprocess.run([found, "-o", os.devnull, "true"], check=False, capture_output=True)
        if run.returncode == 0:
            return found
    reason = "did not run: strace is not installed, or processes may not be traced here"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def traced(work: Callable[[], None], log: Path, *options: str) -> int:
    """Do the work in a child under strace; the child's exit code, 0 if nothing was raised."""
    start, go = os.pipe()
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(work, start, tell)
    command = [tracer(), "-y", "-s", "0", "-o", str(log), "-p", str(child), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        os.read(ready, 1)
        assert strace.stderr is not None
        assert b"attached" in strace.stderr.readline()
        os.write(go, b"x")
        _, status = os.waitpid(child, 0)
        strace.wait(30)
    for end in (start, go, ready, tell):
        os.close(end)
    return os.waitstatus_to_exitcode(status)


def _be_child(work: Callable[[], None], start: int, tell: int) -> None:
    code = 99
    try:
        _let_trace()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.write(tell, b"x")
        os.read(start, 1)
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 98
    except BaseException as error:  # the parent judges by the exit code
        code = 97 if isinstance(error, AssertionError) else 96
    finally:
        os._exit(code)


def _let_trace() -> None:
    """Where only a parent may trace, its other children may as well (prctl PR_SET_PTRACER, ANY)."""
    import ctypes

    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1 & (2**64 - 1)), 0, 0, 0)


def calls(log: Path) -> Iterator[tuple[str, str, str]]:
    """The calls of a log: name, arguments, result."""
    for line in log.read_text(errors="replace").splitlines():
        if found := _CALL.match(line):
            yield found["name"], found["rest"], found["result"]
