"""Clusters by rules against plain Python: merges with their reasons, withdrawals, growth, dust."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.clustering import reference
from leadline.engines.ledger.clustering.clusters import MOST_DUST, Clusters, Links, joined
from leadline.kinds.bitcoin import script as sc
from leadline.model.ledger import DUST, EQUAL_OUTPUTS, JOIN_NONE, MULTI_INPUT, RULES, SAME_KEY, TX0

settings.register_profile("clusters", deadline=None)
settings.load_profile("clusters")
N = 14


@dataclass(frozen=True)
class Chain:
    """Scripts spent by transaction, the value of each input, shapes, kinds, and links (transaction, two scripts)."""

    spent: list[list[int]]
    values: list[list[int]]
    shapes: list[int]
    kinds: list[int]
    links: list[tuple[int, int, int]]

    def columns(self) -> tuple[np.ndarray, ...]:
        first_in = np.cumsum([0] + [len(g) for g in self.spent])
        in_script = np.array([s for g in self.spent for s in g], np.int32)
        return first_in, in_script, np.array(self.kinds, np.uint8), np.array(self.shapes, np.uint8)

    def joined(self, gone: set[int], rules: object = RULES, **more: object) -> Clusters:
        values = np.array([v for g in self.values for v in g], np.int64)
        skip = np.array(sorted(gone), np.int64)
        return joined(*self.columns(), skip, links=self.pairs(), rules=rules, in_value=values, **more)

    def pairs(self) -> Links:
        tx, a, b = np.array(self.links, np.int64).reshape(-1, 3).T
        return Links(tx, a.astype(np.int32), b.astype(np.int32))

    def steps(self, gone: set[int], rules: object = RULES) -> list[tuple[int, int, list[int]]]:
        """Every merge there could be, in chain order, without those withdrawn."""
        steps = []
        for t, group in enumerate(self.spent):
            if t in gone:
                continue
            if "same_key" in rules:
                steps += [(t, SAME_KEY, [a, b]) for k, a, b in self.links if k == t and self.owned(a, b)]
            if self.shapes[t] not in (JOIN_NONE, TX0):
                continue
            coins = [(s, v) for s, v in zip(group, self.values[t], strict=True) if s >= 0 and self.owned(s)]
            firm = [s for s, v in coins if not 0 <= v <= MOST_DUST]
            if "multi_input" in rules:
                steps.append((t, MULTI_INPUT, firm))
            if "dust" in rules:
                steps.append((t, DUST, firm[:1] + [s for s, v in coins if 0 <= v <= MOST_DUST]))
        return steps

    def owned(self, *scripts: int) -> bool:
        return all(self.kinds[s] in sc.OWNED for s in scripts)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    spent = draw(st.lists(st.lists(st.integers(-1, N - 1), max_size=5), min_size=1, max_size=20))
    n = len(spent)
    links = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, N - 1), st.integers(0, N - 1)), max_size=6))
    return Chain(
        spent,
        [[draw(st.sampled_from([-1, 0, MOST_DUST, MOST_DUST + 1, 10**8, 10**8, 10**8])) for _ in g] for g in spent],
        draw(st.lists(st.sampled_from([JOIN_NONE] * 4 + [TX0, EQUAL_OUTPUTS]), min_size=n, max_size=n)),
        draw(st.lists(st.sampled_from([sc.P2PKH] * 5 + [sc.P2TR, sc.P2A, sc.OP_RETURN]), min_size=N, max_size=N)),
        sorted(links),
    )


RULE_SETS = st.sets(st.sampled_from(RULES)).map(tuple)


def reasons(made: Clusters) -> list[tuple[int, int]]:
    return list(zip(made.merge_tx.tolist(), made.merge_rule.tolist(), strict=True))


@given(chains(), st.sets(st.integers(0, 19)), RULE_SETS)
def test_without_a_rule_or_transactions_as_if_they_were_not_there(chain: Chain, gone: set[int], rules: object) -> None:
    made = chain.joined(gone, rules)
    label, merges = reference.merged(chain.steps(gone, rules), N)
    assert made.label.tolist() == label
    assert reasons(made) == merges
    rest = Chain(
        [[] if t in gone else g for t, g in enumerate(chain.spent)],
        [[] if t in gone else g for t, g in enumerate(chain.values)],
        chain.shapes,
        chain.kinds,
        [k for k in chain.links if k[0] not in gone],
    )
    from_scratch = rest.joined(set(), rules)
    for name in ("label", "merge_tx", "merge_script", "merge_rule"):
        assert getattr(from_scratch, name).tolist() == getattr(made, name).tolist()


def test_dust_joins_the_first_other_coin_wherever_it_stands() -> None:
    chain = Chain([[0, 1, 2]], [[5, 10**6, 10**6]], [JOIN_NONE], [sc.P2PKH] * N, [])
    assert chain.joined(set(), ("dust",)).label.tolist()[:3] == [0, 0, 2]
    assert chain.joined(set(), ("multi_input",)).label.tolist()[:3] == [0, 1, 1]
    assert reasons(chain.joined(set())) == [(0, MULTI_INPUT), (0, DUST)]


@given(chains())
def test_the_merges_alone_make_the_clusters(chain: Chain) -> None:
    made = chain.joined(set())
    kept = set(reasons(made))
    steps = [s for s in chain.steps(set()) if s[:2] in kept]
    assert reference.merged(steps, N)[0] == made.label.tolist()
    for (tx, rule), script in zip(reasons(made), made.merge_script.tolist(), strict=True):
        assert any(script in group for t, r, group in steps if (t, r) == (tx, rule))


@given(chains(), st.integers(0, 20))
def test_clusters_grow_to_what_they_would_have_been(chain: Chain, at: int) -> None:
    at = min(at, len(chain.spent))
    early = [k for k in chain.links if k[0] < at]
    low = Chain(chain.spent[:at], chain.values[:at], chain.shapes[:at], chain.kinds, early).joined(set())
    grown, whole = chain.joined(set(), grown_on=low, first_tx=at), chain.joined(set())
    for name in ("label", "merge_tx", "merge_script", "merge_rule"):
        assert getattr(grown, name).tolist() == getattr(whole, name).tolist()


@given(chains())
def test_dust_only_adds_reasons(chain: Chain) -> None:
    first_in, in_script, kinds, shapes = chain.columns()
    plain = joined(first_in, in_script, kinds, shapes, links=chain.pairs())
    assert chain.joined(set()).label.tolist() == plain.label.tolist()
    assert DUST not in plain.merge_rule.tolist()
