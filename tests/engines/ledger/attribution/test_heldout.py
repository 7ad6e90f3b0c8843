"""What is held out is found again exactly when clusters say so and no shared sweep gives it away."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution import heldout
from leadline.engines.ledger.clustering.clusters import Links
from leadline.engines.ledger.view import View

DAY = 86_400
SPENDS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True), max_size=8)


def chain(spends: list[list[int]], labels: list[int]) -> tuple[View, np.ndarray]:
    """A chain that pays scripts 0..9 as often as they are spent, then spends them transaction by transaction."""
    paid = [s for spend in spends for s in spend]
    payers = len(paid)
    view = View(
        ledger=Ledger.__new__(Ledger),  # without a column: what reads one fails
        tx_time=np.array([0] * payers + [1_464_000_000 + 20 * DAY * i for i in range(len(spends))], np.int64),
        tx_height=np.zeros(payers + len(spends), np.int32),
        tx_first_in=np.array([*range(payers + 1), *(payers + np.cumsum([len(s) for s in spends]))], np.int64),
        tx_first_out=np.array([*range(payers + 1), *(payers for _ in spends)], np.int64),
        out_value=np.ones(payers, np.int64),
        out_script=np.array(paid, np.int32),
        out_spender=np.arange(payers, 2 * payers, dtype=np.int64),
        in_prev=np.array([*(-1 for _ in paid), *range(payers)], np.int64),
        in_script=np.array([*(-1 for _ in paid), *paid], np.int32),
        in_value=np.array([*(-1 for _ in paid), *(10**6 for _ in paid)], np.int64),
        cluster=np.array(labels, np.int32),
        mixed=np.zeros(payers + len(spends), np.bool_),
        unmerged=np.zeros(payers + len(spends), np.bool_),
    )
    return view, np.array(labels, np.int32)


def naive_sweeps(spends: list[list[int]]) -> list[set[int]]:
    groups: list[set[int]] = []
    for spend in spends:
        touched = [g for g in groups if g & set(spend)]
        groups = [g for g in groups if not g & set(spend)] + [set(spend).union(*touched)]
    return groups


@given(SPENDS, st.lists(st.integers(0, 3), min_size=10, max_size=10), st.sets(st.integers(0, 9)))
def test_it_agrees_with_counting_by_hand(spends: list[list[int]], labels: list[int], tagged: set[int]) -> None:
    view, label = chain(spends, labels)
    held = heldout.spent(view, np.arange(len(view.out_value)))
    scripts = sorted({s for spend in spends for s in spend})
    assert held.script.tolist() == scripts
    groups = naive_sweeps(spends)
    assert {frozenset(held.script[held.sweep == n].tolist()) for n in set(held.sweep.tolist())} == set(
        map(frozenset, groups)
    )
    listed = np.isin(np.arange(10), scripts)
    others = np.isin(np.arange(10), sorted(tagged))
    counts = heldout.strangers(label, listed, others)
    inside = [s for s in range(10) if labels[s] in {labels[m] for m in scripts}]
    joined = (
        len(inside),
        sum(s in tagged and s not in scripts for s in inside),
        sum(s not in tagged and s not in scripts for s in inside),
    )

    whole = heldout.by_sweep(held, label, counts)
    found = sum(any(labels[s] == labels[o] for o in scripts if o not in g) for g in groups for s in g)
    assert (whole.found, whole.addresses, whole.sweeps) == (found, len(scripts), len(groups))
    assert whole.squares == sum(len(g) ** 2 for g in groups)
    assert whole.known == (len(scripts) if len(groups) > 1 else 0)
    assert (whole.joined, whole.others, whole.unknown) == joined

    month: dict[int, str] = {}
    for i, spend in enumerate(spends):
        at = datetime.fromtimestamp(1_464_000_000 + 20 * DAY * i, UTC).strftime("%Y-%m")
        for s in spend:
            month.setdefault(s, at)
    *parts, total = heldout.by_month(held, label, counts)
    assert [heldout.month_text(p.month) for p in parts] == sorted(set(month.values()))
    for part in parts:
        now = [s for s in scripts if month[s] == heldout.month_text(part.month)]
        before = [s for s in scripts if month[s] < heldout.month_text(part.month)]
        assert (part.known, part.addresses) == (len(before), len(now))
        assert part.found == sum(labels[s] in {labels[b] for b in before} for s in now)
        assert part.sweeps == sum(bool(g & set(now)) for g in groups)
    asked = [p for p in parts if p.known]
    assert (total.addresses, total.found) == (sum(p.addresses for p in asked), sum(p.found for p in asked))
    assert (total.joined, total.others, total.unknown) == joined


def test_each_rule_alone_and_the_mix_rules_off() -> None:
    class Kept:
        tx_join = np.array([0, 0, 1], np.uint8)
        script_kind = np.full(10, 1, np.uint8)

    view, _ = chain([[3, 5]], list(range(10)))
    view = replace(view, links=Links(np.array([1]), np.array([7], np.int32), np.array([8], np.int32)), ledger=Kept())
    labels = heldout.by_rule(view)
    assert labels["all"].tolist() == labels["multi_input"].tolist() == list(range(10))
    assert labels["same_key"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 7, 9]
    assert labels["multi_input_any"][[3, 5]].tolist() == [3, 3]
    gone = replace(view, unmerged=np.array([False, False, True]))
    assert heldout.by_rule(gone)["multi_input_any"][[3, 5]].tolist() == [3, 5]
