"""Where a customer stands against the limit: within, near, over, expired or unknown."""

import numpy as np

from arcredit.credit.customer.check import NEAR_LIMIT
from arcredit.credit.customer.exposure import exact
from arcredit.shapes import Booleans, Floats, Numbers, Texts, flags, numbers

STATES: Texts = np.array(["over", "expired", "unknown", "near", "within"], object)
"""The worst first."""


def limit_state(credit_limit: Numbers, exposure: Numbers, expired: Booleans = False) -> Texts:
    """The state of each customer, one of `STATES`.

    Near is from 85 % of the limit on, over is above it; equal is not over. A limit of 0 is exceeded by the
    first cent. An expired limit counts 0 for new orders: whoever owes nothing is within it. A blank limit is
    unknown, never unlimited; nobody without exposure is over anything.

    Source: product rule, early warnings (85 %) and hold rules; blank is not unlimited.

    Examples
    --------
    >>> limit_state([100, 100, 100, 0, 0, None], [84.99, 85, 100.01, 0, 0.01, 5]).tolist()
    ['within', 'near', 'over', 'within', 'over', 'unknown']
    """
    limit, used = numbers(credit_limit, "credit_limit", low=0), exact(numbers(exposure, "exposure"))
    ended = flags(expired, "expired")
    near = (used >= exact(NEAR_LIMIT * limit)) & (used > 0)
    tests = [ended & (used > 0), np.isnan(limit) | np.isnan(used), used > exact(limit), near]
    place = np.select(tests, [1, 2, 0, 3], 4)
    return np.asarray(STATES[place], object)


def over_by(credit_limit: Numbers, exposure: Numbers) -> Floats:
    """How much of the exposure lies above the limit; NaN where the limit is unknown.

    Examples
    --------
    >>> over_by([100, 100, None], [130.5, 70, 10]).tolist()
    [30.5, 0.0, nan]
    """
    gap = exact(numbers(exposure, "exposure") - numbers(credit_limit, "credit_limit", low=0))
    return np.asarray(np.maximum(gap, 0.0))
