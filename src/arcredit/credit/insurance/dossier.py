"""The claim dossier: what insurers ask for, what is there and what is missing.

Source: claim checklists of TradeLock, Nimbla, QBE (SME claim form) and EXIM Bank (EIB 10-03, EIB 92-27).
"""

from typing import Any, NamedTuple

import numpy as np

from arcredit.errors import InputError
from arcredit.shapes import Booleans, Labels, Table, flags, labels, listed, same_height
from arcredit.words import LANGUAGES, say

SITUATIONS = ("discretionary", "dispute", "insolvency", "plan", "security", "recovery")


class Item(NamedTuple):
    """A document of the dossier; without a `situation` it is always mandatory, else only in that one."""

    code: str
    situation: str = ""


ITEMS = (
    Item("claim_form"),
    Item("account"),
    Item("invoices"),
    Item("orders"),
    Item("delivery"),
    Item("notification"),
    Item("promises", "plan"),
    Item("discretionary", "discretionary"),
    Item("dispute", "dispute"),
    Item("insolvency", "insolvency"),
    Item("security", "security"),
    Item("related_parties"),
    Item("vat_bank"),
    Item("recoveries", "recovery"),
)
"""The fourteen items in their order; which of them every claim needs is ours to say and yours to change."""


def tci_dossier(item: Labels, present: Booleans, situation: Labels = None) -> Table:
    """The claim dossier: which items are mandatory, which are there, what is missing, how complete it is.

    索赔资料清单：十四项资料中哪些必备、哪些已有、缺什么及完整度。

    Parameters
    ----------
    item : Labels
        Items as numbers 1 to 14 or by name; items not listed are missing, other names are added as optional.
        资料编号 1 至 14 或名称；未列出的视为缺失，其他名称作为可选项加入。
    present : Booleans
        TRUE where the item is in the file.
        资料已齐备则为 TRUE。
    situation : Labels, default blank
        What applies and makes its item mandatory: discretionary, dispute, insolvency, plan, security,
        recovery.
        适用情形，其资料成为必备：discretionary、dispute、insolvency、plan、security、recovery。

    Returns
    -------
    Table
        number, item, mandatory, present, missing (1 or 0), completeness; the last line counts them, with the
        completeness as a fraction.

    Raises
    ------
    InputError
        An unknown situation; present is neither TRUE nor FALSE; unequal heights.

    Notes
    -----
    Completeness is mandatory items present over mandatory items. What is missing blocks the filing, not the
    estimate. Items of a situation are optional without it; which items every claim needs is a convention
    here. Names may be English or Chinese.

    Source: TradeLock and Nimbla claim guides; QBE SME claim form; EXIM Bank EIB 10-03.

    Examples
    --------
    >>> dossier = tci_dossier([1, 2, 3], [True, True, False])
    >>> dossier["missing"].tolist()[-1], float(dossier["completeness"][-1])
    (6.0, 0.25)
    """
    given = labels(item, "item").reshape(-1)
    there = flags(present, "present").reshape(-1)
    same_height(item=given, present=there)
    applies = _situations(situation)
    known = _known()
    added = {name.lower(): name for name in reversed(given) if name is not None and name.lower() not in known}
    own = list(reversed(added.values()))
    place = {**known, **{name.lower(): len(ITEMS) + number for number, name in enumerate(own)}}
    has = np.zeros(len(ITEMS) + len(own))
    for name, is_there in zip(given, there, strict=True):
        if name is not None and is_there:
            has[place[name.lower()]] = 1.0
    needed = [float(entry.situation == "" or entry.situation in applies) for entry in ITEMS] + [0.0] * len(
        own
    )
    mandatory = np.array(needed)
    chinese = any("\u4e00" <= letter <= "\u9fff" for name in given if name for letter in name)
    names = [item_text(entry.code, LANGUAGES[chinese]) for entry in ITEMS] + own
    return _table(names, mandatory, has)


def _table(names: list[str], mandatory: Any, has: Any) -> Table:
    missing = mandatory * (1 - has)
    count = len(names)
    return Table(
        {
            "number": np.append(np.arange(1.0, count + 1), np.nan),
            "item": np.array([*names, "completeness"], object),
            "mandatory": np.append(mandatory, mandatory.sum()),
            "present": np.append(has, has.sum()),
            "missing": np.append(missing, missing.sum()),
            "completeness": np.append(np.full(count, np.nan), (mandatory - missing).sum() / mandatory.sum()),
        },
        total=True,
    )


def _situations(situation: Labels) -> set[str]:
    words = {str(word).strip().lower() for word in listed(situation)}
    unknown = sorted(words - set(SITUATIONS))
    if unknown:
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            argument="situation",
            found=", ".join(unknown),
            allowed=", ".join(SITUATIONS),
        )
    return words


def _known() -> dict[str, int]:
    """The place of every way to name an item: its number, its code, its name in either language."""
    places = {}
    for place, entry in enumerate(ITEMS):
        names = [str(place + 1), entry.code, *(item_text(entry.code, language) for language in LANGUAGES)]
        places.update({name.lower(): place for name in names})
    return places


def item_text(code: str, language: str = "en") -> str:
    """An item's name as a person reads it."""
    return say(f"insurance.dossier.{code}", language)
