"""What is put down for a height happens at that height, in the order in which it was put down."""

from hypothesis import given
from hypothesis import strategies as st

from leadline.scenario.chain.agenda import Agenda


@given(st.lists(st.integers(0, 20), max_size=40))
def test_everything_is_done_once_at_its_height_and_in_order(heights: list[int]) -> None:
    agenda, done, now = Agenda(), [], [0]
    for n, height in enumerate(heights):
        agenda.at(height, lambda n=n, height=height: done.append((now[0], height, n)))
    for now[0] in range(21):
        agenda.run(now[0])
    assert done == [(height, height, n) for height, n in sorted((h, n) for n, h in enumerate(heights))]


def test_what_is_put_down_for_the_height_that_runs_is_done_in_it() -> None:
    agenda, done = Agenda(), []
    agenda.at(1, lambda: (done.append("first"), agenda.at(1, lambda: done.append("second"))))
    agenda.at(2, lambda: done.append("later"))
    agenda.run(1)
    assert done == ["first", "second"]
