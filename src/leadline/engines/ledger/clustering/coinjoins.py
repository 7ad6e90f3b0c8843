"""What tells the transactions of each CoinJoin protocol, in satoshi and numbers of inputs and outputs.

Sources: the protocols' own descriptions (Whirlpool pools and Tx0; Wasabi 1 and 2 coordinators; JoinMarket's maker and
taker outputs).
"""

import numpy as np

POOLS = (100_000, 1_000_000, 2_500_000, 5_000_000, 50_000_000)
"""Whirlpool pool denominations in satoshi: 0.001, 0.01, 0.025, 0.05 and 0.5 bitcoin."""
POOL_FEE = 200_000
"""Most an input of a Whirlpool mix or a Tx0's prepared output stands above the pool's value, in satoshi."""
POOL_LEAST, POOL_MOST = 5, 10
"""Inputs and outputs of one Whirlpool mix."""
CHARGE_LEAST, CHARGE_MOST = 100, 20
"""The coordinator is paid between a hundredth and a twentieth of the pool's value for a Tx0: Whirlpool's published fees
are 3.5 and 5 %, its discounts down to half of that and less. All 742 real Tx0s of a published list have such an output,
three outputs at most beside the equal ones, and pay nothing but witness key hashes beside their data; commits of other
protocols that pay two equal outputs beside data have no such output."""
WASABI1_VALUE, WASABI1_SPREAD = 10_000_000, 2_000_000
"""Wasabi 1 mixes about 0.1 bitcoin."""
WASABI1_LEAST = 20
"""Fewest equal outputs by which a mix of that value is called Wasabi 1: its rounds had dozens. JoinMarket's have a
dozen at most, and some are of about 0.1 bitcoin; taken for Wasabi 1 they stand in published lists of errors."""
WASABI2_LARGE = 50
"""Inputs and outputs from which on a mix is called Wasabi 2 when half or more outputs have values that repeat, the most
frequent one no smaller than Wasabi 2's least denomination."""
WASABI2_SMALLEST = 5_000
"""Least denomination of Wasabi 2, in satoshi."""
WASABI2_LEAST = 20
"""Fewest inputs and outputs of a smaller Wasabi 2 mix: at least half repeat, three quarters are of standard
denominations, and a third of those nobody types (powers of two and three): coordinators since 2024 make such rounds."""
EQUAL_LEAST = 5
"""Fewest equal outputs, with as many different input scripts, of any other equal-output mix. Where as many inputs as
equal outputs have that very value and none has more, coins were moved one by one and whoever owns them paid alone."""
MIXED_LEAST = 27_300
"""Least equal amount of a mix without a coordinator: JoinMarket refuses less (DUST_THRESHOLD, jmclient/configure.py).
Trades of assets bound to coins of 330 to some thousand satoshi repeat such amounts and are no mixes."""
DUST = (546, 2730)
"""Equal outputs of these values are dust or data carriers, and say nothing of owners (Bitcoin Core dust limits)."""
MARKET_LEAST = 3
"""Fewest participants of a JoinMarket mix: one equal output each, and at most one change output each."""
INCOME = 100
"""A maker's change stands above what he put in by his income: at most this part (one in a hundred) of the amount ..."""
INCOME_LEAST = 100_000
"""... or so many satoshi, and never more than half the amount: else every account of a small amount would close."""
EXACT = 12
"""Most inputs for which every way of sharing them out among the owners is tried: 4,096 sets of them."""
TYPED = np.array(sorted({d * 10**k for k in range(3, 12) for d in (1, 2, 5) if d * 10**k >= 5_000}), np.int64)
UNTYPED = np.array(
    sorted({v for k in range(40) for v in (2**k, 3**k, 2 * 3**k) if 5_000 <= v <= 2**38} - set(TYPED.tolist())),
    np.int64,
)
"""Standard denominations of Wasabi 2 in satoshi, as its documents list them: 1, 2 and 5 times powers of ten, which
people type too; powers of two, of three and twice those, which nobody types."""
