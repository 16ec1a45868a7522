"""Coverage-guided fuzzing of what stands in the cells of a ledger and of its records."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.cells import cells_mutant
    from hostile.choices import Choices
    from hostile.survival import refreshed, unharmed


def once(data: bytes) -> None:
    """One input: it must survive."""
    with fresh_folder() as folder:
        unharmed(folder, cells_mutant(Choices(data)), refreshed(reports="all"))


begin(once)
