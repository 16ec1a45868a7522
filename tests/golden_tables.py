"""Golden tables: read and compare."""

import datetime as dt
import json
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).parent / "golden"


def golden_rows() -> list[dict]:
    """Every row of every golden table, with the table's name."""
    return [
        {**row, "table": path.stem}
        for path in sorted(GOLDEN.glob("*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def same(found, expected, tolerance: float) -> bool:
    """Whether a result equals the golden value: numbers within `tolerance`, all else exactly."""
    if isinstance(expected, list):
        found = list(np.asarray(found, object).reshape(-1)) if not isinstance(found, list) else found
        return len(found) == len(expected) and all(
            same(a, b, tolerance) for a, b in zip(found, expected, strict=True)
        )
    if isinstance(found, np.ndarray):
        found = found[()] if found.ndim == 0 else found.tolist()
    if isinstance(found, np.datetime64):
        found = None if np.isnat(found) else found.astype("datetime64[D]").item()
    if isinstance(found, dt.date):
        found = found.isoformat()
    if expected is None:
        return found is None or found != found
    if isinstance(expected, bool | str):
        return found == expected
    return found is not None and abs(float(found) - float(expected)) <= tolerance
