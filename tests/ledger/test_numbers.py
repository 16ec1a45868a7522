"""Numbers read eight bytes at a time are the doubles that Python reads, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.ledger.reading.numbers import PAD, numbers, slices

DECIMALS = st.builds(
    lambda sign, left, right: f"{sign}{left}{right}",
    st.sampled_from(["", "-"]),
    st.text("0123456789", min_size=1, max_size=10),
    st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=12).map(lambda text: "." + text)),
)
WRITTEN = st.one_of(
    DECIMALS,
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e9, 1e9).map("{:.16G}".format),
    st.integers(-(10**18), 10**18).map(str),
)
ODD = ["", "-", "--5", "+5x", "5-", "1.2.3", "1,5", "12:30", "0x10", "1e", "A1", "½", "/0", ":0", "12345678:"]


def read(texts):
    """The texts read out of one block, with what stands between values in a sheet."""
    block, start, end = b"<v>", [], []
    for text in texts:
        start.append(len(block))
        block += text.encode()
        end.append(len(block))
        block += b"</v></c><c><v>"
    return numbers(block + PAD, np.array(start, np.int64), np.array(end, np.int64))


def bits(values):
    return np.asarray(values, np.float64).view(np.uint64).tolist()


@given(st.lists(WRITTEN, max_size=30))
def test_numbers_are_those_that_python_reads(texts):
    assert bits(read(texts)) == bits([float(text) for text in texts])


@given(st.lists(WRITTEN, max_size=5), st.sampled_from(ODD))
def test_what_is_no_number_is_unknown_and_spoils_no_other(texts, odd):
    found = read([*texts, odd, *texts])
    assert np.isnan(found[len(texts)])
    assert bits(np.delete(found, len(texts))) == bits([float(text) for text in texts] * 2)


@pytest.mark.parametrize("text", ["0", "-0", "-0.0", "00012", "99999999", "100000000", "9999999.99999999"])
@pytest.mark.parametrize("more", ["", ".5", "e2"])
def test_edges(text, more):
    if "." in text and more == ".5":
        more = "5"
    assert bits(read([text + more])) == bits([float(text + more)])


@given(st.lists(st.text(max_size=5), max_size=10))
def test_slices_are_the_pieces(texts):
    data = [text.encode() for text in texts]
    end = np.cumsum([len(piece) + 1 for piece in data], dtype=np.int64) - 1
    start = end - [len(piece) for piece in data]
    assert slices(b"|".join(data) + PAD, start, end).to_pylist() == texts
