"""Outside truth: real mainnet mixes as other detectors listed them, and published tags on real spends."""

import tarfile
from pathlib import Path
from typing import Any

from leadline.kinds.bitcoin import address
from leadline.kinds.codecs import tagpack
from leadline.model.ledger import JOIN_NONE, TX0
from tracing import coinjoins, real_blocks
from tracing.coinjoins import LISTS, lines, shape
from tracing.shares import share


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


def tagged_scripts(data: Path) -> tuple[dict[bytes, set[str]], int]:
    """Actors (or labels) by script of the main chain, from every published pack, and how many tags were read."""
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
                if network == "main" and text:
                    by.setdefault(address.decode(text, "main"), set()).add(actor or label)
    return by, n


def tags(data: Path, by: dict[bytes, set[str]], n: int) -> list[dict[str, Any]]:
    """Joint spends of real transactions that would join addresses two packs give to different actors."""
    tagged = two = clash = off = 0
    for archive, member in sorted({(archive, member) for archive, member, *_ in LISTS.values()}):
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


def all_rows(data: Path) -> list[dict[str, Any]]:
    """Every figure against outside truth; one line that says so when the data is not there."""
    if not data.is_dir():
        return [{"what": "real CoinJoins and tags", "share": None, "n": 0, "note": "not measured: no data given"}]
    by, n = tagged_scripts(data)
    return [*coinjoins.flat(data), tx0_to_mix(data), *tags(data, by, n), *real_blocks.rows(data, by)]
