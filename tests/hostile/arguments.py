"""Command lines: known commands and options in any combination, each value of its type, but odd."""

from collections.abc import Sequence
from pathlib import Path

from hostile.choices import ODD_NUMBERS, ODD_TEXTS, Choices

FILES = (
    "a.xlsx",
    "events.csv",
    "rates.csv",
    "none.xlsx",
    ".",
    "deep",
    "-",
    "--",
    "",
    "odd \n-名😀$(x);'.xlsx",
    "a.xlsx/",
)
DAYS = (
    "2026-06-30",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "30.6.2026",
    "",
    "20260630",
    "1900-02-29",
    "1899-12-31",
)
NAMES = (
    "Ledger",
    "ledger",
    "",
    "none",
    "C1",
    "customer=A",
    "amount=ZZZ",
    "open_amount=",
    "=A",
    "x=y",
    "due_date=XFE",
)
EDGES = (
    "30,60,90,120",
    "",
    "0",
    "-1",
    "60,30",
    "30,30",
    "1e9",
    "x",
    ",",
    "30;60",
    "1,2,3,4,5,6,7,8,9,10",
    "30.5",
)
LISTS = (
    "aging",
    "all",
    "aging,aging",
    "",
    ",",
    "none",
    "limits,policy",
    "findings,dso",
    "ALL",
    "dashboard,changes",
)
WORDS = (
    "table",
    "csv",
    "json",
    "dmy",
    "ymd",
    "point",
    "comma",
    "en",
    "zh",
    "own",
    "none",
    "due_date",
    "separate",
    "x",
)
OUT = ("out.xlsx", "a.xlsx", "deep/out.xlsx", "nowhere/out.xlsx", ".", "log.jsonl", "events.csv")
READING = {
    "--sheet": NAMES,
    "--column": NAMES,
    "--receipts-sheet": NAMES,
    "--date-order": WORDS,
    "--decimal": WORDS,
    "--language": ("en", "zh", "fr"),
}
FIGURES = {"--as-of": DAYS, "--edges": EDGES, "--convention": WORDS, "--credits": WORDS}
FORMAT = {"--format": ("table", "csv", "json", "x")}
FLAGS: Sequence[str] = ()
COMMANDS: dict[tuple[str, ...], dict[str, Sequence[str]]] = {
    ("check",): READING,
    ("aging",): READING | FIGURES | FORMAT,
    ("dso",): READING | FIGURES | FORMAT,
    ("changes",): READING | FIGURES | FORMAT | {"--since": DAYS, "--snapshots": ("deep", "none", ".")},
    ("log",): FORMAT | {"--last": ODD_NUMBERS, "--match": NAMES},
    ("init",): {"--records": LISTS, "--language": ("en", "zh"), "--backup": FLAGS, "--dry-run": FLAGS},
    ("events", "import"): {
        **{"--book": FILES, "--date-order": WORDS, "--language": ("en", "zh")},
        **{"--backup": FLAGS, "--dry-run": FLAGS},
    },
    ("recalc", "--recalc", "own"): {"--as-of": DAYS, "--backup": FLAGS, "--dry-run": FLAGS},
    ("claim",): READING | {"--as-of": DAYS, "--xlsx": OUT, "--overwrite": FLAGS, "--customer": NAMES},
    ("refresh",): READING
    | FIGURES
    | {
        **{
            "--rates": FILES,
            "--gl-balance": ODD_NUMBERS,
            "--reports": LISTS,
            "--customer": NAMES,
            "--recalc": WORDS,
        },
        **{"--snapshot": FLAGS, "--backup": FLAGS, "--dry-run": FLAGS, "--diff": FLAGS, "--force": FLAGS},
        **{"--snapshots": ("deep",), "--pattern": ("*.xlsx", "[", "", "a*"), "--jobs": ("1", "0", "-1", "x")},
        **{"--log": OUT, "--consolidate": OUT},
    },
}


def arguments(choices: Choices) -> list[str]:
    """A command line."""
    command = choices.one(tuple(COMMANDS))
    found = [*command, choices.one(("a.xlsx", "events.csv", *FILES))]
    options = COMMANDS[command]
    for _ in range(choices.below(6)):
        name = choices.one(tuple(options))
        values = options[name]
        odd = choices.one(ODD_TEXTS).replace("\0", "") if choices.below(8) == 7 else ""
        found += [name, odd or choices.one(values)] if values else [name]
    return [*found, choices.one(FILES)] if choices.below(8) == 7 else found


def furnish(folder: Path, workbook: bytes) -> None:
    """The files that command lines name."""
    (folder / "a.xlsx").write_bytes(workbook)
    (folder / "odd \n-名😀$(x);'.xlsx").write_bytes(workbook)
    (folder / "events.csv").write_text("customer,date,note\nC1,2026-06-01,=1+1\n[/x],2026-06-02,\x1b[2J\n")
    (folder / "rates.csv").write_text("currency,rate\nEUR,1\nUSD,0.9\n")
    (folder / "deep").mkdir()
