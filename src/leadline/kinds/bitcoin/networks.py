"""Bitcoin's networks: main, test (testnet3), testnet4, signet, regtest.

Source: Bitcoin Core, src/kernel/chainparams.cpp.
"""

from dataclasses import dataclass

from leadline.errors import UsageError
from leadline.kinds.bitcoin.amount import COIN as COIN


@dataclass(frozen=True, slots=True)
class Network:
    """One network: its name in refs, the bytes before each block, genesis, easiest target, subsidy.

    `genesis` is the genesis block's hash as text (reversed bytes, hex). `easiest_bits` is the largest proof-of-work
    target a header may name, in compact form. `subsidy_sat` halves every `halving` blocks. Address prefixes stand in
    kinds.bitcoin.prefixes.
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


MAIN = Network(
    name="main",
    magic=bytes.fromhex("f9beb4d9"),
    genesis="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    easiest_bits=0x1D00FFFF,
    subsidy_sat=50 * COIN,
    halving=210_000,
)
TEST = Network(
    name="test",
    magic=bytes.fromhex("0b110907"),
    genesis="000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    easiest_bits=0x1D00FFFF,
    subsidy_sat=50 * COIN,
    halving=210_000,
)
TESTNET4 = Network(
    name="testnet4",
    magic=bytes.fromhex("1c163f28"),
    genesis="00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
    easiest_bits=0x1D00FFFF,
    subsidy_sat=50 * COIN,
    halving=210_000,
)
SIGNET = Network(
    name="signet",
    magic=bytes.fromhex("0a03cf40"),
    genesis="00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    easiest_bits=0x1E0377AE,
    subsidy_sat=50 * COIN,
    halving=210_000,
)
REGTEST = Network(
    name="regtest",
    magic=bytes.fromhex("fabfb5da"),
    genesis="0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    easiest_bits=0x207FFFFF,
    subsidy_sat=50 * COIN,
    halving=150,
)

NETWORKS: dict[str, Network] = {n.name: n for n in (MAIN, TEST, TESTNET4, SIGNET, REGTEST)}
"""Every network, by name."""


def network(name: str) -> Network:
    """The network called `name`; UsageError when there is none."""
    found = NETWORKS.get(name)
    if found is None:
        raise UsageError("unknown network", remedy=f"use one of: {', '.join(NETWORKS)}")
    return found
