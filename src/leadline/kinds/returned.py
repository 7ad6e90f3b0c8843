"""What an examiner's VICS file says of each of its records, read in a confined child: category and digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.confinement.readers import Request, ask
from leadline.kinds.codecs.hashtext import value_of
from leadline.kinds.hashers import md5, sha1, sha256
from leadline.kinds.sources.vics import hashes
from leadline.kinds.vics import reading
from leadline.model.progress import Progress

STRONGEST = (sha256.NAME, sha1.NAME, md5.NAME)
"""The digests of a record, by which a seized file is known."""
_RECORDS = pa.schema(
    [
        pa.field("scheme", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("precategorized", pa.bool_(), nullable=False),
        *(pa.field(kind, pa.binary()) for kind in STRONGEST),
    ]
)
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Returned:
    """The CaseIDs a file states, and a row for each record: its scheme, category (or nothing), and digests."""

    case_ids: frozenset[str]
    records: pa.Table


def read(path: Path, progress: Progress, *, demanded: bool) -> Returned:
    """What the file at `path` says; KindError names the record that breaks.

    `demanded`: CaseError where the child cannot be wholly confined.
    """
    arguments = {"path": str(path.absolute())}
    answer = ask(Request(f"{__name__}:apart", arguments, (path,), path.name, demanded=demanded), progress)
    return Returned(frozenset(map(str, answer.value)), answer.tables["records"])


def apart(arguments: Mapping[str, Any], progress: Progress) -> tuple[list[str], Mapping[str, pa.Table]]:
    """What `read` gives, in the confined child it asks."""
    with Path(arguments["path"]).open(encoding="utf-8-sig", errors="replace") as file:
        ids = sorted(reading.case_ids(file))
        file.seek(0)
        scheme = reading.scheme(reading.context(file.read(reading.HEAD)) or "")
        file.seek(0)
        batches, rows = [], []
        for number, record in enumerate(reading.media(file), 1):
            rows.append(_row(scheme, record))
            if not number % _AT_ONCE:
                progress("records", number, 0)
                batches.append(_batch(rows))
                rows = []
        return ids, {"records": pa.Table.from_batches([*batches, _batch(rows)], _RECORDS)}


def _batch(rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in _RECORDS)
    return pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, _RECORDS, strict=True)], schema=_RECORDS)


def _row(scheme: str, record: Mapping[str, Any]) -> tuple[object, ...]:
    stated = record.get("Category")
    category = "" if stated is None or isinstance(stated, bool) else str(stated).strip()
    values = {kind: value_of(text)[0] for kind, text in reversed(hashes(record))}
    tool = reading.truth(record.get("IsPrecategorized"))
    return scheme, category, tool, *(values.get(kind) for kind in STRONGEST)
