"""What the training case will contain, drawn before anything is written: sizes, shares, people's purchases.

The chain is built from the plan and answers with what happened on it; site, returns and truth are written from both.
"""

from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything one training case holds."""

    name: str
    accounts: int
    payments: int
    media: int
    background: int  # transactions that have nothing to do with the market
    people: int
    countries: int
    signed: bool  # every input carries a valid signature, so Bitcoin Core's kernel accepts every block
    media_ready: bool  # media come as rows with ready signatures, without files


SIZES = {
    s.name: s
    for s in (
        Size("tiny", 60, 48, 40, 400, 14, 5, signed=True, media_ready=False),
        Size("small", 2_000, 600, 400, 60_000, 60, 12, signed=True, media_ready=False),
        Size("record", 1_000_000, 7_300, 250_000, 2_000_000, 337, 38, signed=False, media_ready=True),
    )
}
"""tiny for tests, small for the demo, record as large as the yardstick case."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each difficult case occurs, in parts per million; options of ``leadline scenario build``."""

    bought: int = 60_000  # market accounts bought from someone else
    borrowed: int = 40_000  # exchange accounts lent by another person
    household: int = 60_000  # exchange accounts shared in a household
    peer_to_peer: int = 80_000  # purchases through a seller who pays to his buyer's address
    broker: int = 80_000  # purchases through a broker with one account inside an exchange
    payjoin: int = 20_000  # private payments that are PayJoins
    coinjoin: int = 40_000  # purchases whose coins came out of a CoinJoin
    mixer: int = 40_000  # purchases whose coins came out of a mixer
    shared_custody: int = 0  # sweeps of harbour made together with kestrel's, as by a custodian who keeps both keys
    dust_attack: int = 0  # payments whose address a stranger then sends dust
    imported_keys: int = 0  # deposits, and change of private steps, handed to an exchange as a private key


@dataclass(frozen=True, slots=True)
class Options:
    """One training case: size, seed and shares."""

    size: Size
    seed: int
    shares: Shares = field(default_factory=Shares)


START = 1_433_116_800
"""2015-06-01T00:00:00Z, the first month of the yardstick case."""
END = 1_520_121_600
"""2018-03-04T00:00:00Z, the last."""
LEAK = (1_478_476_800, 1_479_081_600)
"""2016-11-07 to 2016-11-14 UTC: the one week in which the site saw and kept clients' own addresses."""
BACKUP = 1_496_275_200
"""2017-06-01T00:00:00Z: when the older backup was taken."""
NETWORK = "regtest"
SITE = "site"
"""The market's name in refs: account:site/17, event:site/credit/3, service:site."""

RETURNING = ("northgate", "harbour")
"""The two exchanges whose customer records are returned (CSV, XLSX)."""
TAGGED = ("northgate", "harbour")
"""Of the services, those the tag pack covers: at most a third."""
SERVICES = {
    "northgate": "exchange",
    "harbour": "exchange",
    "kestrel": "exchange",
    "lantern": "exchange",
    "millrace": "payment_processor",
    "juniper": "gambling",
    "tamarack": "mixer",
}
"""Services on the training chain by kind; the broker has a customer account inside northgate."""

ROUTES = ("direct", "hops", "peer_to_peer", "broker", "coinjoin", "mixer")

PURCHASE = pa.schema(
    [
        ("purchase", pa.int32()),  # 0..n-1 in order of time
        ("account", pa.int32()),  # market account paid for (key in account:site/KEY)
        ("person", pa.int32()),  # who really paid
        ("customer", pa.string()),  # reference of the exchange account used, "" where the service returns nothing
        ("service", pa.string()),  # service that releases the coins
        ("route", pa.string()),  # one of ROUTES
        ("hops", pa.int8()),  # private transactions between release and payment: 0 for direct, 1..4 for hops
        ("when", pa.int64()),  # wished time of the payment, unix seconds
        ("usd_cents", pa.int64()),  # price paid; satoshi follow from the day's price
        ("tariff", pa.int32()),  # the listed price it is exactly of, null where it is of none
        ("sat", pa.int64()),  # price paid where that is listed in bitcoin, in place of usd_cents; null elsewhere
    ]
)
"""One row a purchase."""

CUSTOMER = pa.schema(
    [
        ("customer", pa.string()),  # service/reference, as in customer:service/reference
        ("service", pa.string()),
        ("person", pa.int32()),  # who is behind it; -1 a customer who has nothing to do with the market
        ("kind", pa.string()),  # own, borrowed, household, broker, seller (peer to peer), bystander
    ]
)
"""One row an exchange customer, bystanders included."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the chain needs: options, accounts 1..n each with one address, customers and purchases."""

    options: Options
    customers: pa.Table  # CUSTOMER
    purchases: pa.Table  # PURCHASE


@dataclass(frozen=True, slots=True)
class ChainTruth:
    """What happened on the chain. txid columns are hex as displayed; times unix seconds; values satoshi.

    accounts     account int32, address string, script binary
    payments     purchase int32, account int32, txid, vout int32, value_sat, height, time, service (or null),
                 release_txid, release_vout (null when none), hops, stop (null or model STOP reason), route
    withdrawals  customer string, service, txid, vout, address, value_sat, time: every withdrawal the services made
    deposits     customer, service, txid, vout, address, value_sat, time
    owners       script binary, address string (or null), owner string, wallet string: every script of the chain
    cashouts     txid, vout, service, value_sat, height, time: outputs by which the operator reached a service
    mixes        txid, kind: every CoinJoin and PayJoin
    """

    accounts: pa.Table
    payments: pa.Table
    withdrawals: pa.Table
    deposits: pa.Table
    owners: pa.Table
    cashouts: pa.Table
    mixes: pa.Table
    notes: dict[str, str]
