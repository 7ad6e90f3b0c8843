"""What the case holds about a person's records and a package leaves out, counted, with the reason."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.predicates import (
    ACCOUNTED,
    CASHED_OUT,
    CUSTOMER_OF_RECORD,
    DERIVED,
    DIGEST_OF,
    IN_SERIES,
    LEAKS,
    PAID_AT_HOURS,
    PAID_BY_HABIT,
    PAID_IN_PARTS,
    PEELED,
    PRICED_AS,
    RECEIVED,
    REFUNDED,
    RELEASED,
    SAME_PERSON,
    SHARES_PAYER,
    STOPPED,
    TIED_THROUGH_MIX,
    USER_CANDIDATE,
    VALUED,
)
from leadline.model.referral import LEFT_OUT
from leadline.model.tables import from_rows
from leadline.steps.refer.identifiers import SAID
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person

PATTERN = "a lead for or against, which nobody decides: it counts for nothing here, and the sender can give it"
OTHERS = (
    "of payments that are not his here: to another account, or at a time in which this one is not decided to be his"
)
PAID_FOR = "of an account that he paid for and that is not decided to be his: who uses it is about somebody else"
LOOKED_AT = "of a file whose standing table media gives: of each claim the strongest word, and what a person decided"
REASONS = {
    **dict.fromkeys(
        (SHARES_PAYER, PAID_IN_PARTS, PAID_BY_HABIT, PAID_AT_HOURS, REFUNDED, PRICED_AS, PEELED, TIED_THROUGH_MIX),
        PATTERN,
    ),
    STOPPED: "its ends stand in table ends where the payment does; nothing else of it is about the person",
    **dict.fromkeys((RECEIVED, RELEASED, CUSTOMER_OF_RECORD, VALUED), OTHERS),
    CASHED_OUT: "about where the market's coins went, with the taint of each: about the market, not the person",
    LEAKS: "about the machine that served the pages, not the person",
    ACCOUNTED: "about the market's accounts and restitution, not the person",
    DERIVED: "a key's further addresses; those that were paid stand with their payments",
    **dict.fromkeys((SAME_PERSON, USER_CANDIDATE), PAID_FOR),
    **dict.fromkeys((*SAID, DIGEST_OF), LOOKED_AT),
    IN_SERIES: "about files like each other in this seizure; who made any of them it does not say",
}
"""Why a claim about a person's records is in no package, by predicate."""


def left_out(
    source: Source, people: Sequence[Person], refs: Mapping[str, Collection[str]], inside: Collection[bytes]
) -> pa.Table:
    """LEFT_OUT of `people`: claims about their records, payments and files (`refs` by person) that are not `inside`."""
    findings = source.table("finding")
    rows: list[tuple[object, ...]] = []
    for person in people:
        counted: Counter[str] = Counter()
        for r in about(findings, {*person.members, *person.accounts, *refs[person.ref]}).to_pylist():
            if r["id"] not in inside:
                counted[r["predicate"]] += 1
        rows += [(person.ref, name, n, REASONS[name]) for name, n in sorted(counted.items())]
    return from_rows(LEFT_OUT, rows)


def about(findings: pa.Table, refs: Collection[str]) -> pa.Table:
    """The findings whose subject or object is one of `refs`."""
    wanted = pa.array(sorted(refs), pa.string())
    return findings.filter(
        pc.or_(pc.is_in(findings.column("subject"), wanted), pc.is_in(findings.column("object"), wanted))
    )
