"""Hostile files and command lines, made anew in every run: our refusal or a whole workbook, never a crash.

`fuzz/` drives the same mutants guided by coverage, for as long as wished; what it found stands in
`fuzz_cases/`. The numbers of examples keep all of this below a minute on two cores.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from arcredit.errors import LedgerError
from arcredit.ledger.records.feed import read_feed
from hostile.arguments import arguments
from hostile.cells import cells_mutant
from hostile.choices import Choices
from hostile.formulas import formulas_mutant
from hostile.news import news
from hostile.seeds import seeds
from hostile.sheets import sheet_mutant
from hostile.survival import (
    answered,
    furnished,
    opens,
    patchable,
    patched,
    recalculated,
    refreshed,
    timed,
    unharmed,
)
from hostile.zips import container_mutant, zip_mutant

CASES = Path(__file__).parent / "fuzz_cases"
# A failing file takes long to make smaller, and its recipe says little: the file itself becomes a case.
FILES = settings(settings.get_profile("arcredit"), phases=[Phase.explicit, Phase.reuse, Phase.generate])
RECIPES = st.binary(min_size=24, max_size=400)
WRITERS = {"refresh": refreshed(), "patch": patched, "init": furnished}
MOST_MEMORY = 700 << 20
"""Beyond what the libraries themselves take; the largest mutant unpacks to a few megabytes."""


def survives(content, write, judge=opens):
    with tempfile.TemporaryDirectory() as folder:
        return unharmed(Path(folder), content, write, judge=judge)


@pytest.mark.parametrize("way", WRITERS)
@settings(FILES, max_examples=20)
@given(RECIPES)
def test_containers(way, recipe):
    survives(zip_mutant(Choices(recipe)), WRITERS[way], patchable)


@pytest.mark.parametrize("way", WRITERS)
@settings(FILES, max_examples=25)
@given(RECIPES)
def test_xml(way, recipe):
    survives(sheet_mutant(Choices(recipe)), WRITERS[way])


@settings(FILES, max_examples=20)
@given(st.binary(min_size=100, max_size=1000))
def test_cells(recipe):
    survives(cells_mutant(Choices(recipe)), refreshed(reports="all"))


@settings(FILES, max_examples=25)
@given(st.binary(min_size=60, max_size=400))
def test_formulas(recipe):
    survives(formulas_mutant(Choices(recipe)), recalculated)


@settings(FILES, max_examples=150)
@given(RECIPES)
def test_news(recipe):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "news"
        path.write_bytes(news(Choices(recipe)))
        with timed(), contextlib.suppress(LedgerError):
            read_feed(path)


@settings(FILES, max_examples=40)
@given(RECIPES)
def test_command_lines(recipe):
    with tempfile.TemporaryDirectory() as folder:
        answered(Path(folder), seeds()[0], arguments(Choices(recipe)))


@settings(FILES, max_examples=25)
@given(st.data())
def test_real_workbooks(shared, data):
    """Mutants of workbooks out of the wild, patched rather than read: few of them are ledgers."""
    names = sorted(path for path in (shared / "corpus").glob("*.xls[xm]") if path.stat().st_size < 60_000)
    content = data.draw(st.sampled_from(names)).read_bytes()
    survives(container_mutant(content, Choices(data.draw(RECIPES))), patched, patchable)


@pytest.mark.parametrize("way", WRITERS)
@pytest.mark.parametrize("path", sorted(CASES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_what_fuzzing_found(path, way):
    survives(path.read_bytes(), WRITERS[way], patchable)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.xml")), ids=lambda path: path.stem)
def test_what_fuzzing_found_in_news(path):
    with pytest.raises(LedgerError):
        read_feed(path)


def test_memory_stays_bounded():
    """A process with little memory beyond what its libraries take gets through the mutants."""
    code = """
import random, resource, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from hostile.choices import Choices
from hostile.sheets import sheet_mutant
from hostile.survival import patchable, refreshed, unharmed
from hostile.zips import zip_mutant
chance = random.Random(20261123)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for number in range(20):
    make = (zip_mutant, sheet_mutant)[number % 2]
    with tempfile.TemporaryDirectory() as folder:
        unharmed(Path(folder), make(Choices(chance.randbytes(300))), refreshed(), judge=patchable)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) * 1024)
"""
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST_MEMORY


def test_a_seed_is_worth_mutating():
    """Untouched seeds are refreshed: a mutant's refusal is then its own."""
    outcomes = [survives(seed, refreshed()) for seed in seeds()]
    assert set(outcomes) <= {"written", "nothing to write"}
    assert outcomes.count("written") > len(outcomes) / 2
