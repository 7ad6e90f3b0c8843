"""Findings to groups: decisions first, then suggestions; an account is its user's, for as long as that is decided."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from leadline.model.spans import WHOLE, Span
from leadline.steps.link.groups import Conflict, Edge, Groups, Node, is_account

Tenures = dict[str, list[Span]]
"""Account -> the spans of time in which it is somebody's by a decision; one without is a whole."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Groups that decisions alone make, those with suggestions too, the span of each node, what first joined it."""

    cores: list[list[Node]]
    persons: list[list[Node]]
    spans: Mapping[Node, Span]
    joined: Mapping[Node, Edge]
    conflicts: list[Conflict]


def resolve(
    edges: Iterable[Edge],
    members: Iterable[str],
    apart: Iterable[tuple[str, str]],
    stated: Mapping[str, Mapping[str, frozenset[str]]],
) -> Resolved:
    """Groups of `members` and of all that `edges` join, whatever the order of the edges.

    Customers are joined by what is said of the two alone. Then each account goes to its user: where decisions name two
    at one time it goes to neither, and where they follow one another each has it for his span. What joins two accounts
    comes last. Suggestions never move what decisions hold.
    """
    groups = Groups(apart, stated)
    ordered = sorted(edges, key=lambda e: (not e.decided, -e.score_ppm, e.finding))
    tenures: Tenures = {}
    contested: set[str] = set()
    joined: dict[Node, Edge] = {}

    def join(edge: Edge, a: Node, b: Node) -> None:
        if not groups.one(a, b) and groups.join(edge, a, b):
            joined.setdefault(a, edge)
            joined.setdefault(b, edge)

    cores: list[list[Node]] = []
    for decided in (True, False):
        mine = [e for e in ordered if e.decided == decided]
        for edge in mine:
            if edge.customers:
                join(edge, (edge.a, 0), (edge.b, 0))
        for account, found in _by_account(mine).items():
            if decided:
                _settle(groups, account, found, tenures, contested, join)
            else:
                _suggest(groups, account, found, tenures, contested, join)
        between = [e for e in mine if is_account(e.a) and is_account(e.b)]
        if decided:
            _bounded(between, tenures)
        for edge in between:
            a, b = _part(edge.a, edge.span, tenures), _part(edge.b, edge.span, tenures)
            if a is None or b is None:
                groups.meet(edge, "which_user", edge.a, edge.b)
            else:
                join(edge, a, b)
        if decided:
            for member in sorted(members):
                for node in _nodes(member, tenures):
                    groups.add(node)
            cores = groups.groups()
    spans = {node: span for m, own in tenures.items() for node, span in zip(_nodes(m, tenures), own, strict=True)}
    return Resolved(cores, groups.groups(), spans, joined, sorted(groups.conflicts.values(), key=_order))


def _order(conflict: Conflict) -> tuple[bytes, str, str, str]:
    return conflict.finding, conflict.fact, conflict.a, conflict.b


def _by_account(edges: Iterable[Edge]) -> dict[str, list[tuple[Edge, str]]]:
    """Account -> (edge, customer) of the edges that name a user of it, in order of account."""
    found: dict[str, list[tuple[Edge, str]]] = defaultdict(list)
    for edge in edges:
        if is_account(edge.a) != is_account(edge.b):
            account, customer = (edge.a, edge.b) if is_account(edge.a) else (edge.b, edge.a)
            found[account].append((edge, customer))
    return dict(sorted(found.items()))


def _nodes(member: str, tenures: Tenures) -> list[Node]:
    """The nodes of a member: one, or one a span where an account's users change."""
    spans = tenures.get(member, [WHOLE])
    return [(member, 0)] if len(spans) == 1 else [(member, n) for n in range(1, len(spans) + 1)]


def _part(account: str, span: Span, tenures: Tenures) -> Node | None:
    """The one node of an account in whose span all of `span` lies; None where that is none, or open."""
    spans = tenures.get(account, [WHOLE])
    hits = [node for node, own in zip(_nodes(account, tenures), spans, strict=True) if span.within(own)]
    return hits[0] if len(hits) == 1 else None


Join = Callable[[Edge, Node, Node], None]


def _settle(
    groups: Groups, account: str, found: list[tuple[Edge, str]], tenures: Tenures, contested: set[str], join: Join
) -> None:
    """Gives an account to the users decided, each for his spans; to none of those whose spans meet another's."""
    users: dict[int, list[tuple[Edge, str]]] = defaultdict(list)
    for edge, customer in found:
        users[groups.of((customer, 0))].append((edge, customer))
    spans = {user: merged(_stated_spans(edge for edge, _ in own)) for user, own in users.items()}
    clear = []
    for user, own in users.items():
        rivals = [r for r in users if r != user and any(s.meets(o) for s in spans[user] for o in spans[r])]
        for edge, customer in own:
            for rival in rivals:
                for _, other in users[rival]:
                    groups.meet(edge, "two_users", customer, other)
        if rivals:
            contested.add(account)
        else:
            clear.append(user)
    held = sorted(((span, user) for user in clear for span in spans[user]), key=lambda item: _start(item[0]))
    if not held:
        return
    tenures[account] = [span for span, _ in held]
    for node, (span, user) in zip(_nodes(account, tenures), held, strict=True):
        for edge, customer in users[user]:
            if edge.span.meets(span):
                join(edge, node, (customer, 0))


def _stated_spans(edges: Iterable[Edge]) -> list[Span]:
    """The spans that say most: the bounded ones where there are any, for an identity alone bounds nothing."""
    every = [edge.span for edge in edges]
    return [span for span in every if span.bounded] or every


def _start(span: Span) -> float:
    return span.start.timestamp() if span.start else float("-inf")


def merged(spans: Iterable[Span]) -> list[Span]:
    """`spans` in order of time, those that meet made one."""
    result: list[Span] = []
    for span in sorted(spans, key=_start):
        if result and result[-1].meets(span):
            result[-1] = result[-1].joined(span)
        else:
            result.append(span)
    return result


def _suggest(
    groups: Groups, account: str, found: list[tuple[Edge, str]], tenures: Tenures, contested: set[str], join: Join
) -> None:
    """Suggests the one user that is suggested for an account for which none is decided."""
    users = {groups.of((customer, 0)): customer for _, customer in found}
    if account in tenures:
        known = {groups.of(node) for node in _nodes(account, tenures)}
        for edge, customer in found:
            if groups.of((customer, 0)) not in known:
                groups.meet(edge, "two_users", account, customer)
    elif len(users) > 1 or account in contested:
        for edge, customer in found:
            for other in sorted(set(users.values()) - {customer}) or [account]:
                groups.meet(edge, "two_users", customer, other)
    else:
        for edge, customer in found:
            join(edge, (account, 0), (customer, 0))


def _bounded(between: list[Edge], tenures: Tenures) -> None:
    """Bounds accounts of no decided user to the span for which a decision makes them one person's with another."""
    of: dict[str, list[Span]] = defaultdict(list)
    for edge in between:
        for account in (edge.a, edge.b):
            if account not in tenures:
                of[account].append(edge.span)
    for account, spans in of.items():
        whole = merged(spans)
        if len(whole) == 1 and all(span.bounded for span in spans):
            tenures[account] = whole  # two spans apart: whose it is in either is for a decision about its user
