"""The training case's tag pack: addresses of hot wallets of the few services it covers, as GraphSense TagPack YAML."""

from pathlib import Path

from leadline.kinds.codecs import tagpack
from leadline.scenario.plan import NETWORK, SERVICES, TAGGED, ChainTruth, Plan

_LEFT_OUT = 4
"""Every fourth hot address has no tag: common spending has to add it."""
_CONFIDENCE = ("service_data", "forensic", "authority_data")


def write_tags(out_file: Path, plan: Plan, truth: ChainTruth) -> None:
    """Write the pack: most hot addresses of plan.TAGGED services, no deposit address of any customer."""
    header = {
        "title": "Training tag pack",
        "creator": "Leadline training case",
        "description": f"Hot wallets of {len(TAGGED)} of {len(SERVICES)} made-up services, seed {plan.options.seed}.",
        "is_public": False,
        "currency": "BTC",
        "network": NETWORK,
    }
    found: dict[str, list[str]] = {name: [] for name in TAGGED}
    columns = (truth.owners.column(n).to_pylist() for n in ("address", "owner", "wallet"))
    for text, owner, wallet in zip(*columns, strict=True):
        if owner in found and wallet == "hot" and text is not None:
            found[owner].append(text)
    tags = [
        {
            "address": text,
            "label": f"{name} hot wallet",
            "source": f"https://example.org/{name}",
            "category": SERVICES[name],
            "actor": name,
            "confidence": _CONFIDENCE[i % len(_CONFIDENCE)],
            "is_cluster_definer": True,
            "lastmod": f"2018-04-{1 + i % 28:02d}",
        }
        for name, texts in found.items()
        for i, text in enumerate(texts)
        if i % _LEFT_OUT != _LEFT_OUT - 1
    ]
    out_file.parent.mkdir(parents=True, exist_ok=True)
    out_file.write_bytes(tagpack.write(header, tags))
