"""Rank: an ordinal band a person, from what is known of who the person can reach; *unknown* is never *low*.

    A  a household with a minor, work with minors, or an upload that an examiner put into a category of such material
    B  no A reason is known, but a prior conviction or travel is
    U  no reason is known, and not every question about reach has an answer
    C  every question about reach was answered no; another question is open
    D  every question was answered no

An answer counts for those whom a decision makes the person asked about: what is known of suggested members stands
apart and moves nobody. Where nothing known tells two persons apart they share a place.

Never-seen files order the review queue; they move nobody's band until an examiner's category came back.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from leadline.kinds.vics import reading
from leadline.model import findings
from leadline.model.predicates import (
    BANDED,
    CONTAINS_CLIP_OF,
    KNOWN_AS,
    NEVER_SEEN,
    SAME_VIDEO_AS,
    SEIZED_IN,
    SIMILAR_TO,
)
from leadline.model.tables import from_rows
from leadline.model.words import ACCEPTED, AGAINST, HOUSEHOLD_MINOR, PRIOR_CONVICTION, WORKS_WITH_MINORS
from leadline.steps.step import Claims, Inputs, StepSpec

__all__ = ["BANDS", "SPEC", "band", "role"]

REACH = (HOUSEHOLD_MINOR, WORKS_WITH_MINORS)
"""Questions whose yes puts a person into band A: they say that a child is within reach."""
HISTORY = (PRIOR_CONVICTION, "travel")
"""Questions whose yes puts a person into band B."""
CATEGORISED = "categorised_upload"
"""An examiner put a file that a member uploaded into a category of unlawful material: a person's decision with a value,
not a machine's match; non-pertinent and comparison are none."""
BANDS = ("A", "B", "U", "C", "D")
"""In the order in which persons are listed: unknown stands before every answered no."""


def band(answers: Mapping[str, frozenset[str]], *, categorised: bool) -> tuple[str, list[str], list[str]]:
    """(band, known, unknown) from the answers to each question; for the band a yes outweighs a no given elsewhere.

    `known` lists the reasons, question and question=no; a contrary no stands beside its yes. `unknown` are the
    questions without any yes or no.
    """
    known = reasons(answers, categorised=categorised)
    unknown = sorted(q for q in (*REACH, *HISTORY) if not answers.get(q, frozenset()) & {"yes", "no"})
    if categorised or any(question in known for question in REACH):
        letter = "A"
    elif any(question in known for question in HISTORY):
        letter = "B"
    elif any(question in unknown for question in REACH):
        letter = "U"
    else:
        letter = "C" if unknown else "D"
    return letter, known, unknown


def reasons(answers: Mapping[str, frozenset[str]], *, categorised: bool) -> list[str]:
    """Every yes as its question and every no as question=no, sorted, with CATEGORISED where it holds."""
    found = [CATEGORISED] if categorised else []
    for question in (*REACH, *HISTORY):
        given = answers.get(question, frozenset())
        found += [question] * ("yes" in given) + [f"{question}=no"] * ("no" in given)
    return sorted(found)


def role(letter: str, answer: str) -> str | None:
    """Whether an answer speaks for or against a band: unknown for neither, a no for those that rest on nothing else."""
    if answer == "unknown":
        return None
    return "for" if (answer == "yes") == (letter not in ("C", "D")) else AGAINST


@dataclass(slots=True)
class _Person:
    """What is known of one person, gathered over members that decisions hold together, and of suggested ones apart."""

    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    suggested: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    basis: list[tuple[str, str, str, str]] = field(default_factory=list)
    categorised: bool = False
    uploads: set[str] = field(default_factory=set)


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of rank: one `banded` finding a person, with its place in the list; equals share a place."""
    claims = Claims("rank")
    people = {person: _Person() for person in sorted(set(inputs.table("located").column("person").to_pylist()))}
    _answers(inputs, people)
    _categories(inputs, people)
    _origin(inputs, people)
    rated = []
    for person, found in people.items():
        letter, known, unknown = band(_frozen(found.answers), categorised=found.categorised)
        yes = sum(not reason.endswith("=no") for reason in known)
        rated.append(((BANDS.index(letter), -yes, -len(found.uploads)), person, letter, known, unknown))
    rated.sort()
    order = [rating for rating, *_ in rated]
    bands, answers = [], []
    for done, (rating, person, letter, known, unknown) in enumerate(rated, 1):
        found = people[person]
        id_ = claims.add(person, BANDED, f"band:{letter}")
        for kind, ref, locator, side in found.basis:
            claims.rest(id_, kind, ref, locator, side)
        for row in found.asked:
            speaks = role(letter, row["answer"])
            if speaks is not None:
                claims.rest(id_, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], speaks)
            answers.append((id_, row["member"], row["kind"], row["answer"], row["exhibit"], row["locator"]))
        suggested = reasons(_frozen(found.suggested), categorised=False)
        words = (",".join(part) for part in (known, unknown, suggested))
        bands.append((id_, person, letter, *words, bisect_left(order, rating) + 1, order.count(rating)))
        inputs.progress("bands", done, len(rated))
    return {
        **claims.tables(),
        "band": from_rows(findings.BAND, bands),
        "answer": from_rows(findings.ANSWER, answers),
    }


def _frozen(answers: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {question: frozenset(given) for question, given in answers.items()}


def _answers(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds the answers about every member, each with its place; those about suggested members stand apart."""
    text = """
        SELECT DISTINCT c.subject AS member, m.core, o.core AS person, c.kind, c.answer, c.exhibit, c.locator
        FROM circumstance c JOIN membership m ON m.member = c.subject JOIN membership o ON o.person = m.person
        ORDER BY ALL
    """
    for row in inputs.sql(text).to_pylist():
        found = people.get(row["person"])
        if found is None:
            continue
        if row["core"] == row["person"]:
            found.answers[row["kind"]].add(row["answer"])
            found.asked.append(row)
        else:
            found.suggested[row["kind"]].add(row["answer"])


def _categories(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds the examiners' categories of files that a member uploaded, and counts uploads that are in the queue.

    An upload that names a file by an MD5 or SHA-1 that one seized file alone has is an upload of that file. One at a
    time in which the account is not decided to be the person's is nobody's.
    """
    decided = inputs.decisions().filter(pa.compute.is_valid(inputs.decisions().column("value")))
    text = f"""
        WITH digest AS (
            SELECT media, min(file) AS file, min(finding) AS tie FROM named_digest
            GROUP BY media HAVING count(DISTINCT file) = 1),
        said AS (
            SELECT finding, media, true AS searched FROM review UNION SELECT finding, media, true FROM match
            UNION SELECT finding, media, false FROM seizure),
        every AS (
            SELECT *, NULL AS tie FROM said
            UNION ALL SELECT s.finding, d.media, s.searched AND d.media NOT IN (SELECT media FROM match), d.tie
            FROM said s JOIN digest d ON d.file = s.media)
        SELECT m.core, e.event, f.finding, f.media, f.searched, f.tie, d.id AS decision, d.value, e.exhibit, e.locator
        FROM every f
        JOIN event e ON e.kind = 'upload' AND e.object = f.media
        JOIN membership m ON m.member = e.subject
            AND (m.utc_from IS NULL OR e.utc_low >= m.utc_from) AND (m.utc_until IS NULL OR e.utc_high < m.utc_until)
        LEFT JOIN decided d ON d.finding = f.finding AND d.verdict = '{ACCEPTED}'
        ORDER BY ALL
    """
    for row in inputs.sql(text, decided=decided).to_pylist():
        found = people.get(row["core"])
        if found is None:
            continue
        if row["searched"]:
            found.uploads.add(row["event"])
        if row["decision"] is not None and reading.of_material(row["value"]):
            found.categorised = True
            found.basis.append(("decision", f"decision:{row['decision'].hex()}", "", "for"))
            found.basis.append(("finding", f"finding:{row['finding'].hex()}", "", "for"))
            if row["tie"] is not None:
                found.basis.append(("finding", f"finding:{row['tie'].hex()}", "", "for"))
            found.basis.append(("exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], "for"))


def _origin(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds what made the person: the decided findings that joined its members, and where each stands in evidence."""
    stands = """
        SELECT DISTINCT m.core, s.exhibit, s.locator FROM membership m JOIN (
            SELECT account AS subject, exhibit, locator FROM account
            UNION ALL SELECT customer, exhibit, locator FROM customer
        ) s ON s.subject = m.member ORDER BY ALL
    """
    for row in inputs.sql(stands).to_pylist():
        if row["core"] in people:
            place = ("exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], "for")
            people[row["core"]].basis.append(place)
    joins = """
        SELECT DISTINCT core, finding FROM membership
        WHERE finding IS NOT NULL AND core IN (SELECT core FROM membership GROUP BY core HAVING count(*) > 1)
        ORDER BY ALL
    """  # the one member of a core alone is joined to others by suggestions only, on which nothing rests
    for row in inputs.sql(joins).to_pylist():
        if row["core"] in people:
            people[row["core"]].basis.append(("finding", f"finding:{row['finding'].hex()}", "", "for"))
    for row in inputs.sql("SELECT DISTINCT person, finding FROM located ORDER BY ALL").to_pylist():
        if not people[row["person"]].basis:  # no record states more of a member than what it paid or withdrew
            people[row["person"]].basis.append(("finding", f"finding:{row['finding'].hex()}", "", "for"))


READS = (
    "membership", "located", "circumstance", "account", "customer", "event", "review", "match", "seizure",
    "named_digest",
)  # fmt: skip

SPEC = StepSpec(
    name="rank",
    method="bands-by-reach",
    version=4,
    says="Order persons by who they can reach, saying what is unknown.",
    reads=READS,
    pins=(),
    decides_on=(NEVER_SEEN, KNOWN_AS, SAME_VIDEO_AS, CONTAINS_CLIP_OF, SIMILAR_TO, SEIZED_IN),
    settings=(),
    writes=(findings.FINDING, findings.BASIS, findings.BAND, findings.ANSWER),
    place="leadline.steps.rank:run",
)
