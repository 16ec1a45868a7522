"""Imports run one way, down: hosts, reports, ledger, credit; under all of them errors, shapes and words."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "arcredit"
GROUND = {"errors", "shapes", "words"}
FLOORS = ["credit", "ledger", "reports", "hosts"]
THIRD_PARTY = {
    "ground": {"numpy", "pandas"},
    "credit": {"numpy", "pandas"},
    "ledger": {"numpy", "pandas", "openpyxl", "pyarrow", "rapidfuzz"},
    "reports": {"numpy", "pandas", "xlsxwriter"},
    "hosts": {
        "numpy",
        "pandas",
        "openpyxl",
        "xlwings",
        "pyopenvba",
        "click",
        "pebble",
        "rich",
        "distributed",
        "fsspec",
        "azure",
        "uno",
        "unohelper",
        "com",
    },
}


def modules():
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        yield path, ".".join(("arcredit", *parts)).removesuffix(".__init__"), floor_of(parts)


def floor_of(parts):
    """The floor of a module; what ``python -m arcredit`` starts is a host."""
    return parts[0] if parts[0] in FLOORS else "hosts" if parts == ("__main__",) else "ground"


def imported(path):
    """The modules a file imports, wherever in it, but for those for the type checker only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("path", "name", "floor"), list(modules()), ids=lambda value: str(value))
def test_imports_run_down(path, name, floor):
    for target in imported(path):
        top, *rest = target.split(".")
        if top == "arcredit":
            aim = rest[0] if rest and rest[0] in FLOORS else "ground"
            if aim != "ground":
                assert floor != "ground", f"{name} imports {target}: the ground knows no floor"
                assert FLOORS.index(aim) <= FLOORS.index(floor), f"{name} imports {target}: up"
        elif top not in sys.stdlib_module_names:
            assert top in THIRD_PARTY[floor], f"{name} imports {target}: not on this floor"


def test_no_cycles():
    graph = {name: set() for _, name, _ in modules()}
    for path, name, _ in modules():
        graph[name] = {target for target in imported(path) if target in graph and target != name}
    done: set[str] = set()

    def visit(name, trail):
        assert name not in trail, " -> ".join([*trail, name])
        if name not in done:
            for target in graph[name]:
                # A package's own __init__ that lists its modules is no cycle of ideas.
                if not name.startswith(target + "."):
                    visit(target, [*trail, name])
            done.add(name)

    for name in graph:
        visit(name, [])


def test_help_does_not_import_the_heavy_libraries():
    heavy = "('pandas', 'numpy', 'openpyxl', 'pyarrow', 'xlwings')"
    code = f"import sys, arcredit.hosts.cli; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
