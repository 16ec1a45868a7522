"""Invented people: who receives a customer's letters, who looks after it in-house."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from samples.trade import Customer

_ENGLISH = ("A. Keane", "M. Fischer", "L. Moreau", "G. Conti", "T. Nowak", "E. Lund", "R. Silva", "J. Horvat")
_CHINESE = ("王会计", "李会计", "张会计", "刘出纳", "陈经理", "杨会计", "赵主管", "孙会计")


def contacts(
    people: Sequence[Customer],
    collectors: Sequence[str],
    more: Mapping[str, Mapping[str, Any]],
    language: str,
) -> dict[str, dict[str, Any]]:
    """Contact, address and collector of each customer, with what is special about some; all made up."""
    names = _CHINESE if language == "zh" else _ENGLISH
    found: dict[str, dict[str, Any]] = {}
    for index, one in enumerate(people):
        house = 3 + 7 * index % 90
        place = one.place.split()[0]
        chinese = {"phone": f"0512-5550{index:04d}", "address": f"{one.place}市工业园区{house}号"}
        english = {"phone": f"+00 555 {index:04d}", "address": f"{house} Station Road, {place}"}
        found[one.number] = {
            "contact": names[index % len(names)],
            "email": f"accounts@{_slug(one)}.example",
            **(chinese if language == "zh" else english),
            "collector": collectors[index % len(collectors)],
            "letter_language": language,
            **more.get(one.number, {}),
        }
    return found


def _slug(one: Customer) -> str:
    """The first word of the name in plain letters, or the customer's number."""
    plain = unicodedata.normalize("NFKD", one.name).encode("ascii", "ignore").decode().lower()
    word = re.match(r"[a-z]{3,}", plain)
    return word[0] if word else f"kh{one.number}"
