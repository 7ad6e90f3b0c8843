"""The tags of the pinned packs that stand on the pinned ledger: who each names, and what it may be used for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger import Ledger
from leadline.errors import KindError
from leadline.kinds.bitcoin import address_columns
from leadline.kinds.bitcoin.prefixes import prefixes
from leadline.model.findings import TAG_USES
from leadline.model.meanings import NO_SUCH_CONFIDENCE
from leadline.model.refs import ref, slug
from leadline.steps import open_pins
from leadline.steps.step import Pin

SERVICES = frozenset(
    [
        "exchange", "wallet_service", "hosted_wallet", "payment_processor", "payment_service", "gambling", "market",
        "marketplace", "shop", "service", "broker", "atm", "miner", "hosting", "vpn", "faucet", "lending",
    ]
)  # fmt: skip
"""Categories (TagPack taxonomy) of businesses that keep records of customers, so that asking them leads somewhere."""
MIXERS = frozenset({"mixing_service", "mixer", "coinjoin"})
"""Categories of services that break the link between what comes in and what goes out."""

LEAST_LEVEL = 20
"""Tags the pack itself calls heuristic (10) or unknown (5) name nobody; web_crawl (20) and better do."""
CLUSTER_LEVEL = 50
"""To speak for a whole cluster a tag must be at least forensic or the service's own data (50): one wrong tag would
otherwise rename every address of a cluster."""
OWNER = frozenset({None, "actor"})
"""Types of tag that say who owns an address (TagPack taxonomy `tag_type`); others tell of an event or a mention."""
ABOUT_ADDRESS = OWNER | {"attribute"}
"""Types of tag whose category counts in an exposure."""

NAMES, CATEGORY, WEAK, CLAIM, REMARK = TAG_USES
"""What a tag may be used for; the first names a service, the first two count in an exposure, the others are shown."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One usable tag on a script or transaction of the ledger: where, which entry of which pin, whom it names.

    `actors` are the entries (pin digest, entry) of actor packs without which it would name otherwise.
    """

    script: int
    tx: int
    digest: str
    entry: int
    name: str
    level: int
    spreads: bool
    use: str
    said: Mapping[str, Any]
    actors: tuple[tuple[str, int], ...] = ()

    @property
    def mixes(self) -> bool:
        """Whether the tag says that the service mixes."""
        return self.said["category"] in MIXERS


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags in order of pin and entry, and the entries that could not be used as (pin digest, locator, fault).

    actors: by service ref, the entries of actor packs that make it one name, as (pin digest, entry, row).
    """

    rows: tuple[Tag, ...]
    faults: tuple[tuple[str, str, str], ...]
    actors: Mapping[str, tuple[tuple[str, int, Mapping[str, Any]], ...]] = field(default_factory=dict)


def gather(pins: Sequence[Pin], withdrawn: frozenset[str], ledger: Ledger) -> Tags:
    """Every tag of the pinned packs on an address or a transaction of `ledger`, without those withdrawn.

    A pack that cannot be read as a whole, and an entry that cannot be used, becomes one fault; the rest is read. Names
    that an actor pack says are one actor's are one service; what two actors claim stands for neither.
    """
    packs: list[tuple[Pin, pa.Table]] = []
    faults: list[tuple[str, str, str]] = []
    for pin in pins:
        try:
            table = open_pins.tags(pin)
        except KindError as error:
            place = error.where.rpartition(" ")[2]  # the file's name stands before it
            faults.append((pin.digest, place if place.startswith("line:") else "", "unreadable"))
            continue
        table = _without(table, ref("tag", pin.digest), withdrawn)
        bad = table.filter(pc.is_valid(table.column("fault"))).select(["entry", "fault"]).to_pylist()
        faults += [(pin.digest, f"entry:{row['entry']}", row["fault"]) for row in bad]
        usable = table.filter(pc.is_null(table.column("fault")))
        said = usable.select(["entry", "confidence", "confidence_level"]).to_pylist()
        faults += [
            (pin.digest, f"entry:{row['entry']}", NO_SUCH_CONFIDENCE)
            for row in said
            if row["confidence"] is not None and row["confidence_level"] is None
        ]
        packs.append((pin, usable))
    names, actors, shared = _actors(packs)
    rows: list[Tag] = []
    for pin, table in packs:
        for script, tx, row in _on(table, ledger):
            own = slug(row["actor"] or row["label"])
            name = ref("service", names.get(own.lower(), own))
            known = actors.get(name, ())
            filled = row["category"] is None and bool(known) and known[0][2]["category"] is not None
            row = {**row, "category": known[0][2]["category"]} if filled else row
            on = tuple((digest, entry) for digest, entry, _ in known) if filled or name != ref("service", own) else ()
            level = LEAST_LEVEL if row["confidence_level"] is None else row["confidence_level"]
            use = _use(row, level, script)
            spreads = use == NAMES and level >= CLUSTER_LEVEL and row["cluster_definer"] is not False
            rows.append(Tag(script, tx, pin.digest, row["entry"], name, level, spreads, use, row, on))
    met = {tag.name for tag in rows}
    return Tags(tuple(rows), (*faults, *shared), {name: found for name, found in actors.items() if name in met})


def _without(table: pa.Table, whole: str, withdrawn: frozenset[str]) -> pa.Table:
    """The rows that are not withdrawn."""
    if whole in withdrawn:
        return table.slice(0, 0)
    mark = f"{whole}#entry:"
    gone = [int(w.removeprefix(mark)) for w in sorted(withdrawn) if w.startswith(mark)]
    return table.filter(pc.invert(pc.is_in(table.column("entry"), pa.array(gone, pa.int64())))) if gone else table


def scripts_of(addresses: Sequence[str], ledger: Ledger) -> list[int]:
    """Script id of each address on this ledger, -1 for an address of another network or one never paid."""
    found = address_columns.scripts(pa.array(addresses, pa.string()), prefixes(ledger.network))
    ids: list[int] = ledger.find_scripts([script or b"" for script in found]).tolist()
    return [id_ if script else -1 for id_, script in zip(ids, found, strict=True)]


def _on(table: pa.Table, ledger: Ledger) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(script or -1, transaction or -1, row) of every tag of `table` that this ledger holds."""
    addressed = table.filter(pc.is_valid(table.column("address")))
    ids = scripts_of(addressed.column("address").to_pylist(), ledger)
    rows = [i for i, id_ in enumerate(ids) if id_ >= 0]
    for i, row in zip(rows, addressed.take(pa.array(rows, pa.int64())).to_pylist(), strict=True):
        yield ids[i], -1, row
    for row in table.filter(pc.is_valid(table.column("tx"))).to_pylist():
        tx = ledger.tx_index(row["tx"])
        if tx >= 0:
            yield -1, tx, row


def _use(row: Mapping[str, Any], level: int, script: int) -> str:
    """What the tag may be used for: a word of TAG_USES."""
    if row["vendor"]:
        return CLAIM
    if script < 0 or row["tag_type"] not in ABOUT_ADDRESS:
        return REMARK
    if level < LEAST_LEVEL:
        return WEAK
    owner = row["tag_type"] in OWNER and row["category"] in SERVICES | MIXERS
    return NAMES if owner else CATEGORY


def _actors(
    packs: Sequence[tuple[Pin, pa.Table]],
) -> tuple[dict[str, str], dict[str, tuple[tuple[str, int, Mapping[str, Any]], ...]], list[tuple[str, str, str]]]:
    """(name by other name, entries by service ref, faults) of the actor packs.

    Actors that name one another as an alias are one, under the least of their ids: a cycle does no harm. An alias that
    several such groups claim is a fault of each later claimant and names none of them.
    """
    entries: list[tuple[str, int, dict[str, Any]]] = []
    for pin, table in packs:
        rows = table.filter(pc.and_(pc.is_null(table.column("address")), pc.is_null(table.column("tx")))).to_pylist()
        entries += [(pin.digest, row["entry"], row) for row in rows if row["actor"]]
    ids = sorted({slug(row["actor"]) for _, _, row in entries})
    lower = {id_.lower(): id_ for id_ in reversed(ids)}
    root = {id_: id_ for id_ in ids}

    def top(id_: str) -> str:
        while root[id_] != id_:
            id_ = root[id_]
        return id_

    aliases = [(n, slug(row["actor"]), slug(a).lower()) for n, (*_, row) in enumerate(entries) for a in _lines(row)]
    for _, id_, alias in aliases:
        if alias in lower:
            low, high = sorted((top(id_), top(lower[alias])))
            root[high] = low
    claimed: dict[str, set[str]] = defaultdict(set)
    for _, id_, alias in aliases:
        if alias not in lower:
            claimed[alias].add(top(id_))
    names = {id_.lower(): top(id_) for id_ in ids}
    names |= {alias: next(iter(tops)) for alias, tops in claimed.items() if len(tops) == 1}
    shared = sorted({n for n, _, alias in aliases if len(claimed[alias]) > 1})
    found: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = defaultdict(list)
    for digest, entry, row in entries:
        found[ref("service", top(slug(row["actor"])))].append((digest, entry, row))
    faults = [(entries[n][0], f"entry:{entries[n][1]}", "shared_alias") for n in shared]
    return names, {name: tuple(those) for name, those in found.items()}, faults


def _lines(row: Mapping[str, Any]) -> list[str]:
    return str(row["aliases"]).splitlines() if row["aliases"] else []
