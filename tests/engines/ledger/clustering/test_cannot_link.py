"""Clusters with scripts that cannot be linked, and conflicts, against plain Python."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.clustering import reference
from leadline.engines.ledger.clustering.cannot_link import Constrained, constrained
from leadline.engines.ledger.clustering.clusters import MOST_DUST, Links, joined
from leadline.kinds.bitcoin import script as sc
from leadline.model.ledger import DUST, MULTI_INPUT, RULES, SAME_KEY

settings.register_profile("cannot_link", deadline=None)
settings.load_profile("cannot_link")
N = 14
LINKED = st.lists(st.lists(st.integers(0, N - 1), min_size=1, max_size=5), max_size=20)
PAIRS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=5)


def made(
    linked: list[list[int]],
    pairs: object = (),
    actors: object = (),
    huge: int = 10**6,
    links: object = (),
    values: object = (),
    rules: object = RULES,
) -> Constrained:
    first_in = np.cumsum([0] + [len(g) for g in linked])
    in_script = np.array([s for g in linked for s in g], np.int32)
    none, kinds = np.zeros(len(linked), np.uint8), np.full(N, sc.P2PKH, np.uint8)
    tx, a, b = np.array(links, np.int64).reshape(-1, 3).T
    keys = Links(tx, a.astype(np.int32), b.astype(np.int32))
    known = np.array(values, np.int64)
    return constrained(first_in, in_script, kinds, none, pairs, actors, huge, links=keys, rules=rules, in_value=known)


@given(LINKED, PAIRS)
def test_pairs_stay_apart_in_chain_order(linked: list[list[int]], pairs: list[tuple[int, int]]) -> None:
    found = made(linked, pairs)
    label, refused = reference.cannot_link(linked, N, pairs)
    assert found.clusters.label.tolist() == label
    assert found.refused.tolist() == refused
    assert all(label[a] != label[b] for a, b in pairs if a != b)
    rest = [g for k, g in enumerate(linked) if k not in refused]
    assert made(rest).clusters.label.tolist() == label, "as if the refused ones were not there"


@given(LINKED.filter(bool), PAIRS, st.data())
def test_links_of_one_key_are_refused_one_by_one(
    linked: list[list[int]], pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    script = st.integers(0, N - 1)
    links = data.draw(st.lists(st.tuples(st.integers(0, len(linked) - 1), script, script), max_size=5).map(sorted))
    found = made(linked, pairs, links=links)
    steps = []
    for t, group in enumerate(linked):
        steps += [(t, SAME_KEY, [a, b]) for k, a, b in links if k == t] + [(t, MULTI_INPUT, group)]
    label, refused = reference.cannot_link([group for *_, group in steps], N, pairs)
    assert found.clusters.label.tolist() == label
    assert list(zip(found.refused.tolist(), found.refused_rule.tolist(), strict=True)) == [
        steps[k][:2] for k in refused
    ]
    left = [steps[k] for k in range(len(steps)) if k not in refused]
    merges = list(zip(found.clusters.merge_tx.tolist(), found.clusters.merge_rule.tolist(), strict=True))
    assert reference.merged(left, N) == (label, merges)
    gone = [(steps[k][0], *steps[k][2]) for k in refused if steps[k][1] == SAME_KEY]
    kept = [k for k in links if k not in gone]
    assert list(zip(found.links.tx.tolist(), found.links.script.tolist(), strict=True)) == [k[:2] for k in kept]


@given(LINKED, PAIRS, st.data(), st.sets(st.sampled_from(RULES)))
def test_a_transaction_is_refused_whole_its_dust_too(
    linked: list[list[int]], pairs: list[tuple[int, int]], data: st.DataObject, rules: set[str]
) -> None:
    coin = st.sampled_from([1, 10**6])
    values = [data.draw(st.lists(coin, min_size=len(g), max_size=len(g))) for g in linked]
    found = made(linked, pairs, values=[v for g in values for v in g], rules=rules)
    whole, steps = [], []
    for t, group in enumerate(linked):
        firm = [s for s, v in zip(group, values[t], strict=True) if v > MOST_DUST]
        small = [s for s, v in zip(group, values[t], strict=True) if v <= MOST_DUST and "dust" in rules]
        kept = firm if "multi_input" in rules else firm[:1]
        whole.append(kept + small)
        steps.append([(t, MULTI_INPUT, kept), (t, DUST, kept[:1] + small)])
    label, refused = reference.cannot_link(whole, N, pairs)
    assert found.clusters.label.tolist() == label
    assert found.refused.tolist() == refused
    left = [step for t, both in enumerate(steps) if t not in refused for step in both]
    merges = list(zip(found.clusters.merge_tx.tolist(), found.clusters.merge_rule.tolist(), strict=True))
    assert reference.merged(left, N) == (label, merges)


@given(LINKED)
def test_without_constraints_nothing_changes(linked: list[list[int]]) -> None:
    first_in = np.cumsum([0] + [len(g) for g in linked])
    in_script = np.array([s for g in linked for s in g], np.int32)
    plain = joined(first_in, in_script, np.full(N, sc.P2PKH, np.uint8), np.zeros(len(linked), np.uint8))
    found = made(linked)
    assert found.clusters.label.tolist() == plain.label.tolist()
    assert found.clusters.merge_tx.tolist() == plain.merge_tx.tolist()
    assert found.clusters.merge_script.tolist() == plain.merge_script.tolist()
    assert found.conflicts == ()


@given(LINKED, st.dictionaries(st.integers(0, N - 1), st.integers(0, 2), max_size=6), st.integers(2, 5))
def test_conflicts_name_the_first_wrong_merge(linked: list[list[int]], actors: dict[int, int], huge: int) -> None:
    found = made(linked, (), sorted(actors.items()), huge)
    tagged, large = None, None
    label = list(range(N))
    for k, group in enumerate(linked):
        joined_ = {label[s] for s in group}
        named = [{actors[s] for s in range(N) if label[s] == own and s in actors} for own in joined_]
        if tagged is None and len(set().union(*named)) > 1:
            tagged = k
        if large is None and sum(label.count(own) >= huge for own in joined_) > 1:
            large = k
        label = [min(joined_) if own in joined_ else own for own in label]
    first_tagged = next((a.tx for a in found.conflicts if a.tagged), None)
    first_large = next((a.tx for a in found.conflicts if a.huge), None)
    assert first_tagged == tagged
    assert large is None or (first_large is not None and first_large <= large)
