"""GraphSense TagPack YAML, read and written: tags with what a pack's header says for all of them.

Source of the format: the public TagPack schema (tags inherit the header's fields; 14 words of confidence).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from leadline.errors import EvidenceError, KindError
from leadline.kinds.codecs import address as codec

CONFIDENCE = {
    "override": 100,
    "ownership": 100,
    "ledger_immanent": 100,
    "manual_transaction": 90,
    "service_api": 70,
    "forensic_investigation": 70,
    "authority_data": 60,
    "trusted_provider": 50,
    "service_data": 50,
    "forensic": 50,
    "untrusted_transaction": 40,
    "web_crawl": 20,
    "heuristic": 10,
    "unknown": 5,
}
"""The pack's words for its confidence, 0 to 100 (TagPack taxonomy `confidence`)."""

BITCOIN_NETWORKS = ("main", "test", "regtest")
"""Networks an address of currency BTC is tried on, in this order; test and signet share their address forms."""

_FIELDS = (
    "address", "label", "actor", "category", "concepts", "confidence", "source", "lastmod", "is_cluster_definer",
    "currency", "network",
)  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Pack:
    """A tag pack: its title and creator, and one list a column, entry by entry (None where nothing is said)."""

    title: str
    creator: str
    columns: dict[str, list[Any]]


def parse(data: bytes) -> Pack:
    """The pack in `data`; columns are those of kinds.codecs.entries.TAG.

    KindError, naming the entry, when the text is no tag pack. A tag of a transaction instead of an address is no row.
    An address that is none on any Bitcoin network stays, with network ``unknown``; it can match nothing.
    """
    document = _load(data)
    tags = document.get("tags")
    if not isinstance(tags, list):
        raise KindError("a tag pack needs a list of tags", remedy="give a GraphSense TagPack YAML file")
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    header = {name: document[name] for name in _FIELDS if name in document}
    for entry, tag in enumerate(tags):
        if not isinstance(tag, Mapping):
            raise KindError("an entry of the tag pack is no mapping", where=f"entry:{entry}")
        merged = {**header, **{name: tag[name] for name in _FIELDS if name in tag}}
        if merged.get("address") is None:
            continue
        if not merged.get("label"):
            raise KindError("a tag has no label, of its own or from the header", where=f"entry:{entry}")
        for name, value in zip(_COLUMNS, _row(entry, merged), strict=True):
            columns[name].append(value)
    return Pack(str(document.get("title", "")), str(document.get("creator", "")), columns)


def write(header: Mapping[str, Any], tags: Sequence[Mapping[str, Any]]) -> bytes:
    """A tag pack's YAML bytes: `header` first, then `tags`, keys in the order given; equal input, equal bytes."""
    document = {**header, "tags": [dict(tag) for tag in tags]}
    text: bytes = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, encoding="utf-8")
    return text


_COLUMNS = (
    "entry", "address", "network", "label", "actor", "category", "confidence", "confidence_level", "source", "lastmod",
    "cluster_definer",
)  # fmt: skip


_ALIAS = re.compile(rb"(?:^|[\s\[,{])\*\S", re.M)
"""What may be a YAML alias. No published pack has one, and a few nested ones unfold to more than a machine's memory."""


def _load(data: bytes) -> Mapping[str, Any]:
    try:
        if _ALIAS.search(data) and any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(data, Loader=_LOADER)):
            raise KindError("the tag pack uses YAML aliases", remedy="write every tag out")
        document = yaml.load(data, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line:{mark.line + 1}" if mark is not None else ""
        raise KindError("the tag pack is not valid YAML", where=where) from None
    if not isinstance(document, Mapping):
        raise KindError("a tag pack is a YAML mapping", remedy="give a GraphSense TagPack YAML file")
    return document


def _row(entry: int, tag: Mapping[str, Any]) -> tuple[Any, ...]:
    address = str(tag["address"]).strip()
    confidence = _text(tag.get("confidence"))
    definer = tag.get("is_cluster_definer")
    return (
        entry,
        address,
        _network(address, _text(tag.get("network")) or _text(tag.get("currency"))),
        str(tag["label"]),
        _text(tag.get("actor")),
        _text(tag.get("category")) or _first(tag.get("concepts")),
        confidence,
        CONFIDENCE.get(confidence) if confidence else None,
        _text(tag.get("source")),
        _date(tag.get("lastmod")),
        definer if isinstance(definer, bool) else None,
    )


def _network(address: str, said: str | None) -> str:
    """The Bitcoin network whose address this is; another coin's own name in lower case; unknown for neither."""
    name = (said or "BTC").lower()
    if name not in ("btc", "bitcoin", *BITCOIN_NETWORKS, "signet"):
        return name
    for network in (name,) if name in BITCOIN_NETWORKS else BITCOIN_NETWORKS:
        try:
            codec.decode(address, network)
        except EvidenceError:
            continue
        return network
    return "unknown"


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _first(value: object) -> str | None:
    return _text(value[0]) if isinstance(value, list) and value else None


def _date(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else _text(value)
