"""Mutation check of the credit floor: which changes to its code does no test notice?

``make mutation`` runs mutmut over a uniform sample of the mutants of every module (the same one for the same
seed), prints the table by package and leaves the survivors' names in ``mutants/survivors.txt``;
``.venv/bin/mutmut show NAME`` prints one. Settings: ``[tool.mutmut]`` in pyproject.toml.

Modules that no worksheet function reaches stand in the table as "reports only"; ``--part reports`` takes
those alone, ``--part functions`` the others.
"""

import argparse
import ast
import json
import math
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from arcredit.credit import FUNCTIONS

SOURCE = Path("src")
MUTANTS = Path("mutants")
FLOOR = MUTANTS / "src/arcredit/credit"
KINDS = {0: "survived", 5: "untested", 33: "untested", None: "not run", 24: "timeout", 36: "timeout"}
"""mutmut's exit codes; a negative one is a signal, any other a failed test."""


def results() -> dict[str, dict[str, int | None]]:
    """The exit code of each mutant, by module."""
    return {
        str(path.relative_to(FLOOR)).removesuffix(".py.meta"): json.loads(path.read_text())[
            "exit_code_by_key"
        ]
        for path in sorted(FLOOR.rglob("*.meta"))
    }


def kind(code: int | None) -> str:
    """What became of a mutant."""
    return "timeout" if code in (-24, -9, 152, 255) else KINDS.get(code, "killed")


def mutmut(*names: str) -> None:
    """Test the mutants of these names."""
    # With nothing changed mutmut 3.8 forgets which test runs what; so it finds out each time.
    (MUTANTS / "mutmut-stats.json").unlink(missing_ok=True)
    program = Path(sys.executable).with_name("mutmut")
    subprocess.run([program, "run", *names], check=True, stdout=subprocess.DEVNULL)


def imported(path: Path) -> set[str]:
    """The modules that a module imports, or whose parts it imports."""
    found = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom))
    return {
        name for node in found for name in (node.module, *(f"{node.module}.{a.name}" for a in node.names))
    }


def of_functions() -> set[str]:
    """Modules that hold a worksheet function or a part of one, named as in `results`."""
    paths = {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in SOURCE.rglob("*.py")}
    reached: set[str] = set()
    new = {function.__module__ for function in FUNCTIONS.values()}
    while new:
        reached |= new
        new = {name for module in new for name in imported(paths[module]) if name in paths} - reached
    return {name.removeprefix("arcredit.credit.").replace(".", "/") for name in reached}


def sample(share: float, seed: int, part: str) -> list[str]:
    """A share of every module's mutants, one at least; the same ones whichever part is taken."""
    chosen, dice, functions = [], random.Random(seed), of_functions()
    for module, codes in results().items():
        names = sorted(codes)
        drawn = dice.sample(names, min(len(names), max(1, round(share * len(names)))))
        if part == "all" or (module in functions) == (part == "functions"):
            chosen += drawn
    return chosen


def half_width(rate: float, count: int) -> float:
    """Half the width of the 95 % interval of a share found in so many."""
    return 1.96 * math.sqrt(rate * (1 - rate) / count)


def table(chosen: set[str]) -> str:
    """Mutants by package; what no test runs counts as survived."""
    found: dict[str, Counter[str]] = {}
    functions = of_functions()
    for module, codes in results().items():
        package = module.split("/")[0] if "/" in module else "shared by them"
        package = package if module in functions else "reports only"
        kinds = [kind(code) for name, code in codes.items() if name in chosen]
        for row in (package, "all") if kinds else ():
            found.setdefault(row, Counter()).update(kinds)
    lines = ["package                  mutants  killed  timeout  survived  share"]
    for row in sorted(found, key=lambda name: (name == "all", name)):
        count, left = found[row].total(), found[row]["survived"] + found[row]["untested"]
        rate = left / max(count, 1)
        sure = "" if row != "all" else f" ± {100 * half_width(rate, count):.1f}"
        killed, late = found[row]["killed"], found[row]["timeout"]
        lines.append(f"{row:24} {count:7} {killed:7} {late:8} {left:9} {100 * rate:5.1f} %{sure}")
    return "\n".join(lines)


def main() -> None:
    """Make the mutants, test the sample, print the table."""
    parser = argparse.ArgumentParser(description="mutation check of src/arcredit/credit")
    parser.add_argument("--share", type=float, default=0.2, help="share of every module's mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--part", choices=("all", "functions", "reports"), default="all", help="whose modules"
    )
    given = parser.parse_args()
    shutil.rmtree(MUTANTS, ignore_errors=True)
    mutmut("arcredit.credit.months.*")
    chosen = sample(given.share, given.seed, given.part)
    mutmut(*chosen)
    codes = {name: code for module in results().values() for name, code in module.items()}
    left = sorted(name for name in chosen if kind(codes[name]) in ("survived", "untested"))
    (MUTANTS / "survivors.txt").write_text("\n".join(left) + "\n")
    print(
        f"{len(chosen)} of {len(codes)} mutants\n\n{table(set(chosen))}\n\nsurvivors: mutants/survivors.txt"
    )


if __name__ == "__main__":
    main()
