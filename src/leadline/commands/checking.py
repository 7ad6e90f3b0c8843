"""What `leadline ledger check` prints of block files and of a ledger: what they hold, what is damaged, what helps."""

from collections.abc import Iterable
from typing import Any

from leadline.commands.terminal import counted
from leadline.views.ledgers import MEND

Facts = dict[str, Any]
SHOWN = 200
"""Places of one sort printed as lines; --json has them all."""


def lines(facts: Facts) -> list[str]:
    """A verdict, the counts, and a line a place."""
    damaged, lost = facts["damaged"], facts["undo_lost"]
    alone = sum(not d["whole_copy"] for d in damaged)
    return [
        _verdict(facts),
        f"{counted(len(facts['files']), 'block file')} of {facts['network']}: "
        f"{counted(facts['blocks'], 'whole block')}, {facts['repeated_blocks']:,} of them repeated;",
        f"{len(damaged):,} damaged, {alone:,} of those without a whole copy; {len(facts['cut']):,} cut",
        f"{counted(facts['undo_files'], 'undo file')}: {counted(facts['undo_records'], 'record')}, "
        f"tied by checksum to {counted(facts['undo_blocks'], 'block')} with payments;",
        f"{facts['undo_mended']:,} in a damaged frame, {len(lost):,} of no block that is there, "
        f"{counted(facts['undo_missing'], 'block')} with payments without one",
        *_shown(_damaged(d) for d in damaged),
        *_shown(_cut(c) for c in facts["cut"]),
        *_shown(f"undo record of no block: {_place(u)}" for u in lost),
        *_shown(f"bytes of no block: {_place(p)}" for p in facts["no_block"]),
        *_shown(f"bytes of no undo record: {_place(p)}" for p in facts["undo_no_record"]),
    ]


def _verdict(facts: Facts) -> str:
    if not facts["blocks"]:
        return f"no block of {facts['network']} was found: is it another network's, or no block file at all?"
    return "every block and undo record is whole" if facts["ok"] else "damaged: copy the files named below again"


def _place(row: Facts) -> str:
    return f"{row['file']} byte:{row['at']}-{row['at'] + row['size']}"


def ledger_lines(facts: Facts) -> list[str]:
    """The same of a ledger."""
    height = "of unknown height" if facts["height"] is None else f"up to height {facts['height']:,}"
    return [
        "every byte is as it was written" if facts["ok"] else f"damaged: {MEND}",
        f"ledger of {facts['network']} {height}: {counted(facts['blocks'], 'block')}, {facts['columns']:,} columns, "
        f"{facts['bytes']:,} bytes in {counted(facts['segments'], 'segment')}, {len(facts['damaged']):,} damaged",
        f"digest {facts['digest']}",
        f"seal of ledger.json {facts['seal']}",
        *_shown(f"damaged: {d['file']} byte:{d['at']}-{d['at'] + d['size']}, {d['why']}" for d in facts["damaged"]),
    ]


def _shown(places: Iterable[str]) -> list[str]:
    found = [f"  {place}" for place in places]
    more = len(found) - SHOWN
    return [*found[:SHOWN], f"  ... {more:,} more; --json has them all"] if more > 0 else found


def _damaged(row: Facts) -> str:
    copy = row["whole_copy"]
    stands = f"a whole copy stands at {copy['file']} byte:{copy['at']}" if copy else "no whole copy"
    return f"damaged: {_place(row)}, {stands}; block {row['block']}"


def _cut(row: Facts) -> str:
    sort = "cut" if row["certain"] else "cut, or damaged"
    return f"{sort}: {row['file']} byte:{row['at']}, {row['missing']:,} bytes missing"
