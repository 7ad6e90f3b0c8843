"""The contract of a chain: what one network of it fixes; `leadline.kinds.chains` lists every network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """One network: its name in refs, the bytes before each block, genesis, easiest target, subsidy.

    `genesis` is the genesis block's hash as text (reversed bytes, hex). `easiest_bits` is the largest proof-of-work
    target a header may name, in compact form. `subsidy_sat` halves every `halving` blocks. Address prefixes stand in
    kinds.codecs.prefixes.
    """

    name: str
    magic: bytes
    genesis: str
    easiest_bits: int
    subsidy_sat: int
    halving: int

    def subsidy(self, height: int) -> int:
        """What a coinbase at `height` may newly create, in satoshi (fees come on top)."""
        return self.subsidy_sat >> (height // self.halving) if height // self.halving < 64 else 0
