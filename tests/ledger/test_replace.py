"""Putting a file in another one's place; Windows' way is played here with a stand-in for its one call."""

import ctypes
import importlib.util
import os
import stat
import struct
import sys

import pytest

from arcredit.errors import FileBusy
from arcredit.ledger.writing import replace


class Kernel:
    """kernel32 whose ReplaceFileW fails with these codes and then succeeds."""

    def __init__(self, codes):
        self.codes, self.calls, self.last = list(codes), [], 0

    def ReplaceFileW(self, old, new, *rest):  # noqa: N802  Windows' name
        self.calls.append((old, new, *rest))
        if self.codes:
            self.last = self.codes.pop(0)
            return 0
        return 1


@pytest.fixture
def windows(monkeypatch):
    """The module as Windows loads it, and a function that sets the codes."""
    monkeypatch.setattr(sys, "platform", "win32")
    found = importlib.util.spec_from_file_location("replace_on_windows", replace.__file__)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    def with_codes(*codes):
        kernel = Kernel(codes)
        monkeypatch.setattr(ctypes, "WinDLL", lambda name, use_last_error: kernel, raising=False)
        monkeypatch.setattr(ctypes, "get_last_error", lambda: kernel.last, raising=False)
        monkeypatch.setattr(ctypes, "WinError", lambda code: OSError(code, "no"), raising=False)
        return kernel

    return module, with_codes


@pytest.fixture
def files(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_text("new")
    old.write_text("old")
    return new, old


def test_a_shared_file_is_tried_again(windows, files):
    module, with_codes = windows
    kernel = with_codes(32, 5)
    module._put_in_place(*files)
    assert kernel.calls == [(str(files[1]), str(files[0]), None, 0, None, None)] * 3


def test_a_file_that_stays_shared_is_busy(windows, files):
    module, with_codes = windows
    with_codes(*[32] * 20)
    with pytest.raises(FileBusy):
        module._put_in_place(*files)
    assert files[1].read_text() == "old"


def test_another_error_is_told(windows, files):
    module, with_codes = windows
    with_codes(112)
    with pytest.raises(OSError, match="no"):
        module._put_in_place(*files)


def test_a_share_without_the_call(windows, files):
    module, with_codes = windows
    with_codes(50)
    module._put_in_place(*files)
    assert files[1].read_text() == "new"


def test_a_new_file_is_only_renamed(windows, files):
    module, with_codes = windows
    kernel = with_codes()
    files[1].unlink()
    module._put_in_place(*files)
    assert kernel.calls == []
    assert files[1].read_text() == "new"


def replaced_by(path, content=b"new"):
    replace.put_whole(path, content)
    assert path.read_bytes() == content
    return path.stat()


def access_list(*entries):
    """A POSIX access list as the kernel keeps it: tag, rights and number of each entry."""
    nobody = 0xFFFFFFFF
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", t, r, n or nobody) for t, r, n in entries)


ACCESS = "system.posix_acl_access"
OWN, ONE, GROUP, MASK, OTHERS = 1, 2, 4, 16, 32


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux's calls")
def test_access_list_and_attributes_stay(tmp_path):
    """A colleague named in the access list keeps his right; the group, which had none, gets none."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    rights = access_list((OWN, 6, 0), (ONE, 6, 1234), (GROUP, 0, 0), (MASK, 6, 0), (OTHERS, 0, 0))
    os.setxattr(path, ACCESS, rights)
    os.setxattr(path, "user.tag", b"close of June")
    replaced_by(path)
    assert os.getxattr(path, ACCESS) == rights
    assert os.getxattr(path, "user.tag") == b"close of June"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux's calls")
def test_no_access_list_of_the_folder_is_taken_on(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o600)
    rights = access_list((OWN, 7, 0), (ONE, 7, 1234), (GROUP, 0, 0), (MASK, 7, 0), (OTHERS, 0, 0))
    os.setxattr(tmp_path, "system.posix_acl_default", rights)
    assert stat.S_IMODE(replaced_by(path).st_mode) == 0o600
    assert ACCESS not in os.listxattr(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups")
@pytest.mark.parametrize(("may_group", "mode"), [(True, 0o664), (False, 0o644)])
def test_a_file_of_somebody_else_keeps_its_group(tmp_path, monkeypatch, may_group, mode):
    """Whoever is in the group may set it, not the owner; else no other group gets the rights of it."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o664)
    asked = []

    def chown(_, user, group):
        asked.append((user, group))
        if user != -1 or not may_group:
            raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "chown", chown)
    assert stat.S_IMODE(replaced_by(path).st_mode) == mode
    assert (-1, path.stat().st_gid) in asked
