"""What every command has in common: the language it speaks and the exit codes it ends with."""

import os
from typing import Any

import click

from arcredit.words import say, shown

DONE, FINDINGS, USAGE, REFUSED, BUSY = range(5)


def spoken() -> str:
    """The language to print in: ``ARCREDIT_LANGUAGE``, else that of the locale."""
    for variable in ("ARCREDIT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def language() -> str:
    """The language chosen with ``--language``, else the one spoken."""
    context = click.get_current_context(silent=True)
    chosen = context.params.get("language") if context else None
    return chosen or spoken()


def word(key: str, **values: Any) -> str:
    """A text of the command line in that language; what comes from a file cannot steer the terminal."""
    return say(key, language(), **shown(values))
