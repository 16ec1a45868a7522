"""The LibreOffice extension: ``arcredit.oxt``, the same bytes on every run."""

import ast
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from arcredit import __version__
from arcredit.errors import ArcreditError
from arcredit.hosts.calc.basic import module
from arcredit.ledger.writing.replace import put_whole
from arcredit.words import LANGUAGES

_PACKAGE = Path(__file__).parents[2]
_HAND_WRITTEN = (_PACKAGE.parents[1] / "addin" / "calc", _PACKAGE / "addin" / "calc")
"""In a clone; in an installed package."""

_INSIDE = "arcredit.hosts.calc.calls"
"""What runs inside LibreOffice, with all it imports: figures and their way into a cell."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def build(path: Path) -> Path:
    """Write the extension to a file.

    Raises
    ------
    PatchError
        If it cannot be written; one that was there is then what it was.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(contents().items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    put_whole(path, made.getvalue())
    return path


def contents() -> dict[str, bytes]:
    """Every file of the extension by its name in it."""
    hand_written = next(folder for folder in _HAND_WRITTEN if folder.is_dir())
    found = {
        file.relative_to(hand_written).as_posix(): file.read_bytes()
        for file in hand_written.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    found["description.xml"] = found["description.xml"].replace(b"VERSION", __version__.encode())
    found["arcredit_functions.bas"] = module().encode()
    found["notices.json"] = json.dumps(_notices(), ensure_ascii=False, indent=1).encode()
    for file in (*_modules(_INSIDE), *(_PACKAGE / "words").rglob("*.toml")):
        found[f"pythonpath/arcredit/{file.relative_to(_PACKAGE).as_posix()}"] = file.read_bytes()
    return found


def _modules(start: str) -> set[Path]:
    """The files of a module and of everything of ours that it imports, packages included."""
    found: set[Path] = set()
    names = [start]
    while names:
        name = names.pop()
        file = _file(name)
        if file is not None and file not in found:
            found.add(file)
            names.extend(_imported(file))
            names.append(name.rpartition(".")[0])
    return found


def _file(name: str) -> Path | None:
    """The file of one of our modules; None for any other name."""
    top, *parts = name.split(".")
    path = _PACKAGE.joinpath(*parts)
    files = [file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()]
    return files[0] if files and top == _PACKAGE.name else None


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def _notices() -> dict[str, list[str]]:
    """Why the functions may not run, for a Python too old to read the texts itself."""
    kept = {name: f"{{{name}}}" for name in ("found", "folder", "detail")}
    old, without = ArcreditError("calc.old_python", **kept), ArcreditError("calc.no_numpy", **kept)
    return {
        "old_python": [old.text(language) for language in LANGUAGES],
        "no_numpy": [without.text(language) for language in LANGUAGES],
    }
