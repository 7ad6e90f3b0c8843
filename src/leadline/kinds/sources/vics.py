"""Hash lists as VICS JSON (Project VIC data models 1.3 and 2.0), streamed.

Read of each record: MD5, SHA1, SHA256, PhotoDNA (inline or among AlternativeHashes), PDQ and PDQQuality among
AlternativeHashes, Category, VictimIdentified, OffenderIdentified, IsDistributed, DateUpdated, Miniature; of a case the
program that wrote it; of a list the annotation that gives its licence. A miniature becomes its SHA-256, never decoded;
comments and tags are not read, types and names only for which hashes may meet none of ours (other_tools). The entry
number counts records from 0.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.kinds.codecs.hashtext import quality_of, value_of
from leadline.kinds.codecs.listrows import ListRows
from leadline.kinds.codecs.other_tools import may_miss
from leadline.kinds.vics import reading
from leadline.kinds.vics.writing import FLAGS

NAME = "vics"
QUALITY = "pdqquality"
OWN = "Leadline"
"""How the program begins whose hashes are ours."""
CONTACT = {"VictimIdentified": ": contact the issuer"}
"""What is added to the words of a flag: whom to ask."""


def sniff(path: Path) -> bool:
    """Whether the file begins as a VICS file does."""
    with path.open("rb") as file:
        head = file.read(reading.HEAD)
    return reading.context(head.decode("utf-8-sig", "replace")) is not None


def read(path: Path) -> pa.Table:
    """The list's hashes, in entries.LIST; KindError (with the entry) for a file that breaks."""
    rows = ListRows()
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(reading.HEAD)
        scheme = reading.scheme(reading.context(head) or "")
        program = reading.program(head)
        rows.version(program)
        rows.licence(reading.licence(head))
        file.seek(0)
        for entry, record in enumerate(reading.media(file)):
            _add(rows, entry, record, scheme)
            if not program.startswith(OWN):
                rows.may_miss(_may_miss(record))
    return rows.table()


def hashes(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, text) of every hash of a record, inline ones first."""
    found = [(kind.lower(), record.get(kind)) for kind in ("MD5", "SHA1", "SHA256", "PhotoDNA")]
    others = record.get("AlternativeHashes")
    for other in others if isinstance(others, list) else []:
        if isinstance(other, dict):
            found.append((str(other.get("HashName", "")).strip().lower(), other.get("HashValue")))
    return [(kind, text) for kind, text in found if kind and isinstance(text, str) and text.strip()]


def _add(rows: ListRows, entry: int, record: Mapping[str, Any], scheme: str) -> None:
    found = hashes(record)
    qualities = _qualities(found)
    rows.dated(record.get("DateUpdated"))
    stated = record.get("Category")
    category = str(stated).strip() if isinstance(stated, int | str) and not isinstance(stated, bool) else ""
    notes = [words + CONTACT.get(name, "") for name, words in FLAGS if reading.truth(record.get(name))]
    if miniature := record.get("Miniature"):
        notes.append(f"miniature sha256 {_miniature(miniature)}")
    note = "; ".join(notes) or None
    for (kind, text), quality in zip(found, qualities, strict=True):
        if kind == QUALITY:
            continue
        value, fault = value_of(text)
        rows.add(
            entry,
            kind,
            value,
            quality,
            category or None,
            scheme if category else None,
            note,
            fault,
        )


def _may_miss(record: Mapping[str, Any]) -> str | None:
    """Why the picture hash of a record may meet none of ours; None where it has none, or nothing says so."""
    if all(kind != "pdq" for kind, _ in hashes(record)):
        return None
    files = record.get("MediaFiles")
    first = files[0] if isinstance(files, list) and files and isinstance(files[0], dict) else {}
    return may_miss(record.get("MimeType"), record.get("RelativeFilePath"), first.get("FileName"))


def _qualities(found: list[tuple[str, str]]) -> list[int | None]:
    """The quality of each PDQ hash: the one that follows it, else the record's first; none for other kinds."""
    stated = [quality_of(text) if kind == QUALITY else None for kind, text in found]
    first = next((value for value in stated if value is not None), None)
    own = [first if after is None else after for after in [*stated, None][1:]]
    return [quality if kind == "pdq" else None for (kind, _), quality in zip(found, own, strict=True)]


def _miniature(value: object) -> str:
    """SHA-256 (hex) of an embedded miniature's bytes; of its text when that is not base64."""
    text = str(value).encode()
    try:
        return hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return hashlib.sha256(text).hexdigest()
