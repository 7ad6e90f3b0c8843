"""Tags as a CSV with a header line, other tools' exports, and bare lists of sanctioned addresses, one a line.

CSV columns, by these names in any order and case: address or tx_hash, label, and where there is one actor, category,
abuse, concepts, tag_type, confidence (a word of the TagPack taxonomy), source, lastmod, licence, network,
is_cluster_definer, context, vendor. A row with a vendor is that tool's claim: it is kept and shown, at level 0, and
names nobody. So is every row of a table that calls its names otherwise (entity, cluster, owner ...), as the exports of
other tools do; the vendor is then the file's own name. A line that cannot be used stays as a row that says why.
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import EvidenceError, KindError
from leadline.kinds.bitcoin import address as codec
from leadline.kinds.codecs.entries import TAG
from leadline.kinds.codecs.tagpack import BITCOIN_NETWORKS, CONFIDENCE, UNKNOWN
from leadline.model.meanings import BAD_TRANSACTION, NO_ADDRESS, NO_LABEL
from leadline.model.tables import from_columns
from leadline.model.words import BAD_ADDRESS

_HEAD_BYTES = 65_536
LARGEST = 1 << 30
"""Bytes of a list, which is held in memory."""
_LINE_END = re.compile(r"\r\n?|\n")
LISTED = "sanctioned"
"""Category of a bare list's addresses."""
VENDOR = "vendor_claim"
"""Confidence word of another tool's claim; its level is 0, below every tag that names anybody."""
FOREIGN = {
    "address": ("wallet address", "wallet_address", "btc address", "crypto address"),
    "tx_hash": ("txid", "transaction hash"),
    "label": ("entity", "entity name", "entity_name", "cluster", "cluster name", "cluster_name", "owner", "wallet"),
    "category": ("entity type", "entity category", "cluster category", "type"),
    "lastmod": ("last updated", "updated"),
    "licence": ("license",),
}
"""What exports of other tools call the columns; a foreign name for `label` makes every row that tool's claim."""
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_TXID = re.compile(r"[0-9a-f]{64}")


def sniff(path: Path) -> bool:
    """Whether the first line names an address and a label column, or the first lines are all Bitcoin addresses."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"\0" in head:
        return False
    lines = [line.strip() for line in head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        return False
    if _is_header(_names(lines[0])):
        return True
    whole = lines[:20] if len(lines) > 20 else lines
    return all(_network(line) is not None for line in whole)


def read(path: Path) -> pa.Table:
    """The tags at `path` as kinds.codecs.entries.TAG; entries are numbered by line, from 1.

    KindError when no line can be used.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise KindError(f"the tag list has more than {LARGEST:,} bytes", remedy="divide it into several")
        lines = _LINE_END.split(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise KindError("the tag list cannot be read as UTF-8 text") from None
    rows: list[dict[str, Any]] = []
    header: list[str] = []
    vendor, bare = None, False
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not header and not bare:
            header = _names(line)
            bare = not _is_header(header)
            if not bare:
                own = [cell.strip().lower() for cell in _cells(line) or []]
                vendor = None if "label" in own else path.stem
                continue
        rows.append({"entry": number, **(_listed(path, line.strip()) if bare else _row(header, line, vendor))})
    if all(row["fault"] for row in rows):
        raise KindError("no line of the tag list can be used", remedy="give a CSV with the columns address and label")
    return from_columns(TAG, {c.name: [row.get(c.name) for row in rows] for c in TAG.columns})


def _cells(line: str) -> list[str] | None:
    try:
        return next(csv.reader([line]))
    except (csv.Error, StopIteration):
        return None


def _names(line: str) -> list[str]:
    """The columns a header line names, other tools' words for them turned into ours."""
    known = {foreign: own for own, words in FOREIGN.items() for foreign in words}
    cells = [cell.strip().lower() for cell in _cells(line) or []]
    return [known.get(cell, cell) if known.get(cell) not in cells else cell for cell in cells]


def _is_header(names: list[str]) -> bool:
    return "label" in names and ("address" in names or "tx_hash" in names)


def _network(text: str) -> str | None:
    """The first Bitcoin network `text` is an address of."""
    for network in BITCOIN_NETWORKS:
        try:
            codec.decode(text, network)
        except EvidenceError:
            continue
        return network
    return None


def _listed(path: Path, address: str) -> dict[str, Any]:
    """A line of a bare list: named by the file, as authorities publish it; it says of nobody that he is the owner."""
    network = _network(address)
    return {
        "address": address, "network": network or UNKNOWN, "label": path.stem, "category": LISTED, "public": True,
        "tag_type": "attribute", "confidence": "authority_data", "confidence_level": CONFIDENCE["authority_data"],
        "cluster_definer": False, "fault": None if network else BAD_ADDRESS,
    }  # fmt: skip


def _row(header: list[str], line: str, vendor: str | None) -> dict[str, Any]:
    cells = _cells(line)
    if cells is None or len(cells) > len(header):
        return {"fault": "bad_line"}
    said = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
    address, tx = said.get("address"), said.get("tx_hash", "").lower() or None
    network = said.get("network") or (_network(address) if address else None)
    vendor = said.get("vendor") or vendor
    confidence = VENDOR if vendor else said.get("confidence")
    definer = said.get("is_cluster_definer", "").lower()
    concepts = [word.strip() for word in re.split("[,;]", said.get("concepts", "")) if word.strip()]
    return {
        "address": address, "tx": None if address else tx, "network": network or (UNKNOWN if address else None),
        "label": said.get("label"), "actor": said.get("actor"),
        "category": said.get("category") or said.get("abuse") or (concepts[0] if concepts else None),
        "abuse": said.get("abuse"), "concepts": ",".join(concepts) or None, "tag_type": said.get("tag_type"),
        "confidence": confidence, "confidence_level": 0 if vendor else CONFIDENCE.get(confidence or ""),
        "source": said.get("source"), "lastmod": said.get("lastmod"), "licence": said.get("licence"),
        "context": said.get("context"), "vendor": vendor,
        "cluster_definer": True if definer in _TRUE else False if definer in _FALSE else None,
        "fault": _fault(said, network, tx),
    }  # fmt: skip


def _fault(said: Mapping[str, str], network: str | None, tx: str | None) -> str | None:
    if "label" not in said and "actor" not in said:
        return NO_LABEL
    if "address" in said:
        return None if network else BAD_ADDRESS
    if tx is None:
        return NO_ADDRESS
    return None if _TXID.fullmatch(tx) else BAD_TRANSACTION
