"""Spans: read as written, half open, and nothing that may lie outside is held."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import UsageError
from leadline.model.spans import WHOLE, Span, in_words, read, written

SECONDS = st.integers(1_262_304_000, 1_577_836_800)
"""2010 to 2020."""
MOMENTS = st.none() | SECONDS.map(lambda t: datetime.fromtimestamp(t, UTC))
SPANS = st.tuples(MOMENTS, MOMENTS).filter(lambda s: None in s or s[0] < s[1]).map(lambda s: Span(*s))


@given(SPANS)
def test_a_span_reads_as_it_was_written(span):
    assert read(written(span)) == span


def test_days_moments_and_open_ends():
    assert read("2016-03-01/2016-04-01") == Span(datetime(2016, 3, 1, tzinfo=UTC), datetime(2016, 4, 1, tzinfo=UTC))
    assert read("2016-03-01T12:00:00+01:00/..").start == datetime(2016, 3, 1, 11, tzinfo=UTC)
    assert read(None) == read(" ") == read("../..") == WHOLE


@pytest.mark.parametrize(
    "text", ["2016", "2016-03-01", "2016-13-01/..", "2016-03-01T12:00:00/..", "2016-04-01/2016-03-01", "a/b", "a/b/c",
             "2016-03-01/2016-03-01"],
)  # fmt: skip
def test_what_is_no_span_is_refused(text):
    with pytest.raises(UsageError):
        read(text)


@given(SPANS, SPANS, SECONDS, st.integers(0, 10**6))
def test_meeting_within_and_holding_agree_with_moments(a, b, low, seconds):
    low = datetime.fromtimestamp(low, UTC)
    high = low + timedelta(seconds=seconds)
    if a.holds(low, high):
        assert a.holds(low, low) and a.holds(high, high)
        assert not b.holds(low, high) or a.meets(b)
        assert not a.within(b) or b.holds(low, high)
    assert a.meets(b) == b.meets(a)
    assert a.within(a) and a.within(WHOLE) and a.within(a.joined(b))
    assert a.holds(None, None) == (not a.bounded)


DAYS = st.integers(0, 4).map(lambda day: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=day))
FEW = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(lambda s: None in s or s[0] < s[1])


@given(FEW, FEW, DAYS, DAYS)
def test_edges_are_those_of_half_open_intervals_of_numbers(a, b, low, high):
    """The same questions asked of plain numbers, on few days so that ends often fall together."""
    (from_, until), (start, end) = (
        (float("-inf") if s is None else s.timestamp(), float("inf") if e is None else e.timestamp()) for s, e in (a, b)
    )
    one, other, (low, high) = Span(*a), Span(*b), sorted((low, high))
    assert one.holds(low, high) == (from_ <= low.timestamp() and high.timestamp() < until)
    assert one.meets(other) == (max(from_, start) < min(until, end))
    assert one.within(other) == (start <= from_ and until <= end)
    both = one.joined(other)
    assert one.within(both) and other.within(both)
    assert (both.start, both.end) in {(x, y) for x in (a[0], b[0]) for y in (a[1], b[1])}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("../..", "all of time"),
        ("2016-03-01/..", "from 2016-03-01T00:00:00Z"),
        ("../2016-03-01", "until 2016-03-01T00:00:00Z"),
        ("2016-03-01/2017-01-01", "from 2016-03-01T00:00:00Z until 2017-01-01T00:00:00Z"),
    ],
)
def test_a_span_is_said_in_words(text: str, words: str) -> None:
    assert in_words(written(read(text))) == words
