"""Who the pinned tag packs say owns which scripts, and what each name rests on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.behaviour import Counted, counted
from leadline.engines.ledger.merges import Joins, joins
from leadline.engines.ledger.view import View
from leadline.engines.ledger.walks import Names
from leadline.errors import EvidenceError
from leadline.kinds.codecs import address
from leadline.model.refs import ref, slug
from leadline.steps import pinned
from leadline.steps.step import Claims, Pin

SERVICES = frozenset(
    [
        "exchange",
        "wallet_service",
        "hosted_wallet",
        "payment_processor",
        "payment_service",
        "gambling",
        "market",
        "marketplace",
        "shop",
        "service",
        "broker",
        "atm",
        "miner",
        "hosting",
        "vpn",
        "faucet",
        "lending",
    ]
)
"""Categories (TagPack taxonomy) of businesses that keep records of customers, so that asking them leads somewhere."""
MIXERS = frozenset({"mixing_service", "mixer", "coinjoin"})
"""Categories of services that break the link between what comes in and what goes out."""

LEAST_LEVEL = 20
"""Tags the pack itself calls heuristic (10) or unknown (5) name nobody; web_crawl (20) and better do."""
CLUSTER_LEVEL = 50
"""To speak for a whole cluster a tag must be at least forensic or the service's own data (50): one wrong tag would
otherwise rename every address of a cluster."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag on a script of the ledger: service (index), pin, entry, level, whether it speaks for a cluster."""

    service: int
    digest: str
    entry: int
    level: int
    spreads: bool


@dataclass(frozen=True, slots=True)
class Services:
    """Services by index, tags by script (best first), names by script, the way from a script to a tagged one, and the
    signs of clusters that behave like a service."""

    refs: tuple[str, ...]
    mixes: tuple[bool, ...]
    tags: dict[int, list[Tag]]
    names: Names
    joined: Joins
    counted: Counted

    def level_ppm(self, script: int) -> int:
        """The confidence of the tag that names `script` (itself or through its cluster), in millionths."""
        return self.tags[self._tagged(script)[1]][0].level * 10_000

    def rest(self, claims: Claims, finding: bytes, script: int, ledger: Ledger) -> None:
        """`finding` rests on the tag that names `script` and the merges between; tags that differ stand against it."""
        merges, tagged = self._tagged(script)
        for tx, rule in merges:
            txid = ledger.txid_hex(tx)
            claims.rest(finding, "merge", ref("tx", txid), f"tx:{txid}>rule:{rule}")
        best = self.tags[tagged][0]
        claims.rest(finding, "tag", ref("tag", best.digest), f"entry:{best.entry}")
        for other in self.tags[tagged][1:]:
            if other.service != best.service:
                claims.rest(finding, "tag", ref("tag", other.digest), f"entry:{other.entry}", "against")

    def _tagged(self, script: int) -> tuple[list[tuple[int, str]], int]:
        """The merges (transaction, rule) from `script` to the tagged script that names it (none when it is tagged)."""
        return ([], script) if self.names.direct[script] >= 0 else self.joined.path(script)


def services(pins: Sequence[Pin], withdrawn: frozenset[str], ledger: Ledger, view: View) -> Services:
    """The services the pinned packs name on this ledger, without the tags that are withdrawn."""
    known: dict[str, int] = {}
    mixes: list[bool] = []
    by_script: dict[int, list[Tag]] = defaultdict(list)
    for pin in pins:
        pack = usable(pin, withdrawn, SERVICES | MIXERS)
        found = scripts_of(pack.column("address").to_pylist(), ledger)
        for row, script in zip(pack.to_pylist(), found, strict=True):
            if script < 0:
                continue
            name = ref("service", slug(row["actor"] or row["label"]))
            if name not in known:
                known[name] = len(known)
                mixes.append(row["category"] in MIXERS)
            level = LEAST_LEVEL if row["confidence_level"] is None else row["confidence_level"]
            spreads = level >= CLUSTER_LEVEL and row["cluster_definer"] is not False
            by_script[script].append(Tag(known[name], pin.digest, row["entry"], level, spreads))
    for tags in by_script.values():
        tags.sort(key=lambda t: -t.level)
    signs = counted(view)
    names, targets = _names(by_script, view, signs)
    return Services(tuple(known), tuple(mixes), dict(by_script), names, joins(view, targets), signs)


def usable(pin: Pin, withdrawn: frozenset[str], categories: frozenset[str] | None = None) -> pa.Table:
    """Tags of addresses of these categories (of any, when None), sure enough, not withdrawn."""
    table = pinned.tags(pin)
    whole = ref("tag", pin.digest)
    if whole in withdrawn:
        return table.slice(0, 0)
    gone = [int(w.removeprefix(f"{whole}#entry:")) for w in sorted(withdrawn) if w.startswith(f"{whole}#entry:")]
    keep = pc.invert(pc.is_in(table.column("entry"), pa.array(gone, pa.int64())))
    if categories is not None:
        keep = pc.and_(keep, pc.is_in(table.column("category"), pa.array(sorted(categories))))
    sure = pc.fill_null(pc.greater_equal(table.column("confidence_level"), LEAST_LEVEL), True)
    return table.filter(pc.and_(keep, sure))


def scripts_of(addresses: Sequence[str], ledger: Ledger) -> list[int]:
    """Script id of each address on this ledger, -1 for an address of another network or one never paid."""
    scripts = []
    for text in addresses:
        try:
            scripts.append(address.decode(text, ledger.network))
        except EvidenceError:
            scripts.append(b"")
    ids: list[int] = ledger.find_scripts(scripts).tolist()
    return [id_ if script else -1 for id_, script in zip(ids, scripts, strict=True)]


def _names(
    by_script: dict[int, list[Tag]], view: View, signs: Counted
) -> tuple[Names, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Names of scripts and clusters, and the tagged scripts that speak for their cluster.

    A cluster that tags give to several services, or that holds only tags that do not speak for it, has no name; a walk
    still ends there, as at any service without a name.
    """
    n = len(view.cluster)
    direct = np.full(n, -1, np.int64)
    speaking: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    flags = signs.service[view.cluster]
    for script, tags in sorted(by_script.items()):
        direct[script] = tags[0].service
        cluster = int(view.cluster[script])
        flags[cluster] = True
        if tags[0].spreads:
            speaking[cluster][tags[0].service].append(script)
    by_cluster = np.full(n, -1, np.int64)
    targets: list[int] = []
    for cluster, claims in speaking.items():
        if len(claims) == 1:
            (by_cluster[cluster],) = claims
            targets += next(iter(claims.values()))
    service = np.where(direct >= 0, direct, by_cluster[view.cluster])
    unnamed = flags | flags[view.cluster]
    return Names(direct, service, unnamed & (service < 0)), np.array(sorted(targets), np.int64)
