"""Putting a file in another one's place; Windows' way is played here with a stand-in for its one call."""

import ctypes
import importlib.util
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
