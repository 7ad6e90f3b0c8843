"""What the kernels of clustering do, in a few lines of plain Python: slow, and what the tests hold them to."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations

from leadline.engines.ledger.clustering import coinjoins as rule
from leadline.kinds.bitcoin import script as sc
from leadline.model.ledger import (
    EQUAL_OUTPUTS,
    JOIN_NONE,
    JOIN_UNKNOWN,
    JOINMARKET,
    SMALL_EQUAL,
    TX0,
    WASABI1,
    WASABI2,
    WHIRLPOOL,
)


def join_kind(inputs: Sequence[tuple[int | None, bytes | None]], outputs: Sequence[tuple[int, bytes]]) -> int:
    """CoinJoin shape of a transaction from (satoshi, script) of its inputs (None unknown) and outputs."""
    found = _join_kind(inputs, outputs)
    known = found in (JOIN_NONE, TX0) or all(v is not None for v, _ in inputs)
    return found if known else JOIN_UNKNOWN


def _join_kind(inputs: Sequence[tuple[int | None, bytes | None]], outputs: Sequence[tuple[int, bytes]]) -> int:
    """As `join_kind`, an input of unknown value taken for whatever makes a mix of it."""
    values = Counter(v for v, _ in outputs)
    most = max(values.values(), default=0)
    top = min((v for v, n in values.items() if n == most), default=0)
    repeated = sum(n for n in values.values() if n > 1)
    returns = sum(sc.classify(s) == sc.OP_RETURN for _, s in outputs)
    n_in, n_out, known = len(inputs), len(outputs), [v for v, _ in inputs if v is not None]
    scripts = len({s if s is not None else k for k, (_, s) in enumerate(inputs)})
    near = abs(top - rule.WASABI1_VALUE) <= rule.WASABI1_SPREAD
    if n_out < 3:
        return JOIN_NONE
    keyhashes = sum(sc.classify(s) == sc.P2WPKH for _, s in outputs)
    for pool in rule.POOLS if returns == 1 and min(values) == 0 and keyhashes == n_out - 1 else ():
        premixes = [v for v in values if pool < v <= pool + rule.POOL_FEE]
        charged = any(pool <= rule.CHARGE_LEAST * v and rule.CHARGE_MOST * v <= pool for v in values)
        if charged and ((n_out - most <= 3 and top in premixes) or (n_out <= 4 and premixes)):
            return TX0
    if n_in < 2:
        return JOIN_NONE
    pool_size = n_in == n_out and rule.POOL_LEAST <= n_out <= rule.POOL_MOST
    if pool_size and most == n_out and top in rule.POOLS and all(top <= v <= top + rule.POOL_FEE for v in known):
        return WHIRLPOOL
    if min(n_in, n_out) >= rule.WASABI2_LARGE and 2 * repeated >= n_out and top >= rule.WASABI2_SMALLEST:
        return WASABI1 if near and 2 * most >= repeated else WASABI2
    if min(n_in, n_out) >= rule.WASABI2_LEAST and 2 * repeated >= n_out:
        untyped = sum(n for v, n in values.items() if v in rule.UNTYPED)
        standard = untyped + sum(n for v, n in values.items() if v in rule.TYPED)
        if 4 * standard >= 3 * n_out and 3 * untyped >= n_out:
            return WASABI2
    if top in (0, *rule.DUST) or scripts < most:
        return JOIN_NONE
    if most >= rule.WASABI1_LEAST and near:
        return WASABI1
    spare = max(top // rule.INCOME, min(top // 2, rule.INCOME_LEAST))
    given = None if len(known) < n_in else known
    if most >= rule.MARKET_LEAST and 2 * most - 1 <= n_out <= 2 * most:
        others = [0] * (2 * most - n_out) + [v for v, _ in outputs if v != top]
        if funded(given, [top + v - spare for v in others]):
            return JOINMARKET if top >= rule.MIXED_LEAST else SMALL_EQUAL
    if given is not None and max(given) == top and given.count(top) >= most:
        return JOIN_NONE
    if most < rule.EQUAL_LEAST or not funded(given, [top - spare] * most):
        return JOIN_NONE
    return EQUAL_OUTPUTS if top >= rule.MIXED_LEAST else SMALL_EQUAL


def funded(inputs: Sequence[int] | None, needs: Sequence[int]) -> bool:
    """Whether for every need x, those who need x or more are no more than inputs of x or more, and times the smaller
    ones add up to x, and of few inputs whether they can be shared out; always for unknown inputs."""
    if inputs is None:
        return True
    some = all(
        sum(y >= x for y in needs) <= sum(v >= x for v in inputs) + sum(v for v in inputs if v < x) // x
        for x in needs
        if x > 0
    )
    return some and (len(inputs) > rule.EXACT or covered(tuple(sorted(inputs)), tuple(sorted(needs)[::-1])))


@cache
def covered(inputs: tuple[int, ...], needs: tuple[int, ...]) -> bool:
    """Whether disjoint sets of the inputs reach the needs, which descend."""
    if not needs or needs[0] <= 0:
        return True
    for n in range(1, len(inputs) + 1):
        for chosen in combinations(range(len(inputs)), n):
            rest = tuple(v for k, v in enumerate(inputs) if k not in chosen)
            if sum(inputs[k] for k in chosen) >= needs[0] and covered(rest, needs[1:]):
                return True
    return False


def clusters(linked: Sequence[Sequence[int]], scripts: int) -> list[int]:
    """Label (least member) by script, when the scripts in each group of `linked` belong together."""
    label = list(range(scripts))
    for group in linked:
        joined = {label[s] for s in group}
        label = [min(joined) if own in joined else own for own in label]
    return label


def cannot_link(
    linked: Sequence[Sequence[int]], scripts: int, pairs: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Labels as `clusters`, and the groups refused because they would join both scripts of a pair."""
    label, refused = list(range(scripts)), []
    for k, group in enumerate(linked):
        joined = {label[s] for s in group}
        members = {s for s in range(scripts) if label[s] in joined}
        if any(a in members and b in members and label[a] != label[b] for a, b in pairs):
            refused.append(k)
            continue
        label = [min(joined) if own in joined else own for own in label]
    return label, refused


def merged(steps: Sequence[tuple[int, int, Sequence[int]]], scripts: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Labels when each step's scripts (transaction, rule, scripts) belong together, and (transaction, rule) of every
    step that joined clusters."""
    label, merges = list(range(scripts)), []
    for tx, rule_, group in steps:
        joined = {label[s] for s in group}
        if len(joined) > 1:
            merges.append((tx, rule_))
            label = [min(joined) if own in joined else own for own in label]
    return label, merges
