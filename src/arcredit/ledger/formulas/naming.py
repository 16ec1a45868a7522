"""What our functions are called in files: hosts put prefixes before a name, or drop its underscores."""

import re
from collections.abc import Collection

STEMS = (b"CREDIT_", b"AR_", b"TCI_", b"ARCREDIT.")
"""One of these stands in every formula of ours, in whatever case."""

_LONGEST = 64

ADDIN = "arcredit"
"""The file that our functions come from, where a formula names one: ``'C:\\...\\arcredit.xlam'!AR_DSO(``."""

_PREFIXES = re.compile(r"(?:_XLFN\.|_XLWS\.|_XLUDF\.|_XLL\.)+")
_OFFICE_JS = re.compile(r"_XLDUDF_(?:[A-Z0-9]+_)??(?=(?:CREDIT|AR|TCI)_)")
_CALC = re.compile(r"(?:ORG\.)?ARCREDIT\.(?:[A-Z_]+\.)*([A-Z_]+)")
_LINK = re.compile(r"'?\[(\d+)\]'?")


class Mentions:
    """Whether a sheet's XML, seen block by block, can hold a formula of ours; wrong at most in saying yes."""

    def __init__(self) -> None:
        self.found = self._formulas = False
        self._last = b""

    def look(self, block: bytes) -> None:
        """See the next block."""
        if self.found:
            return
        self._formulas = self._formulas or _names_f(self._last[-2:] + block[:2]) or _names_f(block)
        if self._formulas:
            held = (self._last + block).upper()
            self.found = any(stem in held for stem in STEMS)
        # A formula may begin in one block and go on in the next.
        self._last = block[-_LONGEST:]


def _names_f(block: bytes) -> bool:
    """Whether an element ``<f`` or ``<x:f`` begins here; most sheets have no f at all, which is soon seen."""
    return b"f" in block and (b"<f" in block or b":f" in block)


def own_name(written: str, names: Collection[str], links: tuple[str, ...] = ()) -> str | None:
    """The function of ours that a formula calls; None where it calls another.

    Parameters
    ----------
    written : str
        The name as the file has it.
    names : collection of str
        Our functions' names.
    links : tuple of str
        The files that ``[1]``, ``[2]``, … stand for.

    Examples
    --------
    >>> own_name("'C:\\\\add-ins\\\\arcredit.xlam'!AR_DSO", ["AR_DSO"])
    'AR_DSO'
    >>> own_name("ORG.ARCREDIT.FUNCTIONS.ARDSO", ["AR_DSO"])
    'AR_DSO'
    >>> own_name("other.xlam!AR_DSO", ["AR_DSO"])
    """
    source, mark, bare = written.rpartition("!")
    bare = bare.upper()
    if mark and not _is_addin(source, links):
        return None
    bare = _PREFIXES.sub("", bare, count=1)
    bare = _OFFICE_JS.sub("", bare, count=1)
    if bare in names:
        return bare
    found = _CALC.fullmatch(bare)
    letters = found[1].replace("_", "") if found else ""
    return next((name for name in names if letters and name.replace("_", "") == letters), None)


def _is_addin(source: str, links: tuple[str, ...]) -> bool:
    numbered = _LINK.fullmatch(source)
    if numbered:
        place = int(numbered[1]) - 1
        source = links[place] if place < len(links) else ""
    return ADDIN in re.split(r"[\\/\[]", source.strip("'"))[-1].lower()


def built_in(written: str) -> str:
    """A function of the spreadsheet program without the prefixes that files put before new ones.

    Examples
    --------
    >>> built_in("_xlfn._xlws.FILTER")
    'FILTER'
    """
    return _PREFIXES.sub("", written.upper(), count=1)
