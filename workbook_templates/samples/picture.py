"""A small logo, drawn here so that the samples need no file and the same bytes come out everywhere."""

import struct
import zlib

SIZE = 64
COLOURS = bytes.fromhex("FFFFFF1F3A4D4A7A96D9A441")
BARS = ((8, 22, 34, 1), (25, 39, 22, 2), (42, 56, 8, 3))


def logo() -> bytes:
    """Three rising bars as a PNG with a palette."""
    raw = b"".join(b"\0" + bytes(_colour(x, y) for x in range(SIZE)) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", COLOURS), (b"IDAT", _stored(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _colour(x: int, y: int) -> int:
    return next((colour for left, right, top, colour in BARS if left <= x < right and top <= y < 56), 0)


def _stored(raw: bytes) -> bytes:
    """A zlib stream without compression: no library's choices show in it."""
    block = struct.pack("<BHH", 1, len(raw), len(raw) ^ 0xFFFF) + raw
    return b"\x78\x01" + block + struct.pack(">I", zlib.adler32(raw))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
