"""One finding laid open: what it says and does not, its values, everything it rests on, and what was decided."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.model.findings import FAMILIES
from leadline.model.predicates import PREDICATES
from leadline.store.case import Case
from leadline.store.lookup import find_claim


def explain(case: Case, finding: bytes) -> dict[str, Any]:
    """The finding as a tree of says, not_said, subject, object, values, for, against, decisions; no restricted column.

    Under ``for`` and ``against`` stand (kind, ref, locator); one of kind finding carries its own tree as ``rests``,
    each finding only once, one of kind tag what the pack says: label, source, date, confidence, licence.
    """
    return _tree(case, finding, set())


def tag_said(case: Case, ref: str, locator: str) -> dict[str, Any] | None:
    """What the attribution table says of one entry of a tag pack; None when it stands on nothing of the ledger."""
    table = case.current("attribution")
    if not table.num_rows or not locator.startswith("entry:"):
        return None
    entry = int(locator.removeprefix("entry:"))
    rows = table.filter(pc.and_(pc.equal(table.column("tag"), ref), pc.equal(table.column("entry"), entry)))
    kept = ("place", "service", "label", "category", "confidence", "source", "lastmod", "licence", "creator", "use")
    return rows.select(list(kept)).to_pylist()[0] if rows.num_rows else None


def _tree(case: Case, finding: bytes, seen: set[bytes]) -> dict[str, Any]:
    seen.add(finding)
    try:
        subject, name, object_ = find_claim(case, finding)
    except UsageError:
        return {"finding": finding.hex(), "gone": True}
    predicate = PREDICATES[name]
    result: dict[str, Any] = {
        "finding": finding.hex(),
        "subject": subject,
        "predicate": name,
        "object": object_,
        "says": predicate.says,
        "not_said": predicate.not_said,
        "unit": predicate.unit,
        "values": values(case, finding),
        "for": [],
        "against": [],
        "decisions": decisions(case, finding),
    }
    for kind, ref, locator, role in case.basis().rows(finding):
        item: dict[str, Any] = {"kind": kind, "ref": ref, "locator": locator}
        if kind == "finding":
            below = bytes.fromhex(ref.partition(":")[2])
            if below not in seen:
                item["rests"] = _tree(case, below, seen)
        if kind == "tag" and (said := tag_said(case, ref, locator)):
            item["said"] = said
        result[role].append(item)
    return result


def values(case: Case, finding: bytes) -> dict[str, list[dict[str, Any]]]:
    """The rows of every family table that are keyed by the finding, by table."""
    found = {}
    for spec in FAMILIES:
        if spec.key[0] != "finding":
            continue
        table = case.current(spec.name)
        open_ = [c.name for c in spec.columns if not c.restricted and c.name != "finding"]
        rows = table.filter(pc.equal(table.column("finding"), pa.scalar(finding, pa.binary(32)))).select(open_)
        if rows.num_rows:
            found[spec.name] = rows.to_pylist()
    return found


def decisions(case: Case, finding: bytes) -> list[dict[str, Any]]:
    """The decisions about a finding, oldest first, each with its state."""
    return [
        {
            "decision": d.id,
            "verdict": d.verdict,
            "value": d.value,
            "state": state,
            "decided_at": d.decided_at,
            "scripted": d.scripted,
        }
        for d, state in case.decisions()
        if d.finding == finding
    ]
