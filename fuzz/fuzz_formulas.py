"""Coverage-guided fuzzing of formulas that call our functions: parsed, resolved, computed, written."""

from begin import begin, fresh_folder, watched

with watched():
    from hostile.choices import Choices
    from hostile.formulas import formulas_mutant
    from hostile.survival import recalculated, unharmed


def once(data: bytes) -> None:
    """One input: it must survive."""
    with fresh_folder() as folder:
        unharmed(folder, formulas_mutant(Choices(data)), recalculated)


begin(once)
