"""The zip container: read with suspicion, copied member by member exactly as stored.

`zipfile` can neither copy a member without unpacking it nor keep Excel's padding in the local header,
so members that do not change are copied here as the bytes they are, header included.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, TypeAlias

from arcredit.errors import PatchError

Content: TypeAlias = bytes | Callable[[], Iterable[bytes]]
"""What a new member holds: its bytes, or a function that gives them chunk by chunk, each time anew."""

MOST_UNPACKED = 2**32 - 1
"""More than this in one file is no workbook: Excel itself stops far below."""
MOST_PACKED_RATIO = 250
"""A real sheet packs 5 to 60 times, 1,000,000 equal rows about 100 times; deflate ends at 1,032."""
SMALL_ENOUGH = 100_000_000
"""Below this size a ratio is no danger."""
MOST_MEMBERS = 50_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DESCRIPTOR = 0x08
_UTF8_NAME = 0x800
_CHUNK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError, OSError, EOFError)


@dataclass(frozen=True)
class Member:
    """One member as it lies in the file."""

    name: str
    """The part's name: forward slashes, no leading one."""
    raw_name: bytes
    flags: int
    method: int
    crc: int
    size: int
    start: int
    """Where its local header starts."""
    body: int
    """Where its packed bytes start."""
    body_end: int
    stop: int
    """Where the next member may start: after the data descriptor, if there is one."""
    record: bytes
    """Its entry in the central directory."""


class Archive:
    """A zip file held in memory as it is.

    Raises
    ------
    PatchError
        If the bytes are no zip, or one that is damaged, encrypted, ambiguous or dangerous.
    """

    def __init__(self, raw: bytes, path: str) -> None:
        self.raw, self.path = raw, path
        _refuse_foreign(raw, path)
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as opened:
                self.comment = opened.comment
                infos = opened.infolist()
                members = list(_members(raw, infos, opened.start_dir))
        except _DAMAGE as error:
            raise PatchError("patch.damaged", path=path, detail=str(error)) from None
        self.members = {member.name.lower(): member for member in members}
        self._refuse_bad(infos, members)

    def _refuse_bad(self, infos: list[zipfile.ZipInfo], members: list[Member]) -> None:
        if any(member.flags & 1 for member in members):
            raise PatchError("patch.encrypted", path=self.path)
        if len(self.members) != len(members):
            raise self._damaged("two parts of the same name")
        if any(member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise self._damaged("unknown compression")
        ordered = sorted(members, key=lambda member: member.start)
        if any(a.body_end > b.start for a, b in pairwise(ordered)):
            raise self._damaged("parts that overlap")
        sizes = [(info.file_size, max(info.compress_size, 1)) for info in infos]
        swollen = any(size > SMALL_ENOUGH and size / packed > MOST_PACKED_RATIO for size, packed in sizes)
        unpacked = sum(size for size, _ in sizes)
        if swollen or unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS:
            raise PatchError("patch.bomb", path=self.path, size=f"{unpacked / 1e6:,.0f}")

    def _damaged(self, detail: str) -> PatchError:
        return PatchError("patch.damaged", path=self.path, detail=detail)

    def stored(self, member: Member) -> memoryview:
        """The member exactly as it lies in the file, header included."""
        return memoryview(self.raw)[member.start : member.stop]

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The member unpacked, piece by piece, never more than it claims to hold.

        Raises
        ------
        PatchError
            If it holds something else than its directory entry says.
        """
        size = crc = 0
        try:
            for piece in self._unpacked(member):
                size += len(piece)
                if size > member.size:
                    raise self._damaged(f"{member.name}: larger than it says")
                crc = zlib.crc32(piece, crc)
                yield piece
        except zlib.error as error:
            raise self._damaged(f"{member.name}: {error}") from None
        if (size, crc) != (member.size, member.crc):
            raise self._damaged(f"{member.name}: checksum")

    def _unpacked(self, member: Member) -> Iterator[bytes]:
        body = memoryview(self.raw)[member.body : member.body_end]
        pieces = (body[at : at + (_CHUNK >> 4)] for at in range(0, len(body), _CHUNK >> 4))
        if member.method == zipfile.ZIP_STORED:
            yield from map(bytes, pieces)
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in pieces:
            yield inflate.decompress(packed, _CHUNK)
            while inflate.unconsumed_tail:
                yield inflate.decompress(inflate.unconsumed_tail, _CHUNK)
        yield inflate.flush()


def _refuse_foreign(raw: bytes, path: str) -> None:
    """Say what the file is, where it is no zip."""
    if raw.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in raw
        raise PatchError("patch.encrypted" if locked else "patch.old_format", path=path)
    if not raw.startswith(b"PK"):
        raise PatchError("patch.not_a_workbook", path=path)


def _members(raw: bytes, infos: list[zipfile.ZipInfo], directory: int) -> Iterator[Member]:
    starts = sorted([info.header_offset for info in infos] + [directory])
    following = dict(pairwise(starts))
    at = directory
    for info in infos:
        fields = _CENTRAL.unpack_from(raw, at)
        record = raw[at : at + _CENTRAL.size + sum(fields[10:13])]
        at += len(record)
        start = info.header_offset
        signature, _, flags, *_, name_size, extra_size = _LOCAL.unpack_from(raw, start)
        raw_name = raw[start + _LOCAL.size : start + _LOCAL.size + name_size]
        if signature != b"PK\3\4" or raw_name != record[_CENTRAL.size : _CENTRAL.size + name_size]:
            raise zipfile.BadZipFile(f"{info.filename}: directory and member disagree")
        body = start + _LOCAL.size + name_size + extra_size
        body_end = body + info.compress_size
        if body_end > directory:
            raise zipfile.BadZipFile(f"{info.filename}: cut off")
        descriptor = 24 if flags & _DESCRIPTOR else 0
        stop = min(following[start], body_end + descriptor)
        name = info.filename.replace("\\", "/").lstrip("/")
        flags, method, crc = flags | info.flag_bits, info.compress_type, info.CRC
        yield Member(name, raw_name, flags, method, crc, info.file_size, start, body, body_end, stop, record)


def write(
    file: BinaryIO, archive: Archive, new: Mapping[str, tuple[str, Content]], gone: set[str], level: int = 6
) -> None:
    """Write the archive again with members replaced or added, and without those `gone`.

    `new` maps a lower-case name to the name and the content.
    """
    directory: list[bytes] = []
    for key, member in archive.members.items():
        offset = file.tell()
        if key in gone:
            continue
        if key in new:
            directory.append(_pack(file, member.raw_name, new[key][1], level, member))
        else:
            file.write(archive.stored(member))
            directory.append(_moved(member.record, offset))
    for key, (name, content) in new.items():
        if key not in archive.members:
            directory.append(_pack(file, name.encode(), content, level, None))
    start = file.tell()
    file.writelines(directory)
    size, count = file.tell() - start, len(directory)
    file.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, len(archive.comment)) + archive.comment)


def _pack(file: BinaryIO, name: bytes, content: Content, level: int, old: Member | None) -> bytes:
    """Write one packed member and give its directory entry; sizes are filled in afterwards."""
    start = file.tell()
    flags = _UTF8_NAME if (old and old.flags & _UTF8_NAME) or not name.isascii() else 0
    made_by, moment, day, rights = 45, 0, 33, 0
    if old:
        made_by, moment, day = struct.unpack_from("<H6x2H", old.record, 4)
        rights = struct.unpack_from("<L", old.record, 38)[0]
    file.write(bytes(_LOCAL.size) + name)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    size = crc = 0
    for piece in (content,) if isinstance(content, bytes) else content():
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        file.write(deflate.compress(piece))
    file.write(deflate.flush())
    end = file.tell()
    packed = end - start - _LOCAL.size - len(name)
    common = (flags, zipfile.ZIP_DEFLATED, moment, day, crc, packed, size, len(name))
    file.seek(start)
    file.write(_LOCAL.pack(b"PK\3\4", 20, *common, 0))
    file.seek(end)
    return _CENTRAL.pack(b"PK\1\2", made_by, 20, *common, 0, 0, 0, 0, rights, start) + name


def _moved(record: bytes, offset: int) -> bytes:
    """A directory entry that points to another place; also where zip64 keeps that place."""
    packed, size = struct.unpack_from("<2L", record, 20)
    name_size, extra_size = struct.unpack_from("<2H", record, 28)
    if record[42:46] != b"\xff\xff\xff\xff":
        return record[:42] + struct.pack("<L", offset) + record[46:]
    at = _CENTRAL.size + name_size
    end = at + extra_size
    while at + 4 <= end:
        kind, length = struct.unpack_from("<2H", record, at)
        if kind == 1:
            place = at + 4 + 8 * ((packed == 0xFFFFFFFF) + (size == 0xFFFFFFFF))
            return record[:place] + struct.pack("<Q", offset) + record[place + 8 :]
        at += 4 + length
    return record
