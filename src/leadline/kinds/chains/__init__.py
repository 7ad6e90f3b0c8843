"""Chains and their networks, by the name that stands in refs and pins."""

from leadline.errors import UsageError
from leadline.kinds.chain import Network
from leadline.kinds.chains import bitcoin

NETWORKS: dict[str, Network] = {n.name: n for n in (bitcoin.MAIN, bitcoin.TEST, bitcoin.SIGNET, bitcoin.REGTEST)}
"""Every network, by name."""


def network(name: str) -> Network:
    """The network called `name`; UsageError when there is none."""
    found = NETWORKS.get(name)
    if found is None:
        raise UsageError("unknown network", remedy=f"use one of: {', '.join(NETWORKS)}")
    return found
