"""Make the templates, in English and Chinese: `make templates`, the same bytes every time."""

import argparse
from pathlib import Path

from templates import (
    claim_pack,
    credit_file,
    dashboard,
    gallery,
    insurance_schedule,
    plan,
    provision,
    starter,
)
from templates.book import write
from templates.words import text

from arcredit.words import LANGUAGES

HERE = Path(__file__).parent
FORMS = (starter, gallery, credit_file, insurance_schedule, claim_pack, provision, plan)


def make(folder: Path) -> None:
    """Write every template in every language into a folder."""
    for language in LANGUAGES:
        for form in FORMS:
            title = text(f"{form.WORDS}.title", language)
            write(folder / f"{form.FILE}_{language}.xlsx", form.sheets(language), title, language)
        dashboard.write(folder / f"{dashboard.FILE}_{language}.xlsx", language)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=HERE)
    make(options.parse_args().folder)
