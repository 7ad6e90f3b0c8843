"""A map proposed for an exhibit from a sample of its rows, and the first records a map makes, masked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from leadline.kinds.mapping.maps import Map, PartRule
from leadline.kinds.proposing import records, written
from leadline.kinds.proposing.columns import Sample, masked, sampled
from leadline.kinds.proposing.keys import key_of
from leadline.kinds.proposing.meanings import meanings
from leadline.kinds.proposing.names import said_of_table
from leadline.kinds.proposing.proposal import PartProposal, Proposal
from leadline.kinds.reader import Reader, Source
from leadline.model.evidence import RECORDS
from leadline.model.progress import Progress
from leadline.steps.intake import read
from leadline.steps.intake.apply import Mapped, apply
from leadline.steps.intake.catalog import choose_reader
from leadline.steps.intake.embedded import without_images
from leadline.steps.intake.fields import Rows

ROWS = 10_000
"""Rows of a part that are looked at."""
SHOWN = 10
"""Rows of a part that a preview reads."""
_SPECS = {spec.name: spec for spec in RECORDS}


def propose(source: Source, name: str, answers: Mapping[str, str], progress: Progress) -> tuple[str, dict[str, Any]]:
    """(the text of a map, what was found) for an exhibit; EvidenceError where it cannot be read."""
    reader = choose_reader(source)
    samples = list(_samples(reader, source, progress))
    keyed = [(sample, key_of(sample)) for sample in samples]
    others = [(sample, key) for sample, key in keyed if key] + [
        (sample, c.name)
        for sample, key in keyed
        if {"account", "customer"} & set(said_of_table(sample.part))
        for c in sample.columns
        if c.unique and not c.whole and c.name != key
    ]
    parts = [PartProposal(sample, meanings(sample, key, others), key) for sample, key in keyed]
    proposal = Proposal(reader.name, parts)
    records.propose(proposal)
    return written.text(proposal, name, answers), _found(proposal, answers)


def _samples(reader: Reader, source: Source, progress: Progress) -> Iterator[Sample]:
    """A sample of every part of an exhibit."""
    if reader.sample is not None:
        for number, some in enumerate(reader.sample(source, ROWS), 1):
            progress("tables looked at", number, 0)
            yield sampled(some.name, [some.rows], whole=some.whole)
        return
    for number, part in enumerate(reader.parts(source, None, progress), 1):
        progress("parts looked at", number, 0)
        batches, seen, whole = [], 0, True
        for batch in part.batches:
            clean = without_images(batch)[0].rows
            whole = seen + clean.num_rows <= ROWS
            batches.append(clean if whole else _spread(clean, ROWS - seen))
            seen += clean.num_rows
            if not whole:
                break
        yield sampled(part.name, batches, whole=whole)


def _spread(rows: pa.Table, count: int) -> pa.Table:
    """So many of the rows, evenly."""
    return rows.take(pa.array([i * rows.num_rows // count for i in range(count)], pa.int64()))


def _found(proposal: Proposal, answers: Mapping[str, str]) -> dict[str, Any]:
    """What a proposal says, for programs: parts with their columns, and the questions."""
    return {
        "reader": proposal.reader,
        "questions": [
            {"name": q.name, "question": q.text, "choices": list(q.choices), "answered": q.name in answers}
            for q in proposal.questions.values()
        ],
        "parts": [
            {
                "part": part.sample.part,
                "says": part.says,
                "rows": part.sample.rows,
                "whole": part.sample.whole,
                "records": [record.table for record in part.records],
                "columns": [
                    {
                        "column": m.column.name,
                        "meaning": m.name,
                        "share_ppm": round(m.share * 1_000_000),
                        "by": m.by,
                        "refers": m.reference.part if m.reference else None,
                        "mapped": m.column.name in part.used,
                    }
                    for m in part.meanings
                ],
            }
            for part in proposal.parts
        ],
    }


def preview(source: Source, map_: Map | None, progress: Progress) -> list[dict[str, Any]]:
    """Of every part its first rows as the map reads them: records with restricted text masked, and rejects.

    Lookups see no more than they would: they are read whole. EvidenceError and MappingError as read_exhibit.
    """
    reader, map_ = read.chosen(source, map_)
    source = replace(source, encoding=map_.encoding)
    lookups = read.looked_up(source, reader, map_, progress)
    shown = []
    for part in reader.parts(source, None, progress):
        read.as_made(source, map_, part.name, part.columns)
        rule = map_.rule(part.name, part.columns) or PartRule(part.name, (), ())
        batch = next(part.batches, None)
        result = Mapped()
        if batch is not None and batch.rows.num_rows:
            clean, _, holds = without_images(
                replace(batch, rows=batch.rows.slice(0, SHOWN), locators=batch.locators[:SHOWN], broken=(), cells=())
            )
            rows = Rows(part.name, clean.rows, clean.locators, source.digest.hex(), lookups)
            apply(rule, rows, map_.network, result, holds, holds & False)
        shown.append(_shown(part.name, result))
    return shown


def _shown(part: str, result: Mapped) -> dict[str, Any]:
    tables = {name: pa.concat_tables(made) for name, made in result.tables.items()}
    rejects = [row for table in result.rejects for row in table.to_pylist()]
    return {
        "part": part,
        "mapped": result.mapped,
        "rejected": result.rejected,
        "left_out": result.left_out,
        "records": [row for name, table in tables.items() for row in _masked(name, table)],
        "rejects": [{key: row[key] for key in ("locator", "reason")} for row in rejects],
    }


def _masked(name: str, table: pa.Table) -> list[dict[str, Any]]:
    """Rows of a record table as text: what is restricted by its form alone."""
    restricted = {c.name for c in _SPECS[name].columns if c.restricted}
    rows = []
    for row in table.drop_columns(["exhibit"]).to_pylist():
        said = {
            key: value.hex() if isinstance(value, bytes) else str(value)
            for key, value in row.items()
            if value is not None
        }
        rows.append({"table": name} | {k: masked(v) if k in restricted else v for k, v in said.items()})
    return rows
