"""Coverage-guided fuzzing of the container: zip members, their names, content types and relationships."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.choices import Choices
    from hostile.survival import patchable, patched, refreshed, unharmed
    from hostile.zips import zip_mutant


def once(data: bytes) -> None:
    """One input: it must survive."""
    content = zip_mutant(Choices(data))
    for write in (patched, refreshed()):
        with fresh_folder() as folder:
            unharmed(folder, content, write, judge=patchable)


begin(once)
