"""GraphSense TagPack YAML, read and written: tags with what a pack's header says for all of them, and actor packs.

Source of the format: the public TagPack and ActorPack schemas (tags inherit the header's fields; 14 words of
confidence). Beyond them a ``license`` is read where a pack states one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from leadline.errors import EvidenceError, KindError
from leadline.kinds.bitcoin import address as codec
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.kinds.codecs import plainyaml
from leadline.kinds.codecs.entries import TAG
from leadline.model.meanings import BAD_TRANSACTION, NO_ADDRESS, NO_LABEL, REPEATED_KEY
from leadline.model.words import BAD_ADDRESS

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
"""Networks an address of currency BTC is tried on, in this order; testnet4 and signet have the addresses of test."""
UNKNOWN = "unknown"
"""Network of an address that is none on any Bitcoin network though nothing says it is another coin's."""

_FIELDS = (
    "address", "tx_hash", "label", "actor", "category", "abuse", "concepts", "tag_type", "confidence", "source",
    "lastmod", "is_cluster_definer", "context", "currency", "network", "license", "licence",
)  # fmt: skip
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:$|[Tt ])")
_TXID = re.compile(r"[0-9a-f]{64}")
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Pack:
    """A tag or actor pack: its title and creator, and its entries as rows of kinds.codecs.entries.TAG."""

    title: str
    creator: str
    rows: list[dict[str, Any]]

    @property
    def columns(self) -> dict[str, list[Any]]:
        """One list a column of TAG, None where nothing is said."""
        return {c.name: [row.get(c.name) for row in self.rows] for c in TAG.columns}


def parse(data: bytes) -> Pack:
    """The pack in `data`; KindError when it is none as a whole.

    An entry that cannot be used stays as a row with its `fault`; the others are read. An address that is none on any
    Bitcoin network stays, with network ``unknown``; it can match nothing.
    """
    document = _load(data)
    title, creator = str(document.get("title", "")), _text(document.get("creator"))
    public = plainyaml.flag(document.get("is_public"))
    header = {name: document[name] for name in _FIELDS if name in document}
    if isinstance(document.get("actors"), list):
        rows = (_actor(entry, said, header) for entry, said in enumerate(document["actors"]))
    elif isinstance(document.get("tags"), list):
        rows = (_tag(entry, said, header) for entry, said in enumerate(document["tags"]))
    else:
        raise KindError("a tag pack needs a list of tags or actors", remedy="give a GraphSense TagPack YAML file")
    return Pack(title, creator or "", [{**row, "creator": creator, "public": public} for row in rows])


def write(header: Mapping[str, Any], tags: Sequence[Mapping[str, Any]]) -> bytes:
    """A tag pack's YAML bytes: `header` first, then `tags`, keys in the order given; equal input, equal bytes."""
    document = {**header, "tags": [dict(tag) for tag in tags]}
    text: bytes = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, encoding="utf-8")
    return text


def _load(data: bytes) -> Mapping[str, Any]:
    """The pack's fields, those of its ``header:`` among them, as GraphSense's own tool reads them."""
    document = plainyaml.load(data)
    if not isinstance(document, plainyaml.Fields):
        raise KindError("a tag pack is a YAML mapping", remedy="give a GraphSense TagPack YAML file")
    header = document.get("header")
    for fields in (document, header):
        if isinstance(fields, plainyaml.Fields) and fields.repeated:
            raise KindError(f"{fields.repeated[:40]!r} stands twice in the tag pack's header")
    return {**document, **header} if isinstance(header, plainyaml.Fields) else document


def _tag(entry: int, said: object, header: Mapping[str, Any]) -> dict[str, Any]:
    """The row of one tag, which inherits the header's fields."""
    if not isinstance(said, Mapping):
        return {"entry": entry, "fault": "no_mapping"}
    tag = {**header, **{name: said[name] for name in _FIELDS if name in said}}
    confidence = _text(tag.get("confidence"))
    concepts = _words(tag.get("concepts"))
    address = str(tag["address"]).strip() if tag.get("address") is not None else None
    network = _network(address, _text(tag.get("network")) or _text(tag.get("currency"))) if address else None
    tx = _text(tag.get("tx_hash"))
    row: dict[str, Any] = {
        "entry": entry,
        "address": address,
        "tx": tx.lower() if tx and not address else None,
        "network": network,
        "label": _text(tag.get("label")),
        "actor": _text(tag.get("actor")),
        "category": _text(tag.get("category")) or _text(tag.get("abuse")) or (concepts[0] if concepts else None),
        "abuse": _text(tag.get("abuse")),
        "concepts": ",".join(concepts) or None,
        "tag_type": _text(tag.get("tag_type")),
        "confidence": confidence,
        "confidence_level": CONFIDENCE.get(confidence) if confidence else None,
        "cluster_definer": plainyaml.flag(tag.get("is_cluster_definer")),
        "source": _text(tag.get("source")),
        "lastmod": _date(tag.get("lastmod")),
        "licence": _text(tag.get("license")) or _text(tag.get("licence")),
        "context": _context(tag.get("context")),
    }
    return {**row, "fault": _repeated(said) or _fault(row)}


def _repeated(said: Mapping[str, Any]) -> str | None:
    """The fault of an entry that says one field twice: which of the two holds is not said."""
    return REPEATED_KEY if isinstance(said, plainyaml.Fields) and said.repeated else None


def _fault(row: Mapping[str, Any]) -> str | None:
    """The first thing wrong with a tag, a word of TAG_FAULTS."""
    if not row["label"] and not row["actor"]:
        return NO_LABEL
    if not row["address"] and not row["tx"]:
        return NO_ADDRESS
    if row["tx"] and not _TXID.fullmatch(row["tx"]):
        return BAD_TRANSACTION
    return BAD_ADDRESS if row["network"] == UNKNOWN else None


def _actor(entry: int, said: object, header: Mapping[str, Any]) -> dict[str, Any]:
    """The row of one actor of an actor pack; what it is the same as counts among its aliases."""
    if not isinstance(said, Mapping):
        return {"entry": entry, "fault": "no_mapping"}
    name = _text(said.get("id"))
    context = said.get("context")
    inner = context if isinstance(context, Mapping) else _json(context)
    others = [*_words(said.get("aliases")), *_words(inner.get("aliases")), *_words(inner.get("same_as"))]
    categories = _words(said.get("categories"))
    return {
        "entry": entry,
        "label": _text(said.get("label")) or name,
        "actor": name,
        "category": categories[0] if categories else None,
        "concepts": ",".join(categories) or None,
        "source": _text(said.get("uri")),
        "lastmod": _date(said.get("lastmod", header.get("lastmod"))),
        "licence": _text(header.get("license")) or _text(header.get("licence")),
        "context": _context(context),
        "aliases": "\n".join(dict.fromkeys(others)) or None,
        "jurisdictions": ",".join(_words(said.get("jurisdictions"))) or None,
        "fault": _repeated(said) or (None if name else NO_LABEL),
    }


def _network(address: str, said: str | None) -> str:
    """The Bitcoin network whose address this is; another coin's own name in lower case; unknown for neither."""
    name = (said or "BTC").lower()
    if name not in ("btc", "bitcoin", *NETWORKS):
        return name
    for network in (name,) if name in BITCOIN_NETWORKS else BITCOIN_NETWORKS:
        try:
            codec.decode(address, network)
        except EvidenceError:
            continue
        return network
    return UNKNOWN


def _text(value: object) -> str | None:
    return None if value is None or value == "" or isinstance(value, Mapping | list) else str(value)


def _words(value: object) -> list[str]:
    return [str(v) for v in value if v is not None and v != ""] if isinstance(value, list) else []


def _json(value: object) -> Mapping[str, Any]:
    """The mapping a context's text holds, empty when it holds none."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _context(value: object) -> str | None:
    """A context as text: a mapping as JSON with sorted keys."""
    if isinstance(value, Mapping | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return _text(value)


def _date(value: object) -> str | None:
    """A date or the date of a time as ISO 8601; any other text as it stands."""
    text = _text(value)
    found = _DAY.match(text) if text else None
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text
