"""Groups of members that may be one person: joined by findings, kept apart by decisions and by what contradicts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadline.model.spans import WHOLE, Span
from leadline.model.words import BLOCKED, DOCUMENT, OVERRULED

FACTS = {
    "born": "The dates of birth stated differ.",
    "country": "The countries stated differ.",
    "document": "The numbers of identity documents stated differ.",
    "two_users": "Two customers would be users of one account at one time; no decision says that they are one person.",
    "two_customers": "Two customers would be one person by an account alone; that is for a decision about the two.",
    "which_user": "The account changes hands, and it is not decided in which span of time this holds.",
    "kept_apart": "A person decided that these two are not one.",
}
"""What can contradict a join, and its sentence: the closed list."""
STATED = ("born", "country", DOCUMENT)
"""Facts that records state; two members with none in common cannot be one person unless a decision is about them."""

Node = tuple[str, int]
"""(member, part): part 0 is the whole member, others are spans of an account whose users change."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One finding that joins two members: `same_person`, or `user_candidate` (account, customer)."""

    finding: bytes
    a: str
    b: str
    decided: bool
    score_ppm: int
    span: Span = WHOLE

    @property
    def customers(self) -> bool:
        """Whether it is about two customers."""
        return not is_account(self.a) and not is_account(self.b)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One contradiction a join met; `effect` is blocked or overruled."""

    finding: bytes
    fact: str
    a: str
    b: str
    effect: str


def is_account(member: str) -> bool:
    """Whether a member is an account."""
    return member.startswith("account:")


@dataclass(slots=True)
class _Group:
    """Nodes of a group, its first customer, and by fact the values its members state, each with who states it."""

    nodes: set[Node]
    customer: str | None = None
    stated: dict[str, dict[str, str]] = field(default_factory=dict)


class Groups:
    """Union-find over nodes that joins nobody against a contradiction, and keeps each it met in `conflicts`.

    `apart` are pairs of members a person kept apart; `stated` gives by member and fact the values records state.
    """

    def __init__(
        self, apart: Iterable[tuple[str, str]], stated: Mapping[str, Mapping[str, frozenset[str]]] | None = None
    ) -> None:
        self.conflicts: dict[tuple[bytes, str, str, str], Conflict] = {}
        self._stated = stated or {}
        self._of: dict[Node, _Group] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for a, b in apart:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def add(self, node: Node) -> None:
        """`node` alone, unless it is in a group."""
        if node not in self._of:
            member = node[0]
            values = self._stated.get(member, {})
            stated = {fact: dict.fromkeys(sorted(values[fact]), member) for fact in STATED if values.get(fact)}
            self._of[node] = _Group({node}, None if is_account(member) else member, stated)

    def one(self, a: Node, b: Node) -> bool:
        """Whether two nodes stand in one group."""
        return a in self._of and b in self._of and self._of[a] is self._of[b]

    def of(self, node: Node) -> int:
        """A number that nodes of one group have in common until the next join."""
        self.add(node)
        return id(self._of[node])

    def join(self, edge: Edge, a: Node, b: Node) -> bool:
        """True when `a` and `b` stand in one group afterwards; False when something contradicts it."""
        self.add(a)
        self.add(b)
        left, right = self._of[a], self._of[b]
        if left is right:
            return True
        met = self._contradictions(edge, left, right)
        for fact, one, other, effect in met:
            self.meet(edge, fact, one, other, effect)
        if any(effect == BLOCKED for *_, effect in met):
            return False
        if len(left.nodes) < len(right.nodes):
            left, right = right, left
        left.nodes |= right.nodes
        left.customer = left.customer or right.customer
        for fact, values in right.stated.items():
            left.stated[fact] = values | left.stated.get(fact, {})
        for node in right.nodes:
            self._of[node] = left
        return True

    def meet(self, edge: Edge, fact: str, a: str, b: str, effect: str = "blocked") -> None:
        """Keeps one contradiction."""
        a, b = sorted((a, b))
        self.conflicts[edge.finding, fact, a, b] = Conflict(edge.finding, fact, a, b, effect)

    def groups(self) -> list[list[Node]]:
        """Every group once, nodes sorted, groups in order of their first node."""
        found = {id(group): sorted(group.nodes) for group in self._of.values()}
        return sorted(found.values())

    def _contradictions(self, edge: Edge, left: _Group, right: _Group) -> list[tuple[str, str, str, str]]:
        """(fact, member, member, effect) of all that stands against joining two groups by an edge."""
        met = []
        mine, theirs = ({member for member, _ in group.nodes} for group in (left, right))
        kept = sorted((a, b) for a in mine if a in self._apart for b in self._apart[a] & theirs)
        met += [("kept_apart", a, b, "blocked") for a, b in kept[:1]]
        if left.customer and right.customer and not edge.customers:
            met.append(("two_customers", left.customer, right.customer, "blocked"))
        for fact in STATED:
            one, other = left.stated.get(fact), right.stated.get(fact)
            if one and other and not one.keys() & other.keys():
                effect = OVERRULED if edge.decided and self._differ(edge, fact) else BLOCKED
                met.append((fact, min(one.values()), min(other.values()), effect))
        return met

    def _differ(self, edge: Edge, fact: str) -> bool:
        """Whether it is the two members of the edge themselves that contradict each other: its decider saw that."""
        a, b = (self._stated.get(member, {}).get(fact, frozenset()) for member in (edge.a, edge.b))
        return bool(a) and bool(b) and not a & b
