"""Coverage-guided fuzzing of command lines."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.arguments import arguments
    from hostile.choices import Choices
    from hostile.seeds import seeds
    from hostile.survival import answered


def once(data: bytes) -> None:
    """One input: it must survive."""
    with fresh_folder() as folder:
        answered(folder, seeds()[0], arguments(Choices(data)))


begin(once)
