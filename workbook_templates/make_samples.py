"""Make the sample ledgers and the totals their tests check: `make templates`, the same bytes every time."""

import argparse
import json
from pathlib import Path
from typing import Any

from samples import chinese, english, messy
from samples.parts import settle
from samples.trade import AS_OF

HERE = Path(__file__).parent
TOTALS = HERE.parent / "tests" / "sample_totals.json"


def make(folder: Path, totals: Path) -> None:
    """Write the workbooks into `folder` and what they hold into `totals`."""
    held: dict[str, Any] = {"as_of": AS_OF.isoformat()}
    for sample in (english, chinese, messy):
        held[sample.FILE] = sample.write(folder / sample.FILE)
        settle(folder / sample.FILE)
    totals.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=HERE)
    options.add_argument("--totals", type=Path, default=TOTALS)
    chosen = options.parse_args()
    make(chosen.folder, chosen.totals)
