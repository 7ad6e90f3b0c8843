"""Who is decided to have paid which payment, on what that rests, and whether a package counts it.

A decision on `payer_candidate` is made about an account and a customer, and names its payments one by one: those whose
customer of record its finding rests on. It says nothing of any other payment, however long its span of time is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.predicates import CUSTOMER_OF_RECORD
from leadline.model.referral import PAYERS
from leadline.model.referral.persons import COUNTED, OUTSIDE_SPAN, UNRECORDED
from leadline.model.spans import written
from leadline.model.tables import from_rows
from leadline.model.words import ACCEPTED, NONE, REJECTED
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import PAYER, Person, Tie, ties
from leadline.steps.refer.restrictions import barred_below
from leadline.steps.service_answers import Withdrawals, named

WITHHELD = "withheld"
"""Written for a customer of nobody here where what names him may not travel."""

Row = Mapping[str, Any]
Paid = tuple[str, str]
"""(account, outpoint) of a payment."""


@dataclass(frozen=True, slots=True)
class Payer:
    """One customer whom an accepted decision takes for the payer of one payment.

    `record` is the `customer_of_record` finding that the decision rests on. `state` is a word of PAYER_STATES;
    `release` and `withdrawal` are the output and the returned row that say so, None unless `state` is *counted*.
    """

    tie: Tie
    record: bytes
    state: str
    release: Row | None = None
    withdrawal: Row | None = None

    @property
    def customer(self) -> str:
        """Whom the decision takes for the payer."""
        return self.tie.object


def payers(
    source: Source, paid: Sequence[Row], released: Mapping[str, Sequence[Row]], told: Withdrawals
) -> Mapping[Paid, list[Payer]]:
    """Payers decided for each row of payment `paid`, whoever they are, one for each release counted; absent, none.

    `released` are the recorded releases by payment; those that a person rejected count for nobody.
    """
    decided = defaultdict(list)
    accounts = {r["account"] for r in paid}
    for tie in ties(source, source.ruled(ACCEPTED), (PAYER,)):
        if tie.subject in accounts:
            decided[tie.subject].append(tie)
    lists = _listed(source, [t for of in decided.values() for t in of])
    rejected = source.ruled(REJECTED)
    found: dict[Paid, list[Payer]] = defaultdict(list)
    for row in paid:
        outpoint = row["outpoint"]
        mine = found[row["account"], outpoint]
        for tie in decided[row["account"]]:
            record = lists.get((tie.finding, outpoint))
            if record is None:
                continue
            standing = [r for r in released.get(outpoint, ()) if r["finding"] not in rejected]
            hits = [(r, w) for r in standing for w in named(told, r) if w["subject"] == tie.object]
            if record in rejected:
                mine.append(Payer(tie, record, REJECTED))
            elif not tie.span.holds(row["utc_low"], row["utc_high"]):
                mine.append(Payer(tie, record, OUTSIDE_SPAN))
            elif not hits:
                mine.append(Payer(tie, record, UNRECORDED))
            else:
                by_release = {r["release_outpoint"]: (r, w) for r, w in reversed(hits)}
                mine += [Payer(tie, record, COUNTED, *by_release[o]) for o in sorted(by_release)]
    return found


def _listed(source: Source, decided: Sequence[Tie]) -> dict[tuple[bytes, str], bytes]:
    """{(payer_candidate, outpoint): customer_of_record} of the payments that each decision names."""
    basis, findings = source.table("basis"), source.table("finding")
    mine = basis.filter(
        pc.and_(
            pc.is_in(basis.column("finding"), pa.array(sorted({t.finding for t in decided}), pa.binary(32))),
            pc.and_(pc.equal(basis.column("kind"), "finding"), pc.equal(basis.column("role"), "for")),
        )
    )
    records = findings.filter(pc.equal(findings.column("predicate"), CUSTOMER_OF_RECORD))
    below = {bytes.fromhex(ref.removeprefix("finding:")) for ref in mine.column("ref").to_pylist()}
    named_ = records.filter(pc.is_in(records.column("id"), pa.array(sorted(below), pa.binary(32))))
    of = {r["id"]: r for r in named_.to_pylist()}
    customer = {t.finding: t.object for t in decided}
    found = {}
    for finding, ref in zip(mine.column("finding").to_pylist(), mine.column("ref").to_pylist(), strict=True):
        record = of.get(bytes.fromhex(ref.removeprefix("finding:")))
        if record is not None and record["subject"] == customer[finding]:
            found[finding, record["object"]] = record["id"]
    return found


def table(
    source: Source,
    shown: Sequence[tuple[Person, Paid]],
    found: Mapping[Paid, Sequence[Payer]],
    stops: Mapping[bytes, Collection[str]],
) -> pa.Table:
    """PAYERS of the payments `shown` with each person; a stranger whom an exhibit of `stops` names is withheld."""
    basis = source.table("basis")
    decided = {p.tie.finding for _, paid in shown for p in found[paid]}
    held = {finding: bool(barred_below(basis, finding, stops)) for finding in decided}
    rows: list[tuple[object, ...]] = []
    for person, (account, outpoint) in shown:
        for number, p in enumerate(found[account, outpoint], 1):
            own = p.customer in person.members
            away = not own and held[p.tie.finding]
            release = p.release["release_outpoint"] if p.release else NONE
            place = p.withdrawal if p.withdrawal and not away else None
            rows.append(
                (person.ref, account, outpoint, number, WITHHELD if away else p.customer, "own" if own else "other",
                 p.state,
                 p.tie.finding, written(p.tie.span), p.record, NONE if away else release,
                 p.release["share_ppm"] if p.release else 0, place["exhibit"].hex() if place else NONE,
                 place["locator"] if place else NONE)
            )  # fmt: skip
    return from_rows(PAYERS, rows)
