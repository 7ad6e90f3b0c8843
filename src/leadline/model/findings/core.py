"""The core: findings, what they rest on, and what people decided; ids are digests of content."""

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa

from leadline.model.predicates import PREDICATES
from leadline.model.tables import DIGEST, REF, TEXT, UTC, Column, TableSpec
from leadline.model.words import BASIS_KINDS, SIDES, VERDICTS

FINDING = TableSpec(
    "finding",
    "The core: one row a claim.",
    ("id",),
    (
        Column("id", DIGEST, "SHA-256 of (subject, predicate, object)"),
        Column("subject", REF, "who or what the claim is about"),
        Column("predicate", TEXT, "what is claimed: see Predicates", words=tuple(PREDICATES)),
        Column("object", REF, "what is said of it"),
    ),
)
BASIS = TableSpec(
    "basis",
    "One row a thing a finding rests on, for or against.",
    ("finding", "kind", "ref", "locator", "role"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("kind", TEXT, "what it is", words=BASIS_KINDS),
        Column(
            "ref",
            REF,
            "exhibit:, ledger:, list:, tag:, price:, tx: (of a merge), finding: or decision:",
            refs=("exhibit", "ledger", "list", "tag", "price", "tx", "finding", "decision"),
        ),
        Column("locator", TEXT, "where in it; empty for finding and decision"),
        Column("role", TEXT, "which way it speaks", words=SIDES),
    ),
)
DECISION = TableSpec(
    "decision",
    "One row a decision of a person about a finding.",
    ("finding", "decided_at", "id"),
    (
        Column("id", DIGEST, "SHA-256 of the decision file"),
        Column("finding", DIGEST, "the finding decided"),
        Column("verdict", TEXT, "what was decided", words=VERDICTS),
        Column("value", TEXT, "what an examiner adds, such as a category", nullable=True),
        Column("reason", TEXT, "in the decider's words", restricted=True),
        Column("basis_digest", DIGEST, "what the finding rested on at that moment"),
        Column("decided_by", TEXT, "who: the system's user, or the operator who signed in; script", restricted=True),
        Column("on_behalf_of", TEXT, "whom they name beside themselves", nullable=True, restricted=True),
        Column("decided_at", UTC, "when"),
        Column("scripted", pa.bool_(), "true for the training case's scripted reviewer"),
    ),
)


def finding_id(subject: str, predicate: str, object_: str) -> bytes:
    """SHA-256 of the three, joined by the ASCII unit separator, which none of them may contain."""
    return hashlib.sha256(f"{subject}\x1f{predicate}\x1f{object_}".encode()).digest()


def finding_ids(subjects: Sequence[str], predicate: str, objects: Sequence[str]) -> list[bytes]:
    """`finding_id` of each pair."""
    return [finding_id(s, predicate, o) for s, o in zip(subjects, objects, strict=True)]


def basis_digest(rows: Iterable[tuple[str, str, str, str]], inner: dict[str, bytes]) -> bytes:
    """SHA-256 of sorted (kind, ref, locator, role) rows; a row of kind finding also carries that finding's own digest.

    `inner` maps ``finding:<hex>`` to the digest of its basis, so that a change far below is seen above.
    """
    outer = hashlib.sha256()
    for kind, ref, locator, role in sorted(rows):
        below = inner.get(ref, b"").hex() if kind == "finding" else ""
        outer.update(f"{kind}\x1f{ref}\x1f{locator}\x1f{role}\x1f{below}\n".encode())
    return outer.digest()
