"""VICS JSON written as a stream: one media record in memory at a time, equal records give equal bytes.

A record is a plain mapping in the names of the Project VIC data models: MediaID, Category, MD5, SHA1, PhotoDNA,
AlternativeHashes, MediaSize, MimeType, RelativeFilePath, Tags, Series, VictimIdentified, OffenderIdentified,
IsDistributed, IsPrecategorized. No miniature is ever written.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TextIO

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.visible import escaped
from leadline.kinds.vics.reading import LICENCE
from leadline.model.meanings import NOT_HEX

MODELS = ("US", "UK", "Default")
"""Countries whose categories data model 2.0 tells apart; their schemes are vics-us, vics-uk and vics-default."""
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{model}/$metadata#{of}"
"""The context of a file in data model 2.0: Media for a list, Cases for a hand-over."""
OLD_CONTEXT = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"
"""The context of a list in data model 1.3, which names no country: its scheme is vics."""
OLD = "vics"
PHOTODNA = "PHOTODNA"
INLINE = ("MD5", "SHA1")
"""Hash kinds that have a field of their own, in upper-case hexadecimal; PhotoDNA has one in base64."""
PDQ = "PDQ"
FLAGS = (
    ("VictimIdentified", "victim identified"),
    ("OffenderIdentified", "offender identified"),
    ("IsDistributed", "distributed"),
)
"""Flags by the words that travel with a list's entry."""


def scheme_of(model: str) -> str:
    """The scheme of the categories of a model's files; KindError for a model that is not listed."""
    if model not in MODELS:
        raise KindError("no such VICS data model", remedy="one of: " + ", ".join(MODELS))
    return f"vics-{model.lower()}"


def write_list(sink: TextIO, records: Iterable[Mapping[str, Any]], scheme: str, licence: str = "") -> int:
    """A list of media in the data model that has this scheme, with its `licence`; gives how many records.

    KindError for a scheme that is none of VICS.
    """
    if scheme == OLD:
        head = {"odata.metadata": OLD_CONTEXT}
    else:
        named = {scheme_of(model): model for model in MODELS}
        if scheme not in named:
            raise KindError("no VICS data model has this scheme", remedy="one of: " + ", ".join([OLD, *named]))
        head = {"@odata.context": CONTEXT.format(model=named[scheme], of="Media")}
    head |= {LICENCE: licence} if licence else {}
    sink.write(_line(head)[:-1] + ',"value":[')
    count = _array(sink, records)
    sink.write("]}\n")
    return count


def write_case(sink: TextIO, facts: Mapping[str, Any], records: Iterable[Mapping[str, Any]], model: str) -> int:
    """One case with its media; `facts` are the case's own fields (CaseID, CaseNumber ...); gives how many records."""
    scheme_of(model)
    head = {"@odata.context": CONTEXT.format(model=model, of="Cases")}
    sink.write(_line(head)[:-1] + ',"value":[' + _line(facts)[:-1] + ',"Media":[')
    count = _array(sink, records)
    sink.write("]}]}\n")
    return count


def _array(sink: TextIO, records: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for record in records:
        sink.write((",\n" if count else "\n") + _line(record))
        count += 1
    return count


def _line(value: Mapping[str, Any]) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def records_of(table: pa.Table, scheme: str) -> Iterator[dict[str, Any]]:
    """A record an entry of a list (entries.LIST, in order of entry), its category only where it is of this scheme.

    Hash kinds are named as lists name them (kinds.source.as_listed). Rows in quarantine are written as the list had
    them, so that they are set aside again wherever they are read.
    """
    rows = (row for batch in table.to_batches(max_chunksize=1 << 14) for row in batch.to_pylist())
    for entry, own in groupby(rows, key=lambda row: row["entry"]):
        yield _record(entry, list(own), scheme)


def _record(entry: int, rows: list[dict[str, Any]], scheme: str) -> dict[str, Any]:
    record: dict[str, Any] = {"MediaID": entry}
    if rows[0]["category"] is not None and rows[0]["scheme"] == scheme:
        record["Category"] = _number(rows[0]["category"])
    record |= hashes(
        (row["hasher"], row["value"] if row["quarantine"] != NOT_HEX else row["value"].decode(), row["quality"])
        for row in rows
    )
    words = rows[0]["note"] or ""
    return record | {name: True for name, word in FLAGS if word in words}


def hashes(values: Iterable[tuple[str, bytes | str, int | None]]) -> dict[str, Any]:
    """The fields that hold (hash kind as lists name it, value, quality); text is written as it stands."""
    fields: dict[str, Any] = {}
    others: list[dict[str, str]] = []
    for kind, value, quality in values:
        text = value if isinstance(value, str) else value.hex().upper()
        name = kind.upper()
        if name in INLINE and name not in fields:
            fields[name] = text
        elif name == PHOTODNA and "PhotoDNA" not in fields:
            fields["PhotoDNA"] = value if isinstance(value, str) else base64.b64encode(value).decode()
        else:
            others.append({"HashName": name, "HashValue": text})
            if name == PDQ and quality is not None:
                others.append({"HashName": "PDQQuality", "HashValue": str(quality)})
    return fields | ({"AlternativeHashes": others} if others else {})


def _number(category: str) -> int | str:
    return int(category) if category.isascii() and category.isdigit() else category
