"""Hash lists as VICS JSON (Project VIC data models 1.3 and 2.0), streamed.

Read of each record: MD5, SHA1, SHA256, PhotoDNA (inline or among AlternativeHashes), PDQ and PDQQuality among
AlternativeHashes, Category, VictimIdentified, OffenderIdentified, Miniature. A miniature becomes its SHA-256, never
decoded; names, comments and tags are not read. The entry number counts records from 0.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.kinds.codecs import vics
from leadline.kinds.codecs.entries import LIST
from leadline.kinds.codecs.hashtext import quality_of, value_of
from leadline.model.tables import from_columns

NAME = "vics"
FLAGS = (("VictimIdentified", "victim identified: contact the issuer"), ("OffenderIdentified", "offender identified"))
"""Flags that travel with a match, and the words they travel as."""


def sniff(path: Path) -> bool:
    """Whether the file begins as a VICS file does."""
    with path.open("rb") as file:
        head = file.read(vics.HEAD)
    return vics.context(head.decode("utf-8-sig", "replace")) is not None


def read(path: Path) -> pa.Table:
    """The list's hashes, in entries.LIST; KindError (with the entry) for a file that breaks."""
    columns: dict[str, list[object]] = {c.name: [] for c in LIST.columns}
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        scheme = vics.scheme(vics.context(file.read(vics.HEAD)) or "")
        file.seek(0)
        for entry, record in enumerate(vics.media(file)):
            _add(columns, entry, record, scheme)
    return from_columns(LIST, columns)


def hashes(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, text) of every hash of a record, inline ones first."""
    found = [(kind.lower(), record.get(kind)) for kind in ("MD5", "SHA1", "SHA256", "PhotoDNA")]
    others = record.get("AlternativeHashes")
    for other in others if isinstance(others, list) else []:
        if isinstance(other, dict):
            found.append((str(other.get("HashName", "")).strip().lower(), other.get("HashValue")))
    return [(kind, text) for kind, text in found if kind and isinstance(text, str) and text.strip()]


def _add(columns: dict[str, list[object]], entry: int, record: Mapping[str, Any], scheme: str) -> None:
    found = hashes(record)
    quality = next((quality_of(text) for kind, text in found if kind == "pdqquality"), None)
    stated = record.get("Category")
    category = str(stated).strip() if isinstance(stated, int | str) and not isinstance(stated, bool) else ""
    notes = [words for name, words in FLAGS if vics.truth(record.get(name))]
    if miniature := record.get("Miniature"):
        notes.append(f"miniature sha256 {_miniature(miniature)}")
    for kind, text in found:
        if kind == "pdqquality":
            continue
        value, fault = value_of(text)
        columns["entry"].append(entry)
        columns["hasher"].append(kind)
        columns["value"].append(value)
        columns["quality"].append(quality if kind == "pdq" else None)
        columns["category"].append(category or None)
        columns["scheme"].append(scheme if category else None)
        columns["note"].append("; ".join(notes) or None)
        columns["quarantine"].append(fault)


def _miniature(value: object) -> str:
    """SHA-256 (hex) of an embedded miniature's bytes; of its text when that is not base64."""
    text = str(value).encode()
    try:
        return hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return hashlib.sha256(text).hexdigest()
