"""Coverage-guided fuzzing of files of events: tables, JSON, RSS and Atom."""

import contextlib

from begin import begin, fresh_folder, watched

with watched():
    from arcredit.errors import LedgerError
    from arcredit.ledger.records.feed import read_feed
    from hostile.choices import Choices
    from hostile.news import news


def once(data: bytes) -> None:
    """One input: it is read or refused."""
    with fresh_folder() as folder, contextlib.suppress(LedgerError):
        (folder / "news").write_bytes(news(Choices(data)))
        read_feed(folder / "news")


begin(once)
