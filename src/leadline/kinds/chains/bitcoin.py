"""Bitcoin's networks: main, test (testnet3), signet, regtest. Source: Bitcoin Core, src/kernel/chainparams.cpp."""

from leadline.kinds.chain import Network
from leadline.kinds.codecs.money import COIN as COIN

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
