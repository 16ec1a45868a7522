"""A .csv as columns of texts: its encoding, its separator, its rows."""

import csv
import io
import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from arcredit.errors import LedgerError
from arcredit.ledger.reading.raw import BLANK, TEXT, RawColumn, RawSheet, blank_column
from arcredit.ledger.reading.strings import trimmed

MOST_BYTES = 2 << 30
_HIGH = re.compile(rb"[\x80-\xff]+")
_SEPARATORS = ",;\t|"
_BATCH = 100_000
_MOST_COLUMNS = 1_000


def read_csv(path: Path) -> RawSheet:
    """The rows of a .csv; every cell is a text or blank.

    Raises
    ------
    LedgerError
        If it is too large or no text.
    """
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError("ledger.bomb", path=path.name, part=path.name)
    text = _decoded(path)
    first, _, rest = text.partition("\n")
    named = first.strip().strip('"').lower()
    separator = named[4:] if named.startswith("sep=") and len(named) == 5 else _separator(text)
    start = 2 if named.startswith("sep=") else 1
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(rest if start == 2 else text, newline=""), delimiter=separator)
    batches: list[list[pa.Array]] = []
    height = 0
    try:
        while rows := list(islice(reader, _BATCH)):
            batches.append(_batch(rows))
            height += len(rows)
    except csv.Error as error:
        raise LedgerError("ledger.damaged", path=path.name, part=str(error)) from error
    return _sheet(batches, height, start)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise LedgerError("ledger.not_a_workbook", path=path.name)
    for encoding in ("utf-8-sig", "gb18030") if _in_pairs(data) else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _in_pairs(data: bytes) -> bool:
    """Whether bytes above ASCII come in pairs, as Chinese characters do in GB encodings."""
    runs = [len(run) for run in _HIGH.findall(data[: 1 << 20])]
    return sum(length % 2 == 0 for length in runs) > 0.8 * len(runs)


def _separator(text: str) -> str:
    """The separator that cuts most of the first lines into the same number of parts, the most parts."""
    lines = io.StringIO(text[: 1 << 16], newline="").read().splitlines()[:60]

    def parts(sign: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
        usual = max(set(counts), key=lambda count: counts.count(count) if count > 1 else 0, default=0)
        return (counts.count(usual) * (usual > 1), usual)

    return max(_SEPARATORS, key=parts)


def _batch(rows: list[list[str]]) -> list[pa.Array]:
    width = min(max(map(len, rows)), _MOST_COLUMNS)
    columns = [[row[place] if place < len(row) else "" for row in rows] for place in range(width)]
    return [trimmed(pa.array(column, pa.string())) for column in columns]


def _sheet(batches: list[list[pa.Array]], height: int, start: int) -> RawSheet:
    columns = {}
    for place in range(max(map(len, batches), default=0)):
        pieces = []
        for batch in batches:
            length = len(batch[0])
            pieces.append(batch[place] if place < len(batch) else pa.array([""] * length, pa.string()))
        columns[place + 1] = _column(pa.chunked_array(pieces, pa.string()), height)
    rows = np.arange(start, start + height, dtype=np.int32)
    return RawSheet(rows, np.zeros(height, bool), columns)


def _column(texts: pa.ChunkedArray, height: int) -> RawColumn:
    encoded = texts.dictionary_encode().combine_chunks()
    labels = encoded.dictionary.to_numpy(zero_copy_only=False)
    code = encoded.indices.to_numpy().astype(np.int32)
    kind = (
        np.where(labels[code] == "", BLANK, TEXT).astype(np.uint8)
        if len(labels)
        else np.zeros(height, np.uint8)
    )
    code = np.where(kind == TEXT, code, -1).astype(np.int32)
    return replace(blank_column(height), kind=kind, code=code, labels=labels)
