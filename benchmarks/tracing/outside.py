"""Outside truth: real mainnet mixes as other detectors listed them, and published tags on real spends."""

import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger import joins_kernels
from leadline.kinds.codecs import address, tagpack
from leadline.model.ledger import JOIN_NONE, TX0
from tracing.figures import share

_FOUND = "listed by Dumplings' own rules: agreement with another detector, not truth; presupposes a shape rule"
SETS = (
    ("Whirlpool mixes seen as CoinJoin", "dumplings__sw_202403.zip", "SamouraiCoinJoins", "mix", _FOUND),
    ("Whirlpool Tx0 seen as Tx0", "dumplings__sw_202403.zip", "SamouraiTx0s", "tx0", _FOUND),
    ("Whirlpool Tx0 wrongly seen as CoinJoin", "dumplings__sw_202403.zip", "SamouraiTx0s", "mix", _FOUND),
    ("Wasabi 1 mixes seen as CoinJoin", "dumplings__ww1_202405.zip", "WasabiCoinJoins", "mix", _FOUND),
    (
        "Whirlpool post-mix spends seen as CoinJoin (an upper bound: real re-mixes are among them)",
        "dumplings__sw_202403.zip", "SamouraiPostMixTxs", "mix", _FOUND,
    ),
    (
        "Wasabi 1 post-mix spends seen as CoinJoin (an upper bound: real re-mixes are among them)",
        "dumplings__ww1_202405.zip", "WasabiPostMixTxs", "mix", _FOUND,
    ),
)  # fmt: skip


def lines(archive: Path, member: str) -> list[tuple[str, list[tuple[str, int, int, bytes]], list[tuple[int, bytes]]]]:
    """(txid, inputs as (txid, vout, value, script), outputs as (value, script)) of every transaction of one list."""
    found = []
    with zipfile.ZipFile(archive) as zipped:
        for line in zipped.read(f"Scanner/{member}.txt").decode().splitlines():
            txid, _, _, _, spent, created = line.split(":::")[:6]
            inputs = []
            for text in filter(None, spent.split("}{")):
                outpoint, script = text.split("+")[:2]
                prev, vout, value = outpoint.split("-")
                inputs.append((prev, int(vout), int(value), bytes.fromhex(script)))
            outputs = [(int(o.split("+")[0]), bytes.fromhex(o.split("+")[1])) for o in created.split("}{") if o]
            found.append((txid, inputs, outputs))
    return found


def shape(inputs: list[tuple[str, int, int, bytes]], outputs: list[tuple[int, bytes]]) -> int:
    """The CoinJoin shape of a transaction, as the ledger's kernel tells it."""
    known: dict[bytes, int] = {}
    ins = np.array([value for _, _, value, _ in inputs])
    owners = np.array([known.setdefault(script, len(known)) for *_, script in inputs])
    outs = np.array([value for value, _ in outputs])
    returns = sum(script[:1] == b"\x6a" for _, script in outputs)
    return int(joins_kernels.kind(ins, len(ins), owners, outs, len(outs), returns))


def coinjoins(data: Path) -> list[dict[str, Any]]:
    """How many of each real list have the shape they should, or should not, have."""
    rows = []
    for what, archive, member, wanted, how in SETS:
        found = [shape(i, o) for _, i, o in lines(data / "coinjoin" / archive, member)]
        hits = sum((k == TX0) if wanted == "tx0" else k not in (JOIN_NONE, TX0) for k in found)
        rows.append({"what": what, "how its truth arose": how, **share(hits, len(found))})
    return rows


def tx0_to_mix(data: Path) -> dict[str, Any]:
    """Whirlpool Tx0s followed to their mixes by recorded spends only, on real transactions."""
    archive = data / "coinjoin" / "dumplings__sw_202403.zip"
    tx0s = {txid: outputs for txid, _, outputs in lines(archive, "SamouraiTx0s")}
    reached: dict[str, int] = {}
    exact = 0
    mixes = lines(archive, "SamouraiCoinJoins")
    for _, inputs, _ in mixes:
        for prev, vout, value, script in inputs:
            if prev in tx0s:
                reached[prev] = reached.get(prev, 0) + 1
                exact += tx0s[prev][vout] == (value, script)
    return {
        "what": "Whirlpool Tx0s whose premix outputs are seen entering a mix of the list",
        "how its truth arose": "recorded spends between two published lists; a Tx0 whose mix lies outside the month is "
        "not in the list of mixes",
        **share(len(reached), len(tx0s)),
        "links": sum(reached.values()),
        "links whose value and script agree on both sides": exact,
    }


def tags(data: Path) -> list[dict[str, Any]]:
    """Joint spends of real transactions that would join addresses two packs give to different actors."""
    by: dict[bytes, set[str]] = {}
    n = 0
    with tarfile.open(next((data / "tags").glob("*.tar.xz"))) as packs:
        for member in packs:
            if not member.name.endswith(".yaml") or "actorpack" in member.name:
                continue
            columns = tagpack.parse(packs.extractfile(member).read()).columns  # type: ignore[union-attr]
            for text, network, actor, label in zip(
                *(columns[c] for c in ("address", "network", "actor", "label")), strict=True
            ):
                n += 1
                if network == "main":
                    by.setdefault(address.decode(text, "main"), set()).add(actor or label)
    tagged = two = clash = off = 0
    for archive, member in sorted({(a, m) for _, a, m, _, _ in SETS}):
        for _, inputs, outputs in lines(data / "coinjoin" / archive, member):
            known = [by[s] for s in {script for *_, script in inputs} if s in by]
            tagged += bool(known)
            if len(known) > 1:
                two += 1
                parted = not set.intersection(*known)
                off += parted
                clash += parted and shape(inputs, outputs) in (JOIN_NONE, TX0)
    how = f"{n} published tags, each with its pack's own confidence; presupposes that the packs are right"
    return [
        {
            "what": "real joint spends of two tagged addresses that would join different actors, CoinJoin rules on",
            "how its truth arose": how, "transactions with a tagged input": tagged, **share(clash, two),
        },
        {
            "what": "the same, CoinJoin rules off", "how its truth arose": how,
            "transactions with a tagged input": tagged, **share(off, two),
        },
    ]  # fmt: skip


def false_alarms(data: Path) -> dict[str, Any]:
    """What can be said of the published list of false CoinJoins: it names ids without inputs."""
    lists = json.loads((data / "coinjoin" / "false_cjtxs_wasabi1.json").read_text())
    ids = [txid for part in lists.values() for txid in part]
    mine = {t for t, _, _ in lines(data / "coinjoin" / "dumplings__ww1_202405.zip", "WasabiCoinJoins")}
    n = len(ids)
    return {
        "what": f"published list of {n} transactions that detectors wrongly flag as Wasabi 1",
        "share": None,
        "n": 0,
        "note": f"not measured: the list gives ids only, and {len(mine & set(ids))} of them are in the mixes at hand",
    }


def all_rows(data: Path) -> list[dict[str, Any]]:
    """Every figure against outside truth; one line that says so when the data is not there."""
    if not data.is_dir():
        return [{"what": "real CoinJoins and tags", "share": None, "n": 0, "note": "not measured: no data given"}]
    return [*coinjoins(data), tx0_to_mix(data), *tags(data), false_alarms(data)]
