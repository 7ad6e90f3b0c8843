"""What address text begins with on each network. Source: Bitcoin Core, src/kernel/chainparams.cpp."""

from dataclasses import dataclass

from leadline.errors import UsageError


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Version bytes of Base58Check addresses and the human-readable part of bech32 ones."""

    p2pkh_version: int
    p2sh_version: int
    hrp: str


PREFIXES: dict[str, Prefixes] = {
    "main": Prefixes(0, 5, "bc"),
    "test": Prefixes(111, 196, "tb"),
    "testnet4": Prefixes(111, 196, "tb"),
    "signet": Prefixes(111, 196, "tb"),
    "regtest": Prefixes(111, 196, "bcrt"),
}
"""By the network's name in refs and pins."""


def prefixes(network: str) -> Prefixes:
    """The prefixes of a network; UsageError when there is none of that name."""
    found = PREFIXES.get(network)
    if found is None:
        raise UsageError("unknown network", remedy=f"use one of: {', '.join(PREFIXES)}")
    return found
