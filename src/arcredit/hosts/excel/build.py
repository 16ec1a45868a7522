"""Build arcredit.xlam, on any system: byte for byte the same from the same sources.

The sheets are written here, the VBA project by pyOpenVBA. What that leaves to be wished is mended, after
[MS-OVBA]: no cache of a compiled project (2.3.4.1), no bytes behind the end of the ``dir`` stream (2.3.4.2),
our own project name and identity. The file is not signed; signing it comes last, on Windows.
"""

import io
import re
import struct
import tempfile
import zipfile
from pathlib import Path

from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress

from arcredit.hosts.excel import vba
from arcredit.hosts.excel.sheet_parts import ADDIN_TYPE, BOOK_TYPE, MACRO_BOOK_TYPE, sheet_parts
from arcredit.ledger.writing.replace import put_whole

NAME = "arcredit.xlam"
PROJECT = b"arcredit"
PROJECT_ID = "{6A1D5E0C-3F52-4E0B-9A55-A2C0DE000001}"

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_UI_PART = "customUI/customUI14.xml"
_UI_RELATION = (
    '<Relationship Id="rIdUI" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
    f'Target="{_UI_PART}"/>'
)
# [MS-OVBA] 2.3.4.1: what a writer puts there, so that the host compiles the source itself.
_NO_CACHE = b"\xcc\x61\xff\xff\x00\x00\x00"
# [MS-OVBA] 2.3.4.2: the last module's terminator and the terminator of the whole stream.
_DIR_END = b"\x2b\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00"


def sources() -> Path:
    """The folder ``addin``: of the installed package, else of the source tree."""
    package = Path(__file__).parents[2]
    shipped = package / "addin"
    return shipped if shipped.is_dir() else package.parents[1] / "addin"


def build(path: Path, *, extra: dict[str, str] | None = None) -> Path:
    """Write the add-in.

    Parameters
    ----------
    path : path
        The file; ``.xlsm`` makes a workbook with the same modules, for tests in other programs.
    extra : dict of str, optional
        Further modules by name, or others in the place of ours; a name that ends in ``.cls`` is a class.

    Raises
    ------
    PatchError
        If it cannot be written; one that was there is then what it was.
    """
    modules = {**vba.modules(sources()), **(extra or {})}
    with tempfile.TemporaryDirectory(prefix="arcredit-addin-") as folder:
        draft = Path(folder) / "draft.xlsm"
        draft.write_bytes(_zipped(sheet_parts(vba.sheets())))
        _write_modules(draft, modules)
        parts = _parts(draft)
    parts["xl/vbaProject.bin"] = _mended(parts["xl/vbaProject.bin"])
    parts[_UI_PART] = vba.custom_ui(sources() / "ribbon.xml")
    _replace(parts, "_rels/.rels", "</Relationships>", _UI_RELATION + "</Relationships>")
    kind = ADDIN_TYPE if path.suffix == ".xlam" else MACRO_BOOK_TYPE
    _replace(parts, "[Content_Types].xml", BOOK_TYPE, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    put_whole(path, _zipped(parts))
    return path


def _write_modules(path: Path, modules: dict[str, str]) -> None:
    with ExcelFile(path) as file:
        project = file.add_vba_project()
        for sheet in project.module_names():
            # Written anew, so that no compiled code of the library's template stays behind.
            file.set_module(sheet, "Option Explicit\r\n")
        for name, source in modules.items():
            if name == "ThisWorkbook":
                file.set_module(name, _lines(source))
                continue
            kind = VBAModuleKind.other if name.endswith(".cls") else VBAModuleKind.standard
            project.add_module(name.removesuffix(".cls"), _lines(source), kind=kind)
        file.save(path, full_rebuild=True)


def _lines(source: str) -> str:
    return "\r\n".join(source.splitlines()) + "\r\n"


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def _replace(parts: dict[str, bytes], name: str, old: str, new: str) -> None:
    text = parts[name].decode()
    if text.count(old) != 1:
        raise ValueError(f"{name}: expected {old} once")
    parts[name] = text.replace(old, new).encode()


def _mended(project: bytes) -> bytes:
    """The VBA project after the specification, under our name."""
    file = CFB.from_bytes(project)
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    directory = decompress(file.get_stream_in_storage("VBA", "dir"))
    directory = directory[: directory.index(_DIR_END) + len(_DIR_END)]
    directory = _once(directory, _name_record(b"VBAProject"), _name_record(PROJECT))
    file.write_stream_in_storage("VBA", "dir", compress(directory))
    text = file.get_stream("PROJECT").decode("cp1252")
    text = text.replace('Name="VBAProject"', f'Name="{PROJECT.decode()}"')
    text = re.sub(r'^ID="\{.*?\}"', f'ID="{PROJECT_ID}"', text, flags=re.M)
    # Neither locked nor hidden; the three are encoded with a key made of the project's identity.
    for key, value in (("CMG", bytes(4)), ("DPB", b"\x00"), ("GC", b"\xff")):
        text = re.sub(rf'^{key}=".*?"', f'{key}="{encoded(value)}"', text, flags=re.M)
    file.write_stream("PROJECT", text.encode("cp1252"))
    return bytes(file.to_bytes())


def _name_record(name: bytes) -> bytes:
    return struct.pack("<HI", 4, len(name)) + name


def _once(data: bytes, old: bytes, new: bytes) -> bytes:
    if data.count(old) != 1:
        raise ValueError(f"expected {old!r} once")
    return data.replace(old, new)


def encoded(value: bytes, seed: int = 0x98) -> str:
    """A protection value of the PROJECT stream: data encryption of [MS-OVBA] 2.4.3.2."""
    key = sum(PROJECT_ID.encode()) & 0xFF
    written = bytearray([seed, 2 ^ seed, key ^ seed])
    plain, last, before = key, written[2], written[1]
    for byte in bytes((seed & 6) // 2) + len(value).to_bytes(4, "little") + value:
        code = byte ^ ((before + plain) & 0xFF)
        written.append(code)
        plain, before, last = byte, last, code
    return written.hex().upper()


def _zipped(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip file without a trace of when and where it was made.

    They are not compressed, for the same text is compressed differently by another zlib.
    """
    first = ["[Content_Types].xml", "_rels/.rels"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in (*first, *sorted(set(parts) - set(first))):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system, entry.external_attr = 0, 0
            file.writestr(entry, parts[name])
    return out.getvalue()
