"""Which runs of blocks make one chain, against the same rule written over all pairs."""

from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.blocks.segments import Kept, Segment, in_order


def segment(n: int, size: int, height: int, prev: int, first: int, span: int) -> Segment:
    return Segment(tuple(range(size)), height, bytes([prev]), n.to_bytes(4), (first, first + span))


SEGMENTS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(-1, 30), st.integers(0, 9), st.integers(0, 40), st.integers(0, 12)),
    max_size=25,
).map(lambda rows: [segment(n, *row) for n, row in enumerate(rows)])


def fits(new: Segment, kept: list[Segment]) -> bool:
    """The rule, pair by pair."""
    for s in kept:
        if s.prev == new.prev:
            return False
        if s.first_height >= 0 and new.first_height >= 0:
            mine = set(range(new.first_height, new.first_height + len(new.records)))
            if mine & set(range(s.first_height, s.first_height + len(s.records))):
                return False
        elif s.times[0] < new.times[0] and new.times[1] < s.times[1]:
            return False
    return True


@given(SEGMENTS)
def test_the_rule_holds_for_every_pair(segments: list[Segment]) -> None:
    chain, kept = Kept(), list[Segment]()
    for s in segments:
        expected = fits(s, kept)
        if expected:
            kept.append(s)
        assert chain.add(s) == expected
    assert chain.segments == kept


@given(SEGMENTS)
def test_order_is_by_height_and_else_by_time(segments: list[Segment]) -> None:
    ordered = in_order(segments)
    assert sorted(s.hash for s in ordered) == sorted(s.hash for s in segments)
    told = [s.first_height for s in ordered if s.first_height >= 0]
    assert told == sorted(told)
    untold = [(s.times[0], s.hash) for s in ordered if s.first_height < 0]
    assert untold == sorted(untold)
    for k, s in enumerate(ordered):
        if s.first_height < 0:
            after = [t for t in ordered[k + 1 :] if t.first_height >= 0]
            assert not after or s.times[0] < after[0].times[0]
