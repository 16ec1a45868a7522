"""A file replaced by another one: whole or not at all, with the old one's rights."""

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from arcredit.errors import FileBusy, PatchError

TEMPORARY = ".~arcredit-"


def refuse_busy(path: Path, link: Path | None = None) -> None:
    """Refuse a file that someone has open, also by the link it was named by, or that must not be written.

    Raises
    ------
    FileBusy
        If Excel's or LibreOffice's owner file lies beside it, or it is locked or read-only.
    """
    for place in (path, link or path):
        for owner in (place.with_name("~$" + place.name), place.with_name(f".~lock.{place.name}#")):
            if os.path.exists(owner):  # a name too long to be there is not there: Path.exists would raise
                raise FileBusy("patch.busy", path=str(place), owner=owner.name)
    writable = path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if not writable or not os.access(path, os.W_OK):
        raise FileBusy("patch.read_only", path=str(path))
    if _locked(path):
        raise FileBusy("patch.locked", path=str(path))


def write_whole(
    target: Path, fill: Callable[[BinaryIO], None], check: Callable[[Path], None], like: Path | None
) -> None:
    """Fill a temporary file beside the target, check it, and put it in the target's place.

    Raises
    ------
    PatchError
        If it cannot be written; the target is then what it was.
    """
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        if like:
            _same_rights(like, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
        check(temporary)
        _put_in_place(temporary, target)
        with contextlib.suppress(OSError):  # the new file is in place; some network folders know no such call
            _sync_folder(target.parent)
    except OSError as error:
        raise PatchError(
            "patch.cannot_write", path=str(target), detail=error.strerror or str(error)
        ) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def put_whole(target: Path, content: bytes) -> None:
    """Write a file of these bytes, whole or not at all; the rights of one that it replaces stay.

    Raises
    ------
    PatchError
        If it cannot be written; one that was there is then what it was.
    """

    def fill(file: BinaryIO) -> None:
        file.write(content)

    write_whole(target, fill, lambda _: None, target if target.exists() else None)


def _same_rights(like: Path, path: Path) -> None:
    """Owner, group, permission bits, access list and attributes, as far as they may be set."""
    if sys.platform == "win32":
        shutil.copymode(like, path)
        return
    given = like.stat()
    mode = stat.S_IMODE(given.st_mode)
    try:
        os.chown(path, -1, given.st_gid)
    except OSError:
        # Another group than the old one may do what everybody may, no more.
        mode = mode & ~0o070 | (mode & 0o007) << 3
    with contextlib.suppress(OSError):
        os.chown(path, given.st_uid, -1)
    path.chmod(mode)
    _same_attributes(like, path)


def _same_attributes(like: Path, path: Path) -> None:
    """Access lists, tags and labels; some folders know none, and macOS has other calls for them."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        kept = [name for name in os.listxattr(like) if name.startswith(("user.", "system.", "security.sel"))]
        for name in os.listxattr(path):
            if name.startswith("system.") and name not in kept:  # an access list that the folder gives
                os.removexattr(path, name)
        for name in kept:
            with contextlib.suppress(OSError):
                os.setxattr(path, name, os.getxattr(like, name))


def _umask() -> int:
    """What new files are not allowed; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows has no such call."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if sys.platform == "win32":
    import ctypes
    import time

    _SHARING_VIOLATIONS = {5, 32, 33, 1175}
    _NOT_ON_THIS_SHARE = {1, 50}

    def _locked(_: Path) -> bool:
        """Windows itself refuses to replace what is held."""
        return False

    def _put_in_place(new: Path, old: Path) -> None:
        """ReplaceFileW keeps the old file's access list, attributes and creation time.

        Virus scanners and sync clients hold new files for moments, so a shared file is tried again.
        """
        replace = ctypes.WinDLL("kernel32", use_last_error=True).ReplaceFileW
        for pause in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, None):
            if not old.exists():
                os.replace(new, old)
                return
            if replace(str(old), str(new), None, 0, None, None):
                return
            code = ctypes.get_last_error()
            if code in _NOT_ON_THIS_SHARE:
                os.replace(new, old)
                return
            if code not in _SHARING_VIOLATIONS:
                raise ctypes.WinError(code)
            if pause is None:
                raise FileBusy("patch.busy", path=str(old), owner=old.name)
            time.sleep(pause)

else:
    import errno
    import fcntl

    def _locked(path: Path) -> bool:
        """Whether a program holds the system's lock, as LibreOffice does; some folders know no locks."""
        try:
            with path.open("rb") as file:  # never open for writing, not even for this
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
        return False

    def _put_in_place(new: Path, old: Path) -> None:
        os.replace(new, old)
