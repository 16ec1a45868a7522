"""Numbers out of a sheet's bytes: plain digits eight bytes at a time, anything else by arrow.

Both give the double nearest to what is written. Up to fifteen digits are an exact whole number, and so is
the power of ten that it is divided by, so the one division rounds as the best parser does.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from arcredit.shapes import Flags, Floats

PAD = bytes(32)
"""What must stand behind a text whose words are looked at."""

_U = np.uint64
_ONES = 0x0101010101010101
_KEEP = np.array([64 - 8 * size for size in range(9)], _U)
_FILL = np.array([(0x30 * _ONES) >> 8 * size for size in range(8)] + [0], _U)
_TENS = 10.0 ** np.arange(9)
_MOST_DIGITS = 15


def words(text: bytes) -> NDArray[np.uint64]:
    """The eight bytes from any place of a padded text on as one number."""
    return as_strided(np.frombuffer(text, _U, 1), (len(text) - 8,), (1,), writeable=False)


def numbers(text: bytes, start: NDArray[Any], end: NDArray[Any]) -> Floats:
    """The numbers that stand in a padded text; NaN for what is none. Places must ascend."""
    word = words(text)
    byte = np.frombuffer(text, np.uint8)
    minus = byte[start] == ord("-")
    begin = start + minus
    length = end - begin
    head = word[begin]
    whole, good = _digits(head, length)
    value = whole.astype(np.float64)
    rest = np.flatnonzero(~good)
    if len(rest):
        value[rest], good[rest] = _decimals(word, byte, head[rest], begin[rest], end[rest])
    np.negative(value, out=value, where=minus)
    odd = np.flatnonzero(~good)
    if len(odd):
        value[odd] = _any(slices(text, start[odd], end[odd]))
    return value


def _digits(word: NDArray[np.uint64], length: NDArray[Any]) -> tuple[NDArray[np.uint64], Flags]:
    """The whole number that the first bytes of each word write, and whether they are one to eight digits."""
    good = (length > 0) & (length <= 8)
    size = length if good.all() else np.where(good, length, 0)
    digit = ((word << _KEEP[size]) | _FILL[size]) ^ _U(0x30 * _ONES)
    good &= ((digit | (digit + _U(0x06 * _ONES))) & _U(0xF0 * _ONES)) == 0
    # Pairs of digits, then of pairs, then of fours, each in one multiplication.
    digit = (digit * _U(2561)) >> _U(8)
    digit = ((digit & _U(0x00FF00FF00FF00FF)) * _U(6553601)) >> _U(16)
    return ((digit & _U(0x0000FFFF0000FFFF)) * _U(42949672960001)) >> _U(32), good


def _decimals(
    word: NDArray[np.uint64], byte: NDArray[np.uint8], head: NDArray[np.uint64], begin: Any, end: Any
) -> tuple[Floats, Flags]:
    """Numbers with a point after one to eight digits, and one to eight digits behind it."""
    point = head ^ _U(ord(".") * _ONES)
    # The lowest byte that is nought is marked for certain, those above it are not.
    mark = (point - _U(_ONES)) & ~point & _U(0x80 * _ONES)
    before = (np.bitwise_count(mark ^ (mark - _U(1))) >> 3).astype(np.int32) - 1
    before = np.where(mark == 0, 8, before)
    behind = end - begin - before - 1
    left, good = _digits(head, before)
    right, fine = _digits(word[begin + before + 1], behind)
    good &= fine & (byte[begin + before] == ord(".")) & (before + behind <= _MOST_DIGITS)
    scale = _TENS[np.where(good, behind, 0)]
    return (left.astype(np.float64) * scale + right.astype(np.float64)) / scale, good


def _any(texts: pa.Array) -> Floats:
    try:
        return np.asarray(pc.cast(texts, pa.float64()).to_numpy())
    except pa.ArrowInvalid:
        return np.array([_number(item) for item in texts.to_pylist()], np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def slices(text: bytes, start: NDArray[Any], end: NDArray[Any]) -> pa.Array:
    """The pieces of `text` as an arrow column, copied once; places must ascend. UTF-8 is not checked."""
    count = len(start)
    offsets = np.zeros(2 * count + 1, np.int32)
    offsets[0:-1:2] = start
    offsets[1::2] = end
    offsets[-1] = offsets[-2] if count else 0
    pieces = pa.Array.from_buffers(pa.string(), 2 * count, [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    return pieces.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32)))
