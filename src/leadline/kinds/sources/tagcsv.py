"""Tags as a table: CSV with an address and a label column, and bare lists of sanctioned addresses, one a line.

CSV columns, by these names in any order and case: address, label, and where there is one actor, category, confidence (a
word of the TagPack taxonomy), source, lastmod, network, is_cluster_definer, vendor. A row with a vendor is that tool's
claim: it is kept and shown, at level 0, and names nobody. A line that cannot be used is no row.
"""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import EvidenceError, KindError
from leadline.kinds.codecs import address as codec
from leadline.kinds.codecs.entries import TAG
from leadline.kinds.codecs.tagpack import BITCOIN_NETWORKS, CONFIDENCE
from leadline.model.tables import from_columns

_HEAD_BYTES = 65_536
LISTED = "sanctioned"
"""Category of a bare list's addresses."""
VENDOR = "vendor_claim"
"""Confidence word of another tool's claim; its level is 0, below every tag that names anybody."""
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


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
    names = _names(next(csv.reader([lines[0]])))
    if "address" in names and "label" in names:
        return True
    whole = lines[:20] if len(lines) > 20 else lines
    return all(_network(line) is not None for line in whole)


def read(path: Path) -> pa.Table:
    """The tags at `path` as kinds.codecs.entries.TAG; entries are numbered by line, from 1.

    A row without a label, or with an address of no Bitcoin network, is left out. KindError when no row is left.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise KindError("the tag list cannot be read as UTF-8 text") from None
    columns: dict[str, list[Any]] = {c.name: [] for c in TAG.columns}
    header: list[str] = []
    bare = False
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not header and not bare:
            header = _names(next(csv.reader([line])))
            bare = not {"address", "label"} <= set(header)
            if not bare:
                continue
        cells = {"address": line.strip()} if bare else dict(zip(header, next(csv.reader([line])), strict=False))
        row = _listed(path, cells) if bare else _row(cells)
        if row is None:
            continue
        for name, value in {"entry": number, **row}.items():
            columns[name].append(value)
    if not columns["entry"]:
        raise KindError("no line of the tag list can be used", remedy="give a CSV with the columns address and label")
    return from_columns(TAG, columns)


def _names(cells: list[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _network(text: str) -> str | None:
    """The first Bitcoin network `text` is an address of."""
    for network in BITCOIN_NETWORKS:
        try:
            codec.decode(text, network)
        except EvidenceError:
            continue
        return network
    return None


def _listed(path: Path, cells: dict[str, str]) -> dict[str, Any] | None:
    """A line of a bare list: named by the file, as authorities publish it."""
    network = _network(cells["address"])
    if network is None:
        return None
    return {
        "address": cells["address"], "network": network, "label": path.stem, "actor": None, "category": LISTED,
        "confidence": "authority_data", "confidence_level": CONFIDENCE["authority_data"], "source": None,
        "lastmod": None, "cluster_definer": False,
    }  # fmt: skip


def _row(cells: dict[str, str]) -> dict[str, Any] | None:
    said = {name: value.strip() for name, value in cells.items() if value and value.strip()}
    network = said.get("network") or _network(said.get("address", ""))
    if "label" not in said or network is None:
        return None
    confidence = VENDOR if "vendor" in said else said.get("confidence")
    definer = said.get("is_cluster_definer", "").lower()
    return {
        "address": said["address"], "network": network,
        "label": said["label"] if "vendor" not in said else f"{said['label']} ({said['vendor']} claims)",
        "actor": said.get("actor"), "category": said.get("category"), "confidence": confidence,
        "confidence_level": 0 if confidence == VENDOR else CONFIDENCE.get(confidence or ""),
        "source": said.get("source"), "lastmod": said.get("lastmod"),
        "cluster_definer": True if definer in _TRUE else False if definer in _FALSE else None,
    }  # fmt: skip
