"""Files of events that are odd in every way: tables, JSON, RSS and Atom."""

import json
from xml.sax.saxutils import escape

from hostile.choices import ODD, Choices

_HEADINGS = (
    *("customer", "name", "date", "kind", "severity", "source", "note", "客户编号", "日期", "事件"),
    *("Customer", "date ", "published", "", "date", "\ufeffcustomer", "x" * 300),
)
_DAYS = (
    *(
        "2026-06-01",
        "1.6.2026",
        "06/01/2026",
        "46023",
        "2026-06-01T08:00:00Z",
        "Mon, 01 Jun 2026 08:00:00 GMT",
    ),
    *(
        "Mon, 01 Jun 2026 08:00:00 +9999",
        "Mon, 99 Zzz 99999999999 99:99:99 GMT",
        "0000-00-00",
        "-1",
        "30-Feb-26",
    ),
    *("Mon, 01 Jun 0000 08:00:00 -0000", "2026年6月1日", "6", "99999999999999999999", "nan", "1 Jun"),
)
_USUAL = ("C1", "Company 1", "Orion Ltd insolvent", "late", "insolvency", "2", "news", "", "Company 3 GmbH")
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1", "utf-32")


def news(choices: Choices) -> bytes:
    """A file of a few events, whole or spoiled."""
    made = choices.one((_table, _json, _rss, _atom, _rss))(choices)
    data = bytearray(made.encode(choices.one(_ENCODINGS), "replace"))
    for _ in range(choices.below(3)):
        at = choices.below(len(data) + 1)
        data[at : at + choices.below(4)] = choices.bytes(6)
    return bytes(data[: choices.below(len(data) + 1)] if choices.below(8) == 7 else data)


def _value(choices: Choices) -> str:
    kind = choices.below(8)
    return choices.one(_USUAL) if kind < 4 else choices.one(_DAYS) if kind < 7 else choices.one(ODD)


def _heads(choices: Choices) -> list[str]:
    usual = ["customer", "date", "note"] if choices.below(2) else ["name", "date", "kind"]
    return usual + [choices.one(_HEADINGS) for _ in range(choices.below(5))]


def _table(choices: Choices) -> str:
    mark = choices.one((",", ";", "\t", "|"))
    heads = _heads(choices)
    lines = [
        [choices.one(_USUAL[:3]), choices.one(_DAYS)] + [_value(choices) for _ in heads]
        for _ in range(choices.below(6))
    ]
    quote = choices.one(('"', "", "'"))
    return choices.one(("\n", "\r\n", "\r")).join(
        mark.join(f"{quote}{cell}{quote}" for cell in line) for line in (heads, *lines)
    )


def _json(choices: Choices) -> str:
    heads = _heads(choices)
    odd = (None, True, -1, 1e308, [], {}, {"a": [1]}, "\ud800", 10**400)
    items = [
        {head: _value(choices) if choices.below(6) else choices.one(odd) for head in heads}
        for _ in range(choices.below(6))
    ]
    made = json.dumps(
        choices.one((items, {"events": items}, {"a": items, "b": 1}, [items, 1, None], {"a": {}}))
    )
    return choices.one((made, made, made, "[" * 100_000, made.replace("1", "NaN"), '{"a":' * 50_000))


def _rss(choices: Choices) -> str:
    items = "".join(
        f"<item><title>{escape(_value(choices))}</title><description>{_inside(choices)}</description>"
        f"<pubDate>{escape(choices.one(_DAYS))}</pubDate></item>"
        for _ in range(choices.below(6))
    )
    before, title = _before(choices), _inside(choices)
    return f"{before}<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def _atom(choices: Choices) -> str:
    entries = "".join(
        f"<entry><title>{escape(_value(choices))}</title><updated>{choices.one(_DAYS)}</updated>"
        f"<summary type='html'>{_inside(choices)}</summary></entry>"
        for _ in range(choices.below(6))
    )
    return f"{_before(choices)}<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"


def _inside(choices: Choices) -> str:
    odd = (
        "<![CDATA[<b>x</b>]]>",
        "&a;",
        "&#0;",
        "&lt;b&gt;",
        "<b/>" * 50,
        "<a>" * 9_000 + "</a>" * 9_000,
        "&#x10FFFF;",
        "<",
    )
    return choices.one(odd) if choices.below(4) == 3 else escape(_value(choices))


def _before(choices: Choices) -> str:
    kinds = (
        "",
        "<?xml version='1.0'?>",
        "<?xml version='1.0' encoding='x-odd'?>",
        "<!DOCTYPE r [<!ENTITY a 'b'>]>",
        "\ufeff",
    )
    return choices.one(kinds)
