"""Walks back: exact shares against a plain recursion, and how each kind of walk ends."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.tracing import walks
from leadline.engines.ledger.tracing.shares import WHOLE, split
from leadline.engines.ledger.tracing.walks import Names, back
from leadline.engines.ledger.view import View
from leadline.model.ledger import JOIN_UNKNOWN, JOINMARKET, MIXES, SMALL_EQUAL

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def split_by_hand(share: int, values: list[int]) -> list[int]:
    """The same rule in plain integers."""
    values = values if sum(values) else [1] * len(values)
    parts = [share * v // sum(values) for v in values]
    rests = sorted(range(len(values)), key=lambda i: (-(share * values[i] % sum(values)), i))
    for i in rests[: share - sum(parts)]:
        parts[i] += 1
    return parts


_VALUES = st.lists(st.integers(0, 2_100_000_000_000_000 // 8), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.integers(0, WHOLE), _VALUES), min_size=1, max_size=6))
def test_split_is_exact_and_equals_plain_integers(rows: list[tuple[int, list[int]]]) -> None:
    share = np.array([s for s, _ in rows], np.int64)
    row = np.array([i for i, (_, values) in enumerate(rows) for _ in values], np.int64)
    value = np.array([v for _, values in rows for v in values], np.int64)
    got = split(share, row, value)
    assert got.tolist() == [part for s, values in rows for part in split_by_hand(s, values)]


def names_of(view: View, scripts: dict[str, int], direct: dict[str, int], busy: tuple[str, ...] = ()) -> Names:
    """Names as given, a cluster named by its named members."""
    by_script = np.full(len(scripts), -1, np.int64)
    for name, service in direct.items():
        by_script[scripts[name]] = service
    by_cluster = np.full(len(scripts), -1, np.int64)
    for s in np.flatnonzero(by_script >= 0):
        by_cluster[view.cluster == view.cluster[s]] = by_script[s]
    flags = np.zeros(len(scripts), np.bool_)
    for name in busy:
        flags |= view.cluster == view.cluster[scripts[name]]
    return Names(by_script, by_cluster, flags)


def ends_of(
    view: View, names: Names, output: int, hops: int = 4, market: tuple[int, ...] = ()
) -> list[tuple[int, int, int, int, int]]:
    """(kind, depth, at, share, service) of every end of the walk back from one output."""
    steps, ends = back(view, np.array([output], np.int64), names, hops, np.array(market, np.int64))
    assert int(ends.share.sum()) == WHOLE
    return sorted(
        zip(
            ends.kind.tolist(), steps.depth[ends.step].tolist(), ends.at.tolist(), ends.share.tolist(),
            ends.service.tolist(), strict=True,
        )
    )  # fmt: skip


def test_a_direct_payment_ends_at_once(view_of: ViewOf) -> None:
    view, scripts = view_of([(["coinbase"], [("hot", 50)]), ([(0, 0)], [("market", 30), ("hot", 20)])])
    names = names_of(view, scripts, {"hot": 0})
    assert ends_of(view, names, 1) == [(walks.SERVICE, 0, 1, WHOLE, 0)]


def test_hops_merge_from_two_services_and_a_coinbase(view_of: ViewOf) -> None:
    view, scripts = view_of(
        [
            (["coinbase"], [("hot", 100)]),
            (["coinbase"], [("other", 100)]),
            (["coinbase"], [("mine", 50)]),
            ([(0, 0)], [("p1", 25), ("hot", 75)]),
            ([(1, 0)], [("p2", 25), ("other", 75)]),
            ([(3, 0), (4, 0), (2, 0)], [("market", 90), ("p3", 10)]),
        ]
    )
    names = names_of(view, scripts, {"hot": 0, "other": 1})
    market = int(view.tx_first_out[5])
    assert ends_of(view, names, market) == [
        (walks.SERVICE, 1, int(view.tx_first_out[3]), 250_000, 0),
        (walks.SERVICE, 1, int(view.tx_first_out[4]), 250_000, 1),
        (walks.NEWLY_MINED, 1, int(view.tx_first_out[2]), 500_000, -1),
    ]


def test_a_coinjoin_ends_the_walk_unless_one_service_made_it_alone(view_of: ViewOf) -> None:
    lines = [
        (["coinbase"], [("hot", 100), ("a", 100)]),
        ([(0, 0), (0, 1)], [("market", 100), ("b", 100)]),
    ]
    view, scripts = view_of(lines, mixed=[1])
    assert ends_of(view, names_of(view, scripts, {"hot": 0}), 2) == [(walks.COINJOIN, 0, 2, WHOLE, -1)]
    assert ends_of(view, names_of(view, scripts, {"hot": 0, "a": 0}), 2) == [(walks.SERVICE, 0, 2, WHOLE, 0)]


@pytest.mark.parametrize(
    ("shape", "kind"), [(JOINMARKET, walks.COINJOIN), (JOIN_UNKNOWN, walks.EDGE), (SMALL_EQUAL, walks.CROWD)]
)
def test_what_is_no_mix_for_sure_ends_a_walk_by_another_word(view_of: ViewOf, shape: int, kind: int) -> None:
    """Of unknown shape: the ledger's edge, as values of inputs lie outside. Of small equal amounts: many hands."""
    view, scripts = view_of(
        [(["coinbase"], [("a", 6), ("b", 4)]), ([(0, 0), (0, 1), "outside"], [("m", 5), ("n", 5)])], mixed=[1]
    )
    shaped = replace(view, shape=np.array([0, shape], np.uint8))
    _, ends = back(shaped, np.array([2]), names_of(view, scripts, {}), 4, np.array([], np.int64))
    assert (ends.kind.tolist(), ends.share.tolist()) == ([kind], [WHOLE])
    assert shaped.hidden().tolist() == ([0, 1] if shape == JOIN_UNKNOWN else [])
    assert shaped.looks(np.array([0, 1]), MIXES).tolist() == [False, shape == JOINMARKET]


def test_the_market_s_own_address_ends_the_walk(view_of: ViewOf) -> None:
    view, scripts = view_of(
        [
            (["coinbase"], [("hot", 100)]),
            ([(0, 0)], [("account1", 60), ("hot", 40)]),
            ([(1, 0)], [("operator", 60)]),
            ([(2, 0)], [("untagged", 60)]),
            ([(3, 0)], [("account2", 60)]),
        ]
    )
    names, paid = names_of(view, scripts, {"hot": 0}), int(view.tx_first_out[4])
    swept = int(view.tx_first_out[2])
    assert ends_of(view, names, paid, market=(scripts["account1"],)) == [(walks.MARKET, 2, swept, WHOLE, -1)]
    assert ends_of(view, names, paid)[0][0] == walks.SERVICE


def test_the_edge_the_limit_and_a_busy_cluster(view_of: ViewOf) -> None:
    view, scripts = view_of(
        [
            (["outside"], [("a", 100)]),
            ([(0, 0)], [("b", 100)]),
            ([(1, 0)], [("c", 100)]),
            ([(2, 0)], [("market", 100)]),
        ]
    )
    none = names_of(view, scripts, {})
    assert ends_of(view, none, 3) == [(walks.EDGE, 3, 0, WHOLE, -1)]
    assert ends_of(view, none, 3, hops=1) == [(walks.LIMIT, 1, 1, WHOLE, -1)]
    assert ends_of(view, none, 3, hops=0) == [(walks.LIMIT, 0, 2, WHOLE, -1)]
    assert ends_of(view, names_of(view, scripts, {}, busy=("b",)), 3) == [(walks.BUSY, 1, 2, WHOLE, -1)]


def test_too_many_branches_end_as_merged_history(view_of: ViewOf) -> None:
    many = walks.BRANCHES + 5
    view, scripts = view_of(
        [
            (["coinbase"], [(f"s{i}", i + 1) for i in range(many)]),
            ([(0, i) for i in range(many)], [("market", 1)]),
        ]
    )
    ends = ends_of(view, names_of(view, scripts, {}), many)
    assert sum(kind == walks.CROWD for kind, *_ in ends) == 5
    assert sum(kind == walks.NEWLY_MINED for kind, *_ in ends) == walks.BRANCHES


def ends_by_hand(view: View, names: Names, output: int, share: int, depth: int, hops: int) -> dict[Any, int]:
    """The rule as a plain recursion: (kind, at, service) to share."""
    t = int(np.searchsorted(view.tx_first_out, output, side="right")) - 1
    prev = [int(p) for p in view.in_prev[view.tx_first_in[t] : view.tx_first_in[t + 1]]]
    services = {int(names.service[view.out_script[p]]) if p >= 0 else -1 for p in prev}
    out: dict[Any, int] = {}

    def put(key: Any, part: int) -> None:
        out[key] = out.get(key, 0) + part

    if not (len(services) == 1 and -1 not in services):
        if prev == [-1]:
            return {(walks.NEWLY_MINED, output, -1): share}
        if view.mixed[t]:
            return {(walks.COINJOIN, output, -1): share}
    for p, part in zip(prev, split_by_hand(share, [int(view.out_value[p]) for p in prev]), strict=True):
        script = view.out_script[p]
        if names.service[script] >= 0:
            put((walks.SERVICE, output, int(names.service[script])), part)
        elif names.busy[script]:
            put((walks.BUSY, output, -1), part)
        elif depth == hops:
            put((walks.LIMIT, p, -1), part)
        else:
            for key, more in ends_by_hand(view, names, p, part, depth + 1, hops).items():
                put(key, more)
    return out


@given(st.data())
def test_walks_equal_the_recursion(view_of: ViewOf, data: st.DataObject) -> None:
    lines: list[Any] = []
    free: list[tuple[int, int]] = []
    for t in range(data.draw(st.integers(2, 9))):
        k = data.draw(st.integers(0, min(3, len(free))))
        inputs: list[Any] = [free.pop(data.draw(st.integers(0, len(free) - 1))) for _ in range(k)]
        outputs = data.draw(
            st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 99)), min_size=1, max_size=3)
        )
        lines.append((inputs or ["coinbase"], outputs))
        free += [(t, v) for v in range(len(outputs))]
    mixed = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=2))
    view, scripts = view_of(lines, mixed=sorted(mixed))
    known = sorted(scripts)
    direct = dict.fromkeys(data.draw(st.lists(st.sampled_from(known), max_size=2)), 0)
    names = names_of(view, scripts, direct, tuple(data.draw(st.lists(st.sampled_from(known), max_size=1))))
    hops = data.draw(st.integers(0, 4))
    outputs = np.arange(len(view.out_value), dtype=np.int64)
    steps, ends = back(view, outputs, names, hops, np.zeros(0, np.int64))
    for o in outputs.tolist():
        mine = steps.seed[ends.step] == o
        got: dict[Any, int] = {}
        for kind, at, service, part in zip(
            ends.kind[mine].tolist(), ends.at[mine].tolist(), ends.service[mine].tolist(), ends.share[mine].tolist(),
            strict=True,
        ):  # fmt: skip
            got[kind, at, service] = got.get((kind, at, service), 0) + part
        assert got == ends_by_hand(view, names, o, WHOLE, 0, hops)
        assert sum(got.values()) == WHOLE
