"""A chain's truth without a chain: one payment a purchase, made by hand, for tests of what is written from it."""

import hashlib

import pyarrow as pa

from leadline.scenario.plan import ChainTruth, Plan


def txid(text: str) -> str:
    """A made-up transaction id."""
    return hashlib.sha256(text.encode()).hexdigest()


def address(account: int) -> str:
    """A made-up address; nothing here verifies it."""
    return "bcrt1q" + hashlib.sha256(f"account {account}".encode()).hexdigest()[:32]


def fake_chain(plan: Plan) -> ChainTruth:
    """Every purchase paid once; its withdrawal made by the customer, one hop before where the route has hops."""
    payments, withdrawals, deposits = [], [], []
    for row in plan.purchases.to_pylist():
        paid, released = txid(f"payment {row['purchase']}"), txid(f"release {row['purchase']}")
        direct = row["hops"] == 0
        stop = row["route"] if row["route"] in ("coinjoin", "mixer") else None
        stop = stop or (None if row["service"] in ("northgate", "harbour") else "untagged_service")
        sat = row["usd_cents"] * 10_000
        payments.append(
            {
                "purchase": row["purchase"], "account": row["account"], "txid": paid, "vout": 0, "value_sat": sat,
                "height": 200 + row["purchase"], "time": row["when"], "service": row["service"],
                "release_txid": None if stop else (paid if direct else released),
                "release_vout": None if stop else 0, "hops": row["hops"], "stop": stop, "route": row["route"],
            }
        )  # fmt: skip
        move = {
            "customer": row["customer"], "service": row["service"], "txid": paid if direct else released, "vout": 0,
            "address": address(row["account"] if direct else -1), "value_sat": sat + 500, "time": row["when"] - 600,
        }  # fmt: skip
        withdrawals.append(move)
        deposits.append(move | {"txid": txid(f"deposit {row['purchase']}"), "time": row["when"] - 90_000})
    for i, row in enumerate(plan.customers.to_pylist()):
        move = {
            "customer": row["customer"], "service": row["service"], "txid": txid(f"other {i}"), "vout": 1,
            "address": address(-2 - i), "value_sat": 1_000_000 + i, "time": 1_450_000_000 + i * 1_000,
        }  # fmt: skip
        withdrawals.append(move)
    accounts = pa.table(
        {
            "account": pa.array(range(1, plan.options.size.accounts + 1), pa.int32()),
            "address": [address(i) for i in range(1, plan.options.size.accounts + 1)],
            "script": [bytes([0, 20]) + i.to_bytes(20, "big") for i in range(1, plan.options.size.accounts + 1)],
        }
    )
    owners = pa.table({"script": accounts["script"], "address": accounts["address"], "owner": accounts["address"],
                       "wallet": accounts["address"]})  # fmt: skip
    cashouts = pa.table({"txid": [txid("cash-out")], "vout": pa.array([0], pa.int32()), "service": ["harbour"],
                         "value_sat": [5_000], "height": [900], "time": [1_519_000_000]})  # fmt: skip
    return ChainTruth(
        accounts, pa.Table.from_pylist(payments), pa.Table.from_pylist(withdrawals), pa.Table.from_pylist(deposits),
        owners, cashouts, pa.table({"txid": pa.array([], pa.string()), "kind": pa.array([], pa.string())}), {},
    )  # fmt: skip


def fake_media(count: int) -> pa.Table:
    """Rows as the media writer gives them, without files."""
    return pa.table(
        {
            "file": pa.array(range(count), pa.int32()),
            "path": [f"{i:04d}.png" for i in range(count)],
            "sha256": [txid(f"media {i}") for i in range(count)],
            "size": pa.array([1_000 + i for i in range(count)], pa.int64()),
            "source": ["original"] * count,
            "origin": pa.array([-1] * count, pa.int32()),
            "group": [("known", "similar", "never_seen")[i % 3] for i in range(count)],
        }
    )
