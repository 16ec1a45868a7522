"""Make the templates, in English and Chinese: `make templates`, the same bytes every time."""

import argparse
from pathlib import Path

from templates import gallery, starter
from templates.book import write
from templates.words import text

from arcredit.words import LANGUAGES

HERE = Path(__file__).parent
TEMPLATES = (starter, gallery)


def make(folder: Path) -> None:
    """Write every template in every language into a folder."""
    for template in TEMPLATES:
        for language in LANGUAGES:
            title = text(f"{template.WORDS}.title", language)
            write(folder / f"{template.FILE}_{language}.xlsx", template.sheets(language), title, language)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=HERE)
    make(options.parse_args().folder)
