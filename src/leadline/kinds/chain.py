"""The contract of a chain: what one network of it fixes; `leadline.kinds.chains` lists every network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """One network: its name in refs, the bytes before each block, address prefixes, subsidy and coinbase rules.

    `genesis` is the genesis block's hash as text (reversed bytes, hex). `subsidy_sat` halves every `halving` blocks.
    """

    name: str
    magic: bytes
    genesis: str
    p2pkh_version: int
    p2sh_version: int
    hrp: str
    subsidy_sat: int
    halving: int

    def subsidy(self, height: int) -> int:
        """What a coinbase at `height` may newly create, in satoshi (fees come on top)."""
        return self.subsidy_sat >> (height // self.halving) if height // self.halving < 64 else 0
