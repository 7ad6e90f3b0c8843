"""A transaction as a picture in the terminal: inputs left, outputs right, and what is unknown said in words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from textwrap import wrap

from leadline.commands.terminal import counted
from leadline.kinds.bitcoin.amount import btc
from leadline.model.ledger import JOIN_NONE, JOIN_UNKNOWN, JOINS, SMALL_EQUAL
from leadline.views.transaction import OUTSIDE_STATE, SPENT, UNSPENDABLE, Facts

BESIDE = 76
"""Columns from which inputs and outputs stand beside each other, not one below the other."""
SHOWN = 40
"""Inputs and outputs drawn; --json has them all."""
BOX, ASCII = ("  │  ", "  ├──", "──┤  ", "──┼──"), ("  |  ", "  |--", "--|  ", "--|--")
"""What stands between the sides: nothing begins here, an output, an input, both."""
Row = tuple[str, str]
"""Two lines of a side: value and owner, and where the coin comes from or goes."""


def lines(tx: Facts, width: int, *, ascii_only: bool = False) -> list[str]:
    """The picture of views.transaction's facts in lines of at most `width` characters, 40 at least."""
    width = max(width, 40)
    values = [r["value_sat"] for r in (*tx["inputs"][:SHOWN], *tx["outputs"][:SHOWN])]
    value = max(len(btc(v)) for v in [0, *values] if v is not None)
    beside = width >= BESIDE
    room = (width - 7) // 2 if beside else width - 3
    height = tx["ledger_height"]
    left = [_spent(r, value, room) for r in tx["inputs"][:SHOWN]] + _more(tx["inputs"], "inputs")
    right = [_created(r, height, value, room) for r in tx["outputs"][:SHOWN]] + _more(tx["outputs"], "outputs")
    heads = (_head(tx["inputs"], "input", tx), _head(tx["outputs"], "output", tx))
    top = [tx["txid"], *wrap(", ".join(_title(tx)), width), ""]
    if not beside:
        return [*top, heads[0], *_stacked(left), "", heads[1], *_stacked(right)]
    joints = ASCII if ascii_only else BOX
    drawn = [f"{heads[0][:room]:<{room}}       {heads[1][:room]}"]
    for a, b in zip_longest(left, right, fillvalue=("", "")):
        drawn.append(f"{a[0]:<{room}} {joints[2 * bool(a[0]) + bool(b[0])]} {b[0]}")
        drawn.append(f"{a[1]:<{room}} {joints[0]} {b[1]}")
    return [*top, *(line.rstrip() for line in drawn)]


def when(seconds: int) -> str:
    """A unix time as UTC text."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def state(row: Facts, height: int | None) -> str:
    """What became of an output, in words that do not say more than the ledger knows."""
    if row["state"] == SPENT:
        return f"-> {row['spent_by']}"
    if row["state"] == UNSPENDABLE:
        return "can never be spent"
    if row["state"] == OUTSIDE_STATE:
        return "no spender in this ledger, which lacks blocks after it"
    return "unspent up to the ledger's last block" if height is None else f"unspent up to height {height:,}"


def owner(row: Facts) -> str:
    """An output's address; of a script without one its kind and first bytes."""
    if row["address"]:
        return str(row["address"])
    return f"{row['kind']} {row['script']}" if row["script"] else str(row["kind"])


def _title(tx: Facts) -> list[str]:
    block = f"block {tx['height']:,}" if tx["height"] is not None else f"block {tx['block'][:16]}... (height not told)"
    said = [f"{block}, {when(tx['block_time'])}", _fee(tx)]
    if tx["shape"] == JOINS[JOIN_UNKNOWN]:
        said.append("shape unknown, as values of inputs are")
    elif tx["shape"] == JOINS[SMALL_EQUAL]:
        said.append("small equal amounts of several owners, as in a trade of assets")
    elif tx["shape"] != JOINS[JOIN_NONE]:
        said.append(f"shaped like {tx['shape']}")
    return said


def _fee(tx: Facts) -> str:
    if tx["coinbase"]:
        new = tx["subsidy_sat"]
        return "coinbase" if new is None else f"coinbase, allowed {btc(new)} BTC and the fees of its block"
    if tx["fee_sat"] is not None:
        return f"fee {btc(tx['fee_sat'])} BTC"
    unknown = sum(r["value_sat"] is None for r in tx["inputs"])
    return f"fee unknown, as {unknown:,} of its {len(tx['inputs']):,} inputs spend outputs from outside the ledger"


def _head(rows: Sequence[Facts], name: str, tx: Facts) -> str:
    values = [r["value_sat"] for r in rows]
    if tx["coinbase"] and name == "input":
        return "1 input"
    total = f"{btc(sum(values))} BTC" if None not in values else "sum unknown"
    return f"{counted(len(rows), name)}, {total}"


def _spent(row: Facts, value: int, room: int) -> Row:
    if row["kind"] == "coinbase":
        return "newly made coins", ""
    amount = "?" if row["value_sat"] is None else btc(row["value_sat"])
    source = row["outpoint"] or "from outside the ledger"
    who = "" if row["kind"] == "outside" else owner(row)
    return _row(amount, who or "value and owner unknown", f"<- {source}" if row["outpoint"] else source, value, room)


def _created(row: Facts, height: int | None, value: int, room: int) -> Row:
    return _row(btc(row["value_sat"]), owner(row), state(row, height), value, room)


def _row(amount: str, who: str, beyond: str, value: int, room: int) -> Row:
    indent = " " * (value + 2)
    return f"{amount:>{value}}  {shortened(who, room - value - 2)}", indent + shortened(beyond, room - value - 2)


def shortened(text: str, room: int) -> str:
    """`text` in at most `room` characters: of words the end is left out, of an id, address or outpoint the middle."""
    if len(text) <= room:
        return text
    head, _, last = text.rpartition(" ")
    end = last[last.find(":") :] if ":" in last else last[-6:]
    keep = room - len(head) - bool(head) - 3 - len(end)
    if len(last) < 26 or keep < 6:
        return text[: max(room - 3, 0)] + "..."
    return f"{head}{' ' if head else ''}{last[:keep]}...{end}"


def _more(rows: Sequence[Facts], name: str) -> list[Row]:
    left = rows[SHOWN:]
    if not left:
        return []
    values = [r["value_sat"] for r in left]
    worth = f" worth {btc(sum(values))} BTC" if None not in values else ""
    return [(f"... {len(left):,} more {name}{worth}", "    --json has them all")]


def _stacked(rows: Sequence[Row]) -> list[str]:
    return [f"  {line}" for row in rows for line in row if line.strip()]
