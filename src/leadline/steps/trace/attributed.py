"""The tags that stand on the ledger, those that contradict one another, and the entries that could not be used."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.kinds.bitcoin import address
from leadline.model import findings
from leadline.model.meanings import TAG_FAULTS
from leadline.model.refs import ref
from leadline.model.tables import TableSpec, from_columns
from leadline.steps.trace.context import Context
from leadline.steps.trace.tags import NAMES, REMARK, Tag, Tags

_SAID = ("label", "category", "confidence", "confidence_level", "source", "lastmod", "licence", "vendor")
"""What a row says of its tag in both tables."""


def attributed(context: Context) -> dict[str, pa.Table]:
    """Tables attribution, tag_conflict and tag_fault."""
    tags = context.tags
    faults = ((ref("tag", digest), locator, fault, TAG_FAULTS[fault]) for digest, locator, fault in tags.faults)
    return {
        "attribution": _table(findings.ATTRIBUTION, (_attribution(t, tags, context.view.ledger) for t in tags.rows)),
        "tag_conflict": _table(findings.TAG_CONFLICT, _conflicts(context)),
        "tag_fault": _table(findings.TAG_FAULT, (dict(zip(_FAULT, row, strict=True)) for row in faults)),
    }


_FAULT = tuple(c.name for c in findings.TAG_FAULT.columns)


def _table(spec: TableSpec, rows: Iterable[dict[str, Any]]) -> pa.Table:
    found = list(rows)
    return from_columns(spec, {c.name: [row[c.name] for row in found] for c in spec.columns})


def _attribution(tag: Tag, tags: Tags, ledger: Ledger) -> dict[str, Any]:
    actors = tags.actors.get(tag.name, ())
    countries = dict.fromkeys(c for *_, row in actors for c in (row["jurisdictions"] or "").split(",") if c)
    return {
        **{name: tag.said[name] for name in (*_SAID, "abuse", "concepts", "tag_type", "creator", "public", "context")},
        "tag": ref("tag", tag.digest), "entry": tag.entry, "service": tag.name, "use": tag.use, "spreads": tag.spreads,
        "place": tag.said["address"] if tag.script >= 0 else ref("tx", ledger.txid_hex(tag.tx)),
        "jurisdictions": ",".join(countries) or None,
    }  # fmt: skip


def _conflicts(context: Context) -> list[dict[str, Any]]:
    """What tags say differently of an address, and of a cluster those that speak for it.

    A remark on an event and a list that only says what an address is (such as sanctioned) contradict nobody.
    """
    view, services = context.view, context.services
    spoken = [t for t in context.tags.rows if t.script >= 0 and t.use != REMARK and t.said["tag_type"] != "attribute"]
    service, names = services.names.service, services.refs

    def place_of(script: int) -> str:
        return address.encode(view.ledger.script_bytes(script), view.ledger.network) or f"script {script} of the ledger"

    def held_by(tag: Tag) -> str:
        named = int(service[tag.script])
        return names[named] if named >= 0 else ""

    rows = _differing("address", spoken, lambda t: t.script, place_of, held_by)
    speaking = [t for t in spoken if t.use == NAMES and t.spreads]
    return rows + _differing("cluster", speaking, lambda t: int(view.cluster[t.script]), place_of, held_by)


def _differing(
    scope: str, tags: list[Tag], key: Callable[[Tag], int], place_of: Callable[[int], str],
    held_by: Callable[[Tag], str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of what `tags` say at each place where they differ in name or category."""
    at: dict[int, list[Tag]] = defaultdict(list)
    for tag in tags:
        at[key(tag)].append(tag)
    rows = []
    for place, those in at.items():
        kinds = {t.said["category"] for t in those if t.said["category"]}
        differs = [w for w, n in (("name", len({t.name for t in those})), ("category", len(kinds))) if n > 1]
        if not differs:
            continue
        said: dict[tuple[str, str | None, str], list[Tag]] = defaultdict(list)
        for tag in those:
            said[tag.name, tag.said["category"], tag.digest].append(tag)
        for (name, _, digest), same in said.items():
            first = min(same, key=lambda t: (-t.level, t.entry))
            rows.append(
                {
                    **{column: first.said[column] for column in _SAID},
                    "scope": scope, "place": place_of(place), "differs": ",".join(differs), "service": name,
                    "tag": ref("tag", digest), "entry": first.entry, "tags": len(same), "use": first.use,
                    "holds": first.use == NAMES and held_by(first) == name,
                }
            )  # fmt: skip
    return rows
