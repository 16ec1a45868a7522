"""Bucket labels in words."""

import re

from arcredit.credit.receivables.conventions import NONE, YEAR_LABELS
from arcredit.reports.inputs import Inputs

_NOT_DUE = ("current", "not due")


def in_words(label: str, inputs: Inputs) -> str:
    """A bucket's heading; another system's own labels stay as that system has them."""
    say = inputs.say
    if label in _NOT_DUE:
        return say("report.bucket.current")
    if label == NONE:
        return say("report.bucket.none")
    if inputs.convention == "cn_statutory":
        return _years(label, inputs)
    if inputs.convention == "arcredit":
        low, high = _ends(label)
        return say("report.bucket.days", low=low, high=high) if high else say("report.bucket.over", low=low)
    return label


def _years(label: str, inputs: Inputs) -> str:
    if label == YEAR_LABELS[0]:
        return inputs.say("report.bucket.first_year")
    low, high = _ends(label)
    if high:
        return inputs.say("report.bucket.years", low=low, high=high)
    return inputs.say("report.bucket.over_years", low=low)


def _ends(label: str) -> tuple[str, str]:
    low, *high = re.findall(r"\d+", label)
    return low, high[0] if high else ""
