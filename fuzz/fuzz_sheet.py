"""Coverage-guided fuzzing of the XML of sheets, the workbook, styles, strings, tables."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.choices import Choices
    from hostile.sheets import sheet_mutant
    from hostile.survival import furnished, patched, refreshed, unharmed


def once(data: bytes) -> None:
    """One input: it must survive one of the ways to write."""
    choices = Choices(data)
    write = choices.one((patched, refreshed(), furnished))
    with fresh_folder() as folder:
        unharmed(folder, sheet_mutant(choices), write)


begin(once)
