"""Rank: an ordinal band a person, from what is known of who the person can reach; *unknown* is never *low*.

    A  a household with a minor, work with minors, or an upload that an examiner put into a category of such material
    B  no A reason is known, but a prior conviction or travel is
    U  no reason is known, and not every question about reach has an answer
    C  every question about reach was answered no; another question is open
    D  every question was answered no

Never-seen files order the review queue; they move nobody's band until an examiner's category came back.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from leadline.kinds.vics import reading
from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.steps.step import Claims, Inputs, StepSpec

__all__ = ["BANDS", "SPEC", "band"]

REACH = ("household_minor", "works_with_minors")
"""Questions whose yes puts a person into band A: they say that a child is within reach."""
HISTORY = ("prior_conviction", "travel")
"""Questions whose yes puts a person into band B."""
CATEGORISED = "categorised_upload"
"""An examiner put a file that a member uploaded into a category of unlawful material: a person's decision with a value,
not a machine's match; non-pertinent and comparison are none."""
BANDS = ("A", "B", "U", "C", "D")
"""In the order in which persons are listed: unknown stands before every answered no."""


def band(answers: Mapping[str, frozenset[str]], *, categorised: bool) -> tuple[str, list[str], list[str]]:
    """(band, known, unknown) from the answers to each question; a yes outweighs a no given elsewhere.

    `known` lists the reasons (question, or question=no), `unknown` the questions without any yes or no.
    """
    known = [CATEGORISED] if categorised else []
    unknown = []
    for question in (*REACH, *HISTORY):
        given = answers.get(question, frozenset())
        if "yes" in given:
            known.append(question)
        elif "no" in given:
            known.append(f"{question}=no")
        else:
            unknown.append(question)
    if categorised or any(question in known for question in REACH):
        letter = "A"
    elif any(question in known for question in HISTORY):
        letter = "B"
    elif any(question in unknown for question in REACH):
        letter = "U"
    else:
        letter = "C" if unknown else "D"
    return letter, sorted(known), sorted(unknown)


@dataclass(slots=True)
class _Person:
    """What is known of one person, gathered over its members."""

    members: list[tuple[str, bytes | None]] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    basis: list[tuple[str, str, str, str]] = field(default_factory=list)
    categorised: bool = False
    uploads: int = 0


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of rank: one `banded` finding a person, with its place in the list."""
    claims = Claims("rank")
    people: dict[str, _Person] = defaultdict(_Person)
    for row in inputs.table("membership").to_pylist():
        people[row["person"]].members.append((row["member"], row["finding"]))
    _answers(inputs, people)
    _categories(inputs, people)
    _origin(inputs, people)
    rated = []
    for person, found in people.items():
        letter, known, unknown = band(
            {q: frozenset(a) for q, a in found.answers.items()}, categorised=found.categorised
        )
        yes = sum(not reason.endswith("=no") for reason in known)
        rated.append((BANDS.index(letter), -yes, -found.uploads, person, letter, known, unknown))
    bands = []
    for place, (_, _, _, person, letter, known, unknown) in enumerate(sorted(rated), 1):
        id_ = claims.add(person, "banded", f"band:{letter}")
        for kind, ref, locator, role in people[person].basis:
            claims.rest(id_, kind, ref, locator, role)
        bands.append((id_, person, letter, ",".join(known), ",".join(unknown), place))
        inputs.progress("bands", place, len(rated))
    return {**claims.tables(), "band": from_rows(findings.BAND, bands)}


def _answers(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds the answers to the enquiries about every member, each with its place."""
    text = """
        SELECT m.person, c.kind, c.answer, c.exhibit, c.locator
        FROM circumstance c JOIN membership m ON m.member = c.subject ORDER BY ALL
    """
    for row in inputs.sql(text).to_pylist():
        found = people[row["person"]]
        found.answers[row["kind"]].add(row["answer"])
        role = "against" if row["answer"] == "no" else "for"
        found.basis.append(("exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], role))


def _categories(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds the examiners' categories of files that a member uploaded, and counts uploads that are in the queue.

    An upload that names a file by an MD5 or SHA-1 that one seized file alone has is an upload of that file.
    """
    decided = inputs.decisions().filter(pa.compute.is_valid(inputs.decisions().column("value")))
    text = """
        WITH digest AS (
            SELECT media, min(file) AS file, min(finding) AS tie FROM tied
            GROUP BY media HAVING count(DISTINCT file) = 1),
        said AS (
            SELECT finding, media, true AS searched FROM review UNION SELECT finding, media, true FROM match
            UNION SELECT finding, media, false FROM seizure),
        every AS (
            SELECT *, NULL AS tie FROM said
            UNION ALL SELECT s.finding, d.media, s.searched AND d.media NOT IN (SELECT media FROM match), d.tie
            FROM said s JOIN digest d ON d.file = s.media)
        SELECT m.person, f.finding, f.media, f.searched, f.tie, d.id AS decision, d.value, e.exhibit, e.locator
        FROM every f
        JOIN event e ON e.kind = 'upload' AND e.object = f.media
        JOIN membership m ON m.member = e.subject
        LEFT JOIN decided d ON d.finding = f.finding AND d.verdict = 'accepted'
        ORDER BY ALL
    """
    for row in inputs.sql(text, decided=decided).to_pylist():
        found = people[row["person"]]
        found.uploads += row["searched"]
        if row["decision"] is not None and reading.of_material(row["value"]):
            found.categorised = True
            found.basis.append(("decision", f"decision:{row['decision'].hex()}", "", "for"))
            found.basis.append(("finding", f"finding:{row['finding'].hex()}", "", "for"))
            if row["tie"] is not None:
                found.basis.append(("finding", f"finding:{row['tie'].hex()}", "", "for"))
            found.basis.append(("exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], "for"))


def _origin(inputs: Inputs, people: dict[str, _Person]) -> None:
    """Adds what made the person: the findings that joined its members, and where each member stands in evidence."""
    text = """
        SELECT m.person, s.exhibit, s.locator FROM membership m JOIN (
            SELECT account AS subject, exhibit, locator FROM account
            UNION ALL SELECT customer, exhibit, locator FROM customer
        ) s ON s.subject = m.member ORDER BY ALL
    """
    for row in inputs.sql(text).to_pylist():
        people[row["person"]].basis.append(("exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"], "for"))
    for found in people.values():
        joins = sorted({finding for _, finding in found.members if finding is not None})
        found.basis += [("finding", f"finding:{finding.hex()}", "", "for") for finding in joins]


SPEC = StepSpec(
    name="rank",
    method="bands-by-reach",
    version=3,
    says="Orders persons by who they can reach, saying what is unknown.",
    reads=("membership", "circumstance", "account", "customer", "event", "review", "match", "seizure", "tied"),
    pins=(),
    decides_on=("never_seen", "known_as", "same_video_as", "contains_clip_of", "similar_to", "seized_in"),
    settings=(),
    writes=(findings.FINDING, findings.BASIS, findings.BAND),
    run=run,
)
