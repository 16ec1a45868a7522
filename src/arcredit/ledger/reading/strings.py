"""Texts as a workbook stores them: the shared strings, escapes, outer spaces."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from arcredit.ledger.reading.numbers import slices
from arcredit.ledger.reading.scan import Bytes, begins, letter, unescaped

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def shared_strings(chunks: Iterator[bytes]) -> pa.ChunkedArray:
    """A workbook's shared strings in order, cleaned, from the part's XML.

    Raises
    ------
    xml.parsers.expat.ExpatError, pyarrow.ArrowInvalid
        If the part is damaged.
    """
    return pa.chunked_array([_strings(block) for block in _blocks(chunks)], pa.string())


def _blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks of complete `<si>` elements, without a namespace prefix."""
    held, started, prefix = b"", False, b""
    for chunk in chunks:
        held += chunk
        if not started:
            opened = re.search(rb"<(?:(\w+):)?sst(?:\s[^>]*)?>", held)
            if opened is None:
                continue
            started, prefix = True, opened[1] or b""
            held = held[opened.end() :]
        close = b"</" + (prefix + b":" if prefix else b"") + b"si>"
        cut = held.rfind(close) + len(close)
        if cut >= len(close):
            yield _bare(held[:cut], prefix)
            held = held[cut:]


def _bare(block: bytes, prefix: bytes) -> bytes:
    if prefix:
        block = block.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
    return block


def _strings(block: bytes) -> pa.Array:
    found = _scan(block)
    if found is None:
        return trimmed(pa.array(_parse(block), pa.string()))
    # A look at the whole block saves one at each of its strings.
    found = clean(found, b"&" in block or b"\r" in block)
    return resolved(found) if b"_x" in block or b"&" in block else found


def _scan(block: bytes) -> pa.Array | None:
    """The strings of a block in which every one is a single plain `<t>`; None for any other block."""
    data = Bytes(block)
    tag = np.flatnonzero(data.byte == ord("<"))
    word = data.word[tag]
    name, after = letter(word, 1), letter(word, 2)
    item = begins(word, b"<si>")
    text = (name == ord("t")) & ((after == ord(">")) | (after == ord(" ")))
    if not (item | text | (name == ord("/"))).all() or not np.array_equal(
        np.flatnonzero(item) + 1, np.flatnonzero(text)
    ):
        return None
    opening = np.flatnonzero(text)
    start, odd = data.text_start(tag[opening], after[opening])
    return None if odd else slices(data.text, start, tag[opening + 1])


def _parse(block: bytes) -> list[str]:
    """The strings of any block; rich text joined, phonetic guides left out."""
    found: list[str] = []
    parts: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])
        if inside[-1] == "si":
            parts.clear()

    def end(name: str) -> None:
        if inside.pop() == "si":
            found.append(unescaped("".join(parts)))

    def data(text: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            parts.append(text)

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.Parse(b"<sst>" + block + b"</sst>", True)
    return found


def clean(texts: pa.Array, escaped: bool = True) -> pa.Array:
    """Texts as they show: XML escapes, if there can be any, resolved, outer white space off.

    Raises
    ------
    pyarrow.ArrowInvalid
        If the bytes are not UTF-8.
    """
    texts.validate(full=True)
    return trimmed(_replaced(texts, r"[&\r]", lambda text: _ends(html.unescape(text))) if escaped else texts)


def _ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def resolved(texts: pa.Array) -> pa.Array:
    """Distinct texts with Excel's own escapes, such as _x000D_, resolved."""
    return _replaced(texts, r"_x[0-9A-Fa-f]{4}_", lambda text: unescaped(text).strip())


def _replaced(texts: pa.Array, pattern: str, change: Callable[[str], str]) -> pa.Array:
    odd = pc.match_substring_regex(texts, pattern)
    if not pc.any(odd).as_py():
        return texts
    changed = [change(text) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(changed, pa.string()))


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without outer white space and invisible characters."""
    if _bare_ends(texts):
        return texts
    return pc.utf8_trim_whitespace(pc.utf8_trim(pc.utf8_trim_whitespace(texts), _INVISIBLE))


def _bare_ends(texts: pa.Array) -> bool:
    """Whether every text begins and ends with a printing ASCII character, as almost all do."""
    if not len(texts) or texts.null_count:
        return False
    _, offsets, data = texts.buffers()
    if data is None or not data.size:
        return False
    place = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    byte = np.frombuffer(data, np.uint8)
    if (place[1:] == place[:-1]).any():
        return False
    first, last = byte[place[:-1]] - np.uint8(0x21), byte[place[1:] - 1] - np.uint8(0x21)
    return bool((first <= 0x7E - 0x21).all() and (last <= 0x7E - 0x21).all())


def distinct(texts: pa.ChunkedArray | pa.Array) -> tuple[Any, Any]:
    """Codes and the distinct texts they point to."""
    encoded = texts.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = (
            encoded.combine_chunks() if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
        )
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary
