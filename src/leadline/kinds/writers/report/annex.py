"""The annex for a court: method and limits as tables, exhibits with who acquired them, and two drafts to be signed."""

from collections.abc import Mapping
from typing import Any

from leadline.kinds.writer import Writer
from leadline.kinds.writers.report.companions import companions
from leadline.kinds.writers.report.drafts import drafts
from leadline.kinds.writers.report.typeset import template, typeset
from leadline.kinds.writers.report.written import NO_DATE, shown
from leadline.model.referral import Dossier

SECTIONS = {
    "tracing": ("The tracing rule and its parameters", "What was in force when the figures were computed."),
    "prices": ("Prices", "Every value in money comes from these."),
    "searched": ("What was searched", "As pinned by the case; a pin is checked against its digest at every use."),
    "not searched": ("What was not searched", "Nothing here is a no: what was not searched is unknown."),
    "validation": ("Validation", "Who examined the program, and on what."),
}
"""Each section of table court: its title, and one sentence over it."""
STANDING = (
    "A package supersedes every earlier one that the same case made for the same jurisdiction, and its custody.txt, "
    "which is signed with it, names them: of two packages the one whose custody.txt names the other stands."
)


def document(dossier: Dossier) -> dict[str, Any]:
    """The annex as JSON-ready values, in reading order."""
    decided = sorted(dossier.tables["decisions"].column("decided_at").to_pylist())
    last = decided[-1] if decided else NO_DATE
    unsigned, statements = drafts()
    rows = dossier.tables["court"].to_pylist()
    return {
        "jurisdiction": dossier.jurisdiction,
        "case": shown(dossier.case.name),
        "authority": shown(dossier.case.authority or "authority not stated"),
        "software": dossier.software,
        "date": [last.year, last.month, last.day],
        "sections": [
            {
                "title": title,
                "says": says,
                "rows": [{n: shown(r[n]) for n in ("item", "value", "says")} for r in rows if r["section"] == name],
            }
            for name, (title, says) in SECTIONS.items()
        ],
        "exhibits": [
            {
                "exhibit": r["exhibit"].hex(),
                **{
                    n: shown(r[n])
                    for n in ("item", "acquired_at", "acquired_by", "authority", "restrictions", "companion_of")
                },
            }
            for r in dossier.tables["exhibits"].to_pylist()
        ],
        "companions": companions(dossier.tables["companions"].to_pylist()),
        "standing": STANDING,
        "draft": unsigned,
        "drafts": [
            {"title": d.title, "source": d.source, "paragraphs": d.paragraphs, "fields": d.fields} for d in statements
        ],
    }


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """court.pdf."""
    return {"court.pdf": typeset(template("court.typ"), document(dossier), dossier.jurisdiction)}


ANNEX = Writer("court", "An annex for a court: rules, parameters, prices, what was not searched, two drafts.", write)
"""How a court is answered what it asks."""
