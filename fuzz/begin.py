"""What the six fuzzers share: which code is watched, where inputs are kept, how long it runs.

``python fuzz/fuzz_zip.py [seconds]`` under atheris. Inputs that reach new code are kept in ``fuzz/found``
(not in the repository); an input that breaks something is written there as ``crash-…``, and its workbook
beside it, which belongs into ``tests/fuzz_cases`` together with the fix.
"""

import logging
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))


def watched() -> object:
    """Modules of ours imported within are instrumented; libraries are not."""
    return atheris.instrument_imports(include=["arcredit"])


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder of its own for one input."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        yield Path(folder)


def begin(once: Callable[[bytes], None]) -> None:
    """Run until the time is over or something breaks."""
    logging.disable(logging.CRITICAL)
    name = Path(sys.argv[0]).stem.removeprefix("fuzz_")
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    found = HERE / "found" / name
    found.mkdir(parents=True, exist_ok=True)
    for number in range(8):
        (found / f"begin-{number}").write_bytes(random.Random(number).randbytes(60 * 2 ** (number % 4)))
    limits = (
        f"-max_total_time={seconds}",
        "-timeout=60",
        "-rss_limit_mb=4096",
        "-max_len=1024",
        "-len_control=0",
    )
    atheris.Setup([sys.argv[0], str(found), f"-artifact_prefix={found.parent}/{name}-", *limits], once)
    atheris.Fuzz()
