"""Families of link, rank and restitute: who may be one person, where, in which band, and the market's accounts."""

from leadline.model.meanings import PLACEMENTS
from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import (
    ACCOUNT_SIDES,
    ANSWERS,
    BANDS,
    CIRCUMSTANCES,
    CONFLICT_FACTS,
    EFFECTS,
    IDENTIFIERS,
    MEMBER_REFS,
    SIDES,
    SIGNS,
    STANDINGS,
)

LINK = TableSpec(
    "link",
    "Family of `customer_of_record`, `payer_candidate`, `user_candidate`, `same_person`: one row a rule that speaks.",
    ("finding", "rule", "role"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("rule", TEXT, "the rule's name"),
        Column("role", TEXT, "which way it speaks", words=SIDES),
        Column("weight_ppm", PPM, "the rule's weight in millionths, negative when against"),
        Column("says", TEXT, "the rule's sentence, with kinds and counts, without any value from evidence"),
    ),
)
MEMBERSHIP = TableSpec(
    "membership",
    "One row a member of a person (a hypothesis keyed by its oldest member), and a span in which an account is his.",
    ("person", "member", "part"),
    (
        Column("person", REF, "all that decisions and suggestions hold together", refs=("person",)),
        Column("member", REF, "", refs=MEMBER_REFS),
        Column("part", COUNT, "0, or of an account whose users change the number of this span, from 1"),
        Column(
            "core", REF, "what accepted decisions alone hold together, keyed by the oldest of them", refs=("person",)
        ),
        Column("finding", DIGEST, "the same_person or user_candidate finding that put it there", nullable=True),
        Column(
            "state",
            TEXT,
            "key; decided: decisions hold it and the key together; suggested: they do not",
            words=STANDINGS,
        ),
        Column("utc_from", UTC, "first moment in which the account is the person's; none is decided", nullable=True),
        Column("utc_until", UTC, "first moment in which it is not any more; none is decided", nullable=True),
    ),
)
CONFLICT = TableSpec(
    "conflict",
    "One row a contradiction that a finding met when it would have made one person of two.",
    ("finding", "fact", "a", "b"),
    (
        Column("finding", DIGEST, "the same_person or user_candidate finding, accepted or suggested"),
        Column("fact", TEXT, "what contradicts", words=CONFLICT_FACTS),
        Column("a", REF, "on one side of it", refs=MEMBER_REFS),
        Column("b", REF, "on the other", refs=MEMBER_REFS),
        Column(
            "effect",
            TEXT,
            "blocked: nobody was joined; overruled: the decision is about these two themselves",
            words=EFFECTS,
        ),
        Column("says", TEXT, "a fixed sentence"),
    ),
)
JURISDICTION = TableSpec(
    "located",
    "Family of `located_in`: why a person belongs to a jurisdiction.",
    ("finding",),
    (
        Column("finding", DIGEST, "the located_in finding"),
        Column("person", REF, "", refs=("person",)),
        Column("jurisdiction", REF, "", refs=("jurisdiction",)),
        Column("reason", TEXT, "a fixed sentence", words=PLACEMENTS),
    ),
)
LEAK = TableSpec(
    "leak",
    "Family of `leaks`: what a sign names, where it stands, what speaks against it, and its place in the order.",
    ("finding",),
    (
        Column("finding", DIGEST, "the leaks finding"),
        Column("service", REF, "whose captured pages hold it", refs=("service",)),
        Column("kind", TEXT, "kind of the sign", words=IDENTIFIERS),
        Column("value", TEXT, "the sign; null where it can name a private person: an e-mail address, a key", True),
        Column("names", TEXT, "what a sign of this kind can name", words=SIGNS),
        Column("exhibits", COUNT, "exhibits in which it stands"),
        Column("places", COUNT, "places at which it stands"),
        Column("doubts", TEXT, "what speaks against it, words of model.words.SIGN_DOUBTS joined by commas; or empty"),
        Column("place", COUNT, "place in the order, from 1; signs that nothing tells apart share one"),
        Column("sharing", COUNT, "how many share it"),
    ),
)
BAND = TableSpec(
    "band",
    "Family of `banded`: an ordinal band a person, with what is unknown.",
    ("finding",),
    (
        Column("finding", DIGEST, "the banded finding"),
        Column("person", REF, "of members that accepted decisions hold together", refs=("person",)),
        Column("band", TEXT, "A (first) to D, or U when nothing decisive is known", words=BANDS),
        Column("known", TEXT, "reasons that were known, a yes beside a contrary no, sorted, joined by a comma"),
        Column("unknown", TEXT, "questions without a yes or no, sorted, joined by a comma"),
        Column("suggested", TEXT, "reasons known of members nobody has decided, which count for nothing; as known"),
        Column("place", COUNT, "place in the list, from 1; equal where nothing known tells two apart"),
        Column("sharing", COUNT, "persons in that place"),
    ),
)
ANSWER = TableSpec(
    "answer",
    "Family of `banded`: every answer about a member that stands, unknown ones too.",
    ("finding", "question", "answer", "exhibit", "locator"),
    (
        Column("finding", DIGEST, "the banded finding"),
        Column("member", REF, "asked about", refs=MEMBER_REFS),
        Column("question", TEXT, "what was asked", words=CIRCUMSTANCES),
        Column("answer", TEXT, "what was answered", words=ANSWERS),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
        Column("locator", TEXT, "where in it"),
    ),
)
ENTRY = TableSpec(
    "entry",
    "Family of `accounted`: one row an output of the market on one side of its accounts.",
    ("finding",),
    (
        Column("finding", DIGEST, "the accounted finding"),
        Column("outpoint", REF, "", refs=("outpoint",)),
        Column("side", TEXT, "which side it stands on", words=ACCOUNT_SIDES),
        Column("tx", REF, "", refs=("tx",)),
        Column("value_sat", SAT, "satoshi"),
    ),
)
BALANCE = TableSpec(
    "balance",
    "The market's accounts in one line a side: receipts equal what became of them, to the satoshi.",
    ("side",),
    (
        Column("side", TEXT, "the side", words=ACCOUNT_SIDES),
        Column("outputs", COUNT, "outputs counted"),
        Column("value_sat", SAT, "satoshi"),
        Column("at_payment", FIAT, "value at payment", nullable=True),
        Column("at_valuation", FIAT, "value on the valuation date", nullable=True),
        Column("unvalued", COUNT, "outputs for which no price is pinned"),
        Column("currency", TEXT, "ISO 4217, or empty when no price is pinned"),
    ),
)
