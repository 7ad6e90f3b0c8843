"""What refer is given and what it gives back, as plain values."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.model.catalog import TABLES
from leadline.model.findings import DECISION
from leadline.model.predicates import (
    CONTAINS_CLIP_OF,
    CUSTOMER_OF_RECORD,
    DIGEST_OF,
    KNOWN_AS,
    LOCATED_IN,
    NEVER_SEEN,
    PAYER_CANDIDATE,
    RECEIVED,
    RELEASED,
    SAME_PERSON,
    SAME_VIDEO_AS,
    SEIZED_IN,
    SIMILAR_TO,
    USER_CANDIDATE,
)
from leadline.model.referral import COURT, FIGURES, CaseFace
from leadline.model.tables import TableSpec, empty, from_rows
from leadline.model.words import WITHDRAWAL
from leadline.steps import validation
from leadline.steps.refer.acts import Acts

READS = (
    "finding", "basis", "payment", "release", "stop", "hop", "valuation", "link", "membership", "conflict", "located",
    "band", "answer", "match", "named_digest", "searched", "review", "account", "address", "customer", "identifier",
    "event", "exhibit", "coverage", "attribution", "circumstance",
)  # fmt: skip
"""The tables refer reads."""
DECIDES_ON = (
    PAYER_CANDIDATE, USER_CANDIDATE, SAME_PERSON, LOCATED_IN, RECEIVED, RELEASED, CUSTOMER_OF_RECORD,
    KNOWN_AS, SAME_VIDEO_AS, CONTAINS_CLIP_OF, SIMILAR_TO, NEVER_SEEN, SEIZED_IN, DIGEST_OF,
)  # fmt: skip
"""Predicates whose decisions refer reads: the first makes a payer, the next two a person, the fourth a package; what
of the next three was rejected counts for nobody; the others carry an examiner's category, and the last says which file
a digest is."""


Altered = Callable[[bytes, Sequence[str]], Mapping[str, str]]
"""(exhibit, locators) -> {locator: only_there or differs} of those that its companions alone make what they are."""


def unaltered(_exhibit: bytes, _places: Sequence[str]) -> Mapping[str, str]:
    """No place: of exhibits that have no companion."""
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """Everything refer reads: current tables by name, the newest decision a finding, and which of those are stale.

    `stale` holds the ids of findings whose newest decision rests on another basis than the finding has now. `cleared`
    names, a restriction, the jurisdictions a person cleared it for; empty means that nothing restricted travels.
    `restrictions` are the case's own, which every exhibit of it carries. `earlier` holds decisions that a newer one
    about the same finding superseded; `answering` the services that made a return and `judged` every release of the
    whole case with what became of it, None until counted, which is before anything is cut away for one package.
    `court` is what a court asks of method and limits, `acts` what custody.txt tells; without them a package has none.
    `made` are the ids of decisions in the order in which they were made. `companions` are the exhibits that are read
    with an exhibit, as a write-ahead log with its database, and `altered` says what the exhibit alone holds otherwise.
    """

    tables: Mapping[str, pa.Table]
    decisions: pa.Table
    stale: frozenset[bytes]
    case: CaseFace
    cleared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    restrictions: tuple[str, ...] = ()
    earlier: pa.Table = field(default_factory=lambda: empty(DECISION))
    answering: frozenset[str] | None = None
    judged: Sequence[validation.Judged] | None = None
    copied: frozenset[tuple[str, bytes]] | None = None
    court: pa.Table = field(default_factory=lambda: empty(COURT))
    acts: Acts | None = None
    made: tuple[bytes, ...] = ()
    companions: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    altered: Altered = unaltered

    def ruled(self, verdict: str) -> frozenset[bytes]:
        """Ids of the findings whose decision in force has this verdict."""
        rows = self.decisions.filter(pc.equal(self.decisions.column("verdict"), verdict))
        return frozenset(rows.column("finding").to_pylist()) - self.stale

    def measured(self) -> "Source":
        """The same with every release of the case judged by its return, before anything is cut away."""
        return replace(self, judged=self.releases())

    def releases(self) -> Sequence[validation.Judged]:
        """Every released output of the whole case, with what became of it."""
        if self.judged is not None:
            return self.judged
        stale = pa.array(sorted(self.stale), pa.binary(32))
        standing = self.decisions.filter(pc.invert(pc.is_in(self.decisions.column("finding"), stale)))
        tables = {name: self.table(name) for name in validation.READS if name != "decision"}
        return validation.judged({**tables, "decision": standing})

    def figures(self, without: Collection[str]) -> pa.Table:
        """FIGURES of the case, not counting the payments `without`: no figure counts what it is to support."""
        found = validation.figures_of(self.releases(), self.table("coverage"), without)
        of = attrgetter(*(column.name for column in FIGURES.columns))
        return from_rows(FIGURES, [of(figure) for figure in validation.unpooled(found)])

    def answered(self) -> frozenset[str]:
        """Refs of the services that made a return: of those whose withdrawals stand in the whole case's events."""
        if self.answering is not None:
            return self.answering
        events = self.table("event")
        told = events.filter(pc.equal(events.column("kind"), WITHDRAWAL)).column("subject").unique().to_pylist()
        return frozenset(
            "service:" + s.removeprefix("customer:").partition("/")[0] for s in told if s.startswith("customer:")
        )

    def copies(self) -> frozenset[tuple[str, bytes]]:
        """(site, exhibit) of every copy of a site's records: an exhibit that states accounts and payment addresses."""
        if self.copied is not None:
            return self.copied
        address = self.table("address")
        paid = address.filter(pc.equal(address.column("role"), "payment"))
        pairs = [
            {(subject.partition("/")[0], exhibit) for subject, exhibit in zip(*columns, strict=True)}
            for columns in (
                (self.table("account")["account"].to_pylist(), self.table("account")["exhibit"].to_pylist()),
                (paid["subject"].to_pylist(), paid["exhibit"].to_pylist()),
            )
        ]
        return frozenset(pairs[0] & pairs[1])

    def table(self, name: str) -> pa.Table:
        """A table by name, empty when no run has given it yet; UsageError for one that refer does not read."""
        if name not in READS:
            raise UsageError(f"refer does not read table {name!r}")
        spec: TableSpec = TABLES[name]
        return self.tables.get(name, empty(spec))


class Signer(Protocol):
    """A signing key: its name, its 32 public key bytes, and Ed25519 over bytes."""

    @property
    def name(self) -> str:
        """The key's name, without blanks and plus signs."""
        ...

    @property
    def public(self) -> bytes:
        """32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 signature bytes over `message`."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A person who was not referred although a decision ties members together, and why; refs and ids only."""

    person: str
    jurisdiction: str
    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Package:
    """One package on disk: its jurisdiction, its name (jurisdiction and 16 hex), its folder and what it holds."""

    jurisdiction: str
    name: str
    path: Path
    tagmanifest: str
    persons: int
    payments: int
    value_sat: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What refer made: packages in order of jurisdiction, and the persons held back."""

    packages: tuple[Package, ...]
    held: tuple[Held, ...]
