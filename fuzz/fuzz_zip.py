"""Coverage-guided fuzzing of the container: zip members, their names, content types and relationships."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.choices import Choices
    from hostile.survival import patchable, patched, refreshed, unharmed
    from hostile.zips import zip_mutant


def once(data: bytes) -> None:
    """One input: it must survive one of the ways to write."""
    choices = Choices(data)
    write = choices.one((patched, refreshed()))
    with fresh_folder() as folder:
        unharmed(folder, zip_mutant(choices), write, judge=patchable)


begin(once)
