"""Coverage-guided fuzzing of what stands in the cells of a ledger and of its records."""

from begin import begin, fresh_folder, watched

with watched():
    from arcredit.reports import REPORTS
    from hostile.cells import cells_mutant
    from hostile.choices import Choices
    from hostile.survival import refreshed, unharmed


def once(data: bytes) -> None:
    """One input: it must survive in three reports; all of them at once take too long for many inputs."""
    choices = Choices(data)
    owners = {choices.one(tuple(REPORTS)) for _ in range(3)}
    with fresh_folder() as folder:
        unharmed(folder, cells_mutant(choices), refreshed(reports=",".join(sorted(owners))))


begin(once)
