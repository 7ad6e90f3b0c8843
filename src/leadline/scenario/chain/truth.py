"""The truth tables of a finished chain."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario.chain.bulk import OWNER, Scripts
from leadline.scenario.chain.columns import addresses, scripts_and_addresses
from leadline.scenario.chain.growing import Grown, account_wallet
from leadline.scenario.chain.growth import Row
from leadline.scenario.chain.locks import Keyring
from leadline.scenario.plan import ChainTruth

ACCOUNTS = pa.schema([("account", pa.int32()), ("address", pa.string()), ("script", pa.binary())])
PAYMENTS = pa.schema(
    [
        ("purchase", pa.int32()),
        ("account", pa.int32()),
        ("txid", pa.string()),
        ("vout", pa.int32()),
        ("value_sat", pa.int64()),
        ("height", pa.int32()),
        ("time", pa.int64()),
        ("service", pa.string()),
        ("release_txid", pa.string()),
        ("release_vout", pa.int32()),
        ("hops", pa.int32()),
        ("stop", pa.string()),
        ("route", pa.string()),
    ]
)
MOVED = pa.schema(
    [
        ("customer", pa.string()),
        ("service", pa.string()),
        ("txid", pa.string()),
        ("vout", pa.int32()),
        ("address", pa.string()),
        ("value_sat", pa.int64()),
        ("time", pa.int64()),
    ]
)
OWNERS = pa.schema([("script", pa.binary()), ("address", pa.string()), ("owner", pa.string()), ("wallet", pa.string())])
CASHOUTS = pa.schema(
    [
        ("txid", pa.string()),
        ("vout", pa.int32()),
        ("service", pa.string()),
        ("value_sat", pa.int64()),
        ("height", pa.int32()),
        ("time", pa.int64()),
    ]
)
MIXES = pa.schema([("txid", pa.string()), ("kind", pa.string())])
NOTES = {
    "dates": "Segwit, taproot, Wasabi-like and Whirlpool-like transactions appear before the real protocols existed.",
    "scale": "CoinJoins have fewer parties than real ones of their kind, so that a small chain has enough of each.",
    "stop": "What a tracer that knows every owner finds: null where a tagged service let the coins go.",
    "setup": "Blocks 1 to 400 are mined in the days before the case begins, to give everybody coins.",
    "prices": "Values follow the training price series, not a real one.",
    "times": "One block in a hundred has a time later than the next one's.",
}


def tables(grown: Grown, accounts: int) -> ChainTruth:
    """The truth of `grown`, with the addresses of accounts 1 to `accounts`."""
    book = grown.chain.book
    written = addresses(list(book.owners))
    text: dict[bytes, str | None] = dict(zip(book.owners, written.to_pylist(), strict=True))
    owners = pa.Table.from_arrays(
        [
            pa.array(list(book.owners), pa.binary()),
            written,
            pa.array([o for o, _ in book.owners.values()], pa.string()),
            pa.array([w for _, w in book.owners.values()], pa.string()),
        ],
        schema=OWNERS,
    )
    if grown.bulk is not None:
        owners = pa.concat_tables([owners, bulk_table(grown.bulk.scripts)]).combine_chunks()
    payments = sorted(book.payments, key=_purchase)
    return ChainTruth(
        accounts=account_table(grown.ring, accounts),
        payments=_table(PAYMENTS, payments),
        withdrawals=_table(MOVED, [_addressed(r, text) for r in book.withdrawals]),
        deposits=_table(MOVED, [_addressed(r, text) for r in book.deposits]),
        owners=owners,
        cashouts=_table(CASHOUTS, book.cashouts),
        mixes=_table(MIXES, book.mixes),
        notes=dict(NOTES),
    )


def bulk_table(scripts: Scripts) -> pa.Table:
    """Whose script each of the bulk background's is."""
    ids = np.arange(scripts.count)
    codes, texts = scripts_and_addresses(*scripts.all(ids))
    numbers = pa.array(scripts.wallet[: scripts.count]).cast(pa.string())
    owner = pc.binary_join_element_wise(pa.scalar(OWNER), numbers, ":")
    wallet = pa.array(["daily"], pa.string()).take(pa.array(np.zeros(len(ids), np.int64)))
    return pa.Table.from_arrays([codes, texts, owner, wallet], schema=OWNERS)


def account_table(ring: Keyring, accounts: int) -> pa.Table:
    """Each account's address and script."""
    scripts = [account_wallet(ring, i).lock().opening.script for i in range(1, accounts + 1)]
    numbers = pa.array(range(1, accounts + 1), pa.int32())
    return pa.Table.from_arrays([numbers, addresses(scripts), pa.array(scripts, pa.binary())], schema=ACCOUNTS)


def _purchase(row: Row) -> int:
    return int(str(row["purchase"]))


def _addressed(row: Row, text: dict[bytes, str | None]) -> Row:
    script = row["script"]
    return row | {"address": text[script] if isinstance(script, bytes) else None}


def _table(schema: pa.Schema, rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist([{n: r[n] for n in schema.names} for r in rows], schema=schema)
