"""A formula's text taken to pieces.

openpyxl's tokenizer stops at ``A2#`` and at escaped brackets in table references; one regular expression does
the same work and knows both.
"""

import re
from typing import NamedTuple

_COLUMN, _ROW = r"\$?[A-Za-z]{1,3}", r"\$?[1-9]\d{0,6}"
_END = r"(?![\w.(!\\?\[])"
_WORD = r"[^\W\d\\][\w.\\?]*|\\[\w.\\?]*"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
  | (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!))
  | (?P<sheet>'(?:[^']|'')+'! | (?:\[[^\]]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?! | \[[^\]]*\]!
      | (?:\[[^\]]*\])[\w.]+!)
  | (?P<columns>{_COLUMN}:{_COLUMN}){_END}
  | (?P<rows>{_ROW}:{_ROW}){_END}
  | (?P<cell>{_COLUMN}{_ROW}){_END}
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)
  | (?P<call>(?:{_WORD})\()
  | (?P<word>{_WORD})
  | (?P<sign><=|>=|<>|[-+*/^&=<>%,;(){{}}@:\#\[])
    """,
    re.VERBOSE,
)
_BROKEN = re.compile(r"[\s\S]")
_AFTER_AN_OPERAND = {"text", "error", "columns", "rows", "cell", "number", "word", "table"}
_BEFORE_AN_OPERAND = _AFTER_AN_OPERAND | {"sheet", "call"}


class NotAFormula(ValueError):  # noqa: N818  said by its name
    """A text that Excel's grammar does not know."""


class Token(NamedTuple):
    """A piece of a formula."""

    kind: str
    text: str


def tokens(formula: str) -> list[Token]:
    """The pieces of a formula; blanks are kept only where they mean an intersection.

    Raises
    ------
    NotAFormula
        If there is anything else in it.
    """
    found: list[Token] = []
    place = 0
    while place < len(formula):
        token = _TOKEN.match(formula, place)
        if token is None or token.lastgroup is None:
            raise NotAFormula(formula[place : place + 20])
        kind, place = token.lastgroup, token.end()
        text = token[0]
        if (kind == "sign" and text == "[") or (kind == "word" and formula[place : place + 1] == "["):
            start = place - 1 if kind == "sign" else place
            inside = _bracket(formula, start)
            name = "" if kind == "sign" else text
            kind, text, place = "table", name + formula[start:inside], inside
        found.append(Token(kind, text))
    return _without_spaces(found)


def _bracket(formula: str, start: int) -> int:
    """Where the bracket that opens at a place has closed; ``'`` escapes the sign after it."""
    depth, place = 0, start
    while place < len(formula):
        sign = formula[place]
        if sign == "'":
            place += 1
        depth += (sign == "[") - (sign == "]")
        place += 1
        if not depth:
            return place
    raise NotAFormula(formula[start : start + 20])


def _without_spaces(found: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for place, token in enumerate(found):
        if token.kind != "space":
            kept.append(token)
        elif kept and place + 1 < len(found) and _meets(kept[-1], found[place + 1]):
            kept.append(Token("sign", " "))
    return kept


def _meets(left: Token, right: Token) -> bool:
    """Whether a blank between two pieces means an intersection."""
    ends = left.kind in _AFTER_AN_OPERAND or left.text in (")", "#", "}")
    return ends and (right.kind in _BEFORE_AN_OPERAND or right.text in ("(", "{"))
