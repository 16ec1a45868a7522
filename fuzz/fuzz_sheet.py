"""Coverage-guided fuzzing of the XML of sheets, the workbook, styles, strings, tables."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.choices import Choices
    from hostile.sheets import sheet_mutant
    from hostile.survival import furnished, patched, refreshed, unharmed


def once(data: bytes) -> None:
    """One input: it must survive."""
    content = sheet_mutant(Choices(data))
    for write in (patched, refreshed(), furnished):
        with fresh_folder() as folder:
            unharmed(folder, content, write)


begin(once)
