"""Whom tags name on the scripts and transactions of a ledger, each with the pack, entry, source and grade behind it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.engines.ledger import Ledger
from leadline.errors import UsageError
from leadline.flow.pinning import files_of
from leadline.kinds.bitcoin.address import encode
from leadline.steps.step import Pin
from leadline.steps.trace.tags import NAMES, Tag, Tags, gather
from leadline.store import durable
from leadline.views.transaction import Facts

OWN, CLUSTER = "tag", "cluster"
"""How a tag comes to stand on a script: on the script itself, or on another of its cluster, which is a lead."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tags by script, by transaction and, by a cluster's label, the surest of each name that speaks for all of it.

    `packs` are the packs' names by digest; `unused` counts the entries that could not be used.
    """

    ledger: Ledger
    scripts: Mapping[int, Sequence[Tag]]
    transactions: Mapping[int, Sequence[Tag]]
    clusters: Mapping[int, Sequence[Tag]]
    packs: Mapping[str, str]
    unused: int

    def on_script(self, script: int) -> list[Facts]:
        """The tags of a script: its own, surest first, then those of its cluster; a tag of both stands once."""
        own = self.scripts.get(script, ())
        label = int(self.ledger.cluster_of[script])
        others = [tag for tag in self.clusters.get(label, ()) if tag.script != script]
        return [*(self._said(tag, OWN) for tag in own), *(self._said(tag, CLUSTER) for tag in others)]

    def on_transaction(self, tx: int) -> list[Facts]:
        """The tags of a transaction itself."""
        return [self._said(tag, OWN) for tag in self.transactions.get(tx, ())]

    def _said(self, tag: Tag, by: str) -> Facts:
        said = tag.said
        address = encode(self.ledger.script_bytes(tag.script), self.ledger.network) if tag.script >= 0 else None
        return {
            "by": by,
            "service": tag.name if tag.use == NAMES else None,
            "label": said["label"],
            "category": said["category"],
            "use": tag.use,
            "confidence": said["confidence"],
            "level": tag.level,
            "address": address,
            "source": said["source"],
            "lastmod": said["lastmod"],
            "pack": self.packs[tag.digest],
            "tag": f"tag:{tag.digest}#entry:{tag.entry}",
        }


def packs(ledger: Ledger, paths: Iterable[Path]) -> Tagged:
    """The tags of packs, each a file or a folder of them, that stand on a ledger.

    Raises:
        UsageError: a path that is not there, or a folder without a pack.
    """
    pins: dict[str, Pin] = {}
    for path in paths:
        if not path.exists():
            raise UsageError("no such tag pack", where=path.name, remedy="name a tag pack's file, or a folder of them")
        for file in files_of("tag", path)[0]:
            digest = durable.sha256(file)
            pins.setdefault(digest, Pin("tag", file.name, file, digest))
    return tagged(ledger, gather(list(pins.values()), frozenset(), ledger), list(pins.values()))


def tagged(ledger: Ledger, tags: Tags, pins: Sequence[Pin]) -> Tagged:
    """Tags that were gathered, by where they stand."""
    scripts, transactions, clusters = (defaultdict[int, list[Tag]](list) for _ in range(3))
    spoken: set[tuple[int, str, str | None]] = set()
    for tag in sorted(tags.rows, key=lambda tag: (-tag.level, tag.digest, tag.entry)):
        if tag.script < 0:
            transactions[tag.tx].append(tag)
            continue
        scripts[tag.script].append(tag)
        label = int(ledger.cluster_of[tag.script])
        name = label, tag.name, tag.said["category"]
        if tag.spreads and name not in spoken:  # an exchange may have thousands of tags of one name
            spoken.add(name)
            clusters[label].append(tag)
    return Tagged(ledger, scripts, transactions, clusters, {p.digest: p.name for p in pins}, len(tags.faults))


def differ(tags: Sequence[Mapping[str, Any]]) -> list[str]:
    """The services that tags of one script name where they name more than one: a conflict that nobody has decided."""
    named = sorted({str(tag["service"]) for tag in tags if tag["service"]})
    return named if len(named) > 1 else []


def added(facts: Facts, said: Tagged) -> Facts:
    """The facts of views.transaction with `tags` on every script of them, and on the transaction where it is one."""
    ledger = said.ledger

    def row(one: Facts) -> Facts:
        script = ledger.find_script(bytes.fromhex(one["script"])) if one.get("script") else -1
        return {**one, "tags": said.on_script(script) if script >= 0 else []}

    if "txid" not in facts:
        whole = {**row(facts), "same_key": [row(one) for one in facts["same_key"]]}
    else:
        sides = {side: [row(one) for one in facts[side]] for side in ("inputs", "outputs")}
        whole = {**facts, **sides, "tags": said.on_transaction(ledger.tx_index(facts["txid"]))}
    return {**whole, "unused_tags": said.unused}
