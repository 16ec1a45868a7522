"""How likely chance alone would do it: tails of the usual distributions, for whole columns at once.

Nothing here knows receivables. NaN in gives NaN out.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arcredit.shapes import Floats

# W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2),
    3.20937758913846947e3,
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (
        *(2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1),
        *(2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3),
        1.23033935479799725e3,
    ),
    (
        *(1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2),
        *(1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3),
        1.23033935480374942e3,
    ),
)
_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1),
    (1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1),
    (6.05183413124413191e-2, 2.33520497626869185e-3),
)

_BLOCK = 1 << 15


def normal_tail(z: ArrayLike) -> Floats:
    """Probability that a standard normal variable exceeds `z`, relative error below 1e-12.

    Examples
    --------
    >>> round(float(normal_tail(2.8674)), 5)
    0.00207
    """
    x = np.asarray(z, np.float64) / math.sqrt(2)
    upper = 0.5 * _erfc(np.abs(x))
    return np.asarray(np.where(x < 0, 1 - upper, upper))


def student_tail(t: ArrayLike, freedom: ArrayLike) -> Floats:
    """Probability that Student's t with whole degrees of freedom exceeds `t`.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.

    Examples
    --------
    >>> round(float(student_tail(2.1318, 4)), 4)
    0.05
    """
    t, freedom = np.broadcast_arrays(np.asarray(t, np.float64), np.asarray(freedom))
    angle = np.arctan(t / np.sqrt(np.maximum(freedom, 1)))
    cosine = np.cos(angle)
    odd = freedom % 2 == 1
    term, total = np.where(odd, cosine, 1.0), np.zeros(t.shape)
    for step in range(int(freedom.max(initial=1)) // 2):
        low = 2 * step + 2 if odd.all() else np.where(odd, 2 * step + 2, 2 * step + 1)
        total = total + np.where(2 * step + 2 + odd <= freedom, term, 0.0)
        term = term * cosine**2 * low / (low + 1)
    series = np.sin(angle) * total
    within = np.where(odd, (angle + series) * 2 / np.pi, series)
    return np.where(freedom < 1, np.nan, np.clip((1 - within) / 2, 0, 1))


def rise_tail(before: ArrayLike, before_of: ArrayLike, now: ArrayLike, now_of: ArrayLike) -> Floats:
    """One-sided p-value that the share `now` / `now_of` is above `before` / `before_of` by chance alone.

    Two proportions with pooled variance; Fisher's exact test where one of the four expected cells is
    below 5. NaN where a group is empty.
    """
    arrays = [np.asarray(item, np.float64) for item in (before, before_of, now, now_of)]
    block = np.broadcast_arrays(*arrays)
    cells = [np.ravel(item) for item in block]
    tail = np.full(cells[0].shape, np.nan)
    # A block at a time stays in the processor's cache: twice as fast as the whole column at once.
    for start in range(0, tail.size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        tail[rows] = _rise_tail(*(item[rows] for item in cells))
    return tail.reshape(block[0].shape)


def _rise_tail(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    count, hits = n1 + n2, x1 + x2
    tail = np.full(count.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = hits / count
        smallest = np.minimum(n1, n2) * np.minimum(hits, count - hits) / count
        asked = (n1 > 0) & (n2 > 0) & ~np.isnan(hits)
        exact, wide = asked & (smallest < 5), asked & (smallest >= 5)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))[wide]
        tail[wide] = normal_tail((x2[wide] / n2[wide] - x1[wide] / n1[wide]) / spread)
    tail[exact] = fisher_tail(x2[exact], n2[exact], hits[exact], count[exact])
    return tail


def fisher_tail(drawn_hits: Floats, drawn: Floats, hits: Floats, count: Floats) -> Floats:
    """Probability of at least `drawn_hits` among `drawn` taken at random from `count` that hold `hits`."""
    # Below the mean the other tail is summed, so that the terms fall from the first one on.
    low = drawn_hits * count <= drawn * hits
    hits = np.where(low, count - hits, hits)
    start = np.where(low, drawn - drawn_hits + 1, drawn_hits)
    tail = _falling(start, drawn, hits, count)
    return np.where(low, 1 - tail, tail)


def binomial_tail(hits: ArrayLike, count: ArrayLike, share: ArrayLike) -> Floats:
    """Probability of at least `hits` among `count` where each is one with probability `share`.

    Examples
    --------
    >>> round(float(binomial_tail(4, 10, 0.1)), 4)
    0.0128
    """
    arrays = [np.asarray(item, np.float64) for item in (hits, count, share)]
    x, n, p = np.broadcast_arrays(*arrays)
    log_factorial = _log_factorials(n)
    tail = np.zeros(x.shape)
    for more in range(int(np.max(n - x, initial=0)) + 1):
        k = np.minimum(x + more, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            term = np.exp(_log_choose(log_factorial, n, k) + k * np.log(p) + (n - k) * np.log1p(-p))
        tail += np.where(x + more <= n, np.nan_to_num(term, nan=1.0), 0)
    return np.minimum(tail, 1.0)


def false_discovery_cut(p_value: Floats, share: float) -> float:
    """Largest p-value that still counts as a discovery; 0 where none does.

    Benjamini and Hochberg (1995): with the m known p-values in rising order, the last p_k that is at
    most k/m × `share`. On average at most that share of the alarms is false.
    """
    known = np.sort(p_value[~np.isnan(p_value)])
    passed = known <= share * np.arange(1, len(known) + 1) / max(len(known), 1)
    return float(known[passed][-1]) if passed.any() else 0.0


def _falling(start: Floats, drawn: Floats, hits: Floats, count: Floats) -> Floats:
    """Hypergeometric tail from `start` upward, where each term is smaller than the one before."""
    last = np.minimum(drawn, hits)
    possible = np.flatnonzero(start <= last)
    tail = np.zeros(start.shape)
    k, drawn, hits, count, last = (item[possible] for item in (start, drawn, hits, count, last))
    table = _log_factorials(count)
    term = np.exp(
        _log_choose(table, hits, k)
        + _log_choose(table, count - hits, drawn - k)
        - _log_choose(table, count, drawn)
    )
    total = term.copy()
    rows: NDArray[np.intp] = np.arange(len(k))
    while len(rows):
        term = term * (hits - k) * (drawn - k) / ((k + 1) * (count - hits - drawn + k + 1))
        k = k + 1
        total[rows] += term
        going = np.flatnonzero((k < last) & (term > 1e-17 * total[rows]))
        rows = rows[going]
        term, k, drawn, hits, count, last = (item[going] for item in (term, k, drawn, hits, count, last))
    tail[possible] = total
    return np.minimum(tail, 1.0)


def _log_factorials(count: Floats) -> Floats:
    """ln 0!, ln 1!, … up to the largest count."""
    whole = np.arange(1, int(np.max(count, initial=0)) + 1, dtype=np.longdouble)
    return np.concatenate([[0.0], np.cumsum(np.log(whole))]).astype(np.float64)


def _log_choose(log_factorial: Floats, count: Floats, part: Floats) -> Floats:
    n, k = count.astype(np.intp), part.astype(np.intp)
    return np.asarray(log_factorial[n] - log_factorial[k] - log_factorial[n - k])


def _erfc(x: Floats) -> Floats:
    """Complementary error function for x ≥ 0."""
    tail = np.full(x.shape, np.nan)
    near, far = x <= 0.46875, x > 4
    for region, formula in ((near, _erfc_near), (~near & (x <= 4), _erfc_middle), (far, _erfc_far)):
        tail[region] = formula(x[region])
    return tail


def _erfc_near(x: Floats) -> Floats:
    top, constant, bottom = _NEAR
    return np.asarray(1 - x * np.polyval((*top, constant), x * x) / np.polyval(bottom, x * x))


def _erfc_middle(x: Floats) -> Floats:
    return np.asarray(_gauss(x) * np.polyval(_MIDDLE[0], x) / np.polyval(_MIDDLE[1], x))


def _erfc_far(x: Floats) -> Floats:
    inverse = 1 / (x * x)
    top, bottom = _FAR[0] + _FAR[1], _FAR[2] + _FAR[3]
    ratio = inverse * np.polyval(top, inverse) / np.polyval(bottom, inverse)
    return np.asarray(_gauss(x) / x * (1 / math.sqrt(math.pi) - ratio))


def _gauss(x: Floats) -> Floats:
    """exp(-x²), with x² split so that its rounding does not grow in the exponent."""
    coarse = np.trunc(x * 16) / 16
    return np.asarray(np.exp(-coarse * coarse) * np.exp(-(x - coarse) * (x + coarse)))
