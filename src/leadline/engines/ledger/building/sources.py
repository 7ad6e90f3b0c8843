"""The block files a ledger was built from, and what was left out of them: rows of ledger.json.

A file is the one it was when the blocks the ledger took from it lie where they lay, whatever folder it is in now; two
files of one name from two folders are two sources.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from leadline.engines.ledger.blocks.blockfiles import Record
from leadline.engines.ledger.blocks.copies import FRAME, Found, Opened
from leadline.engines.ledger.blocks.scan_kernels import data_end
from leadline.engines.ledger.building.grow import Held
from leadline.kinds.bitcoin.tx import id_text, sha256d

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """The rows, and which of them each opened file is; cut blocks and damaged copies by source and offset."""

    rows: list[Row]
    numbers: list[int]
    cuts: list[Row]
    damaged: list[Row]


def of(found: Found, opened: Opened, old: Held | None) -> Sources:
    """The sources once `found` joins those of the ledger `old`: files that are there again take their own row."""
    had: list[Row] = old.meta["sources"] if old else []
    holds: list[list[Record]] = [[] for _ in opened]
    for record in sorted((*found.records, *found.damaged), key=lambda r: r.at):
        holds[record.file].append(record)
    took: list[dict[int, bytes]] = [{} for _ in had]
    for number, block in zip(old.columns["block_file"].tolist(), old.blocks, strict=True) if old else ():
        took[number][block.at] = block.header
    rows, numbers = list(had), []
    free = sorted(range(len(had)), key=lambda s: not took[s])
    for n, (file, raw) in enumerate(opened):
        file.check_size()
        lies = {r.at: r.header for r in holds[n]}
        loose = outside([(0, file.skip), *map(span, holds[n])], int(data_end(raw)))
        now = {
            "file": file.path.name,
            "size": file.size,
            "xor": file.key_from,
            "blocks": len(holds[n]),
            "first_block": id_text(sha256d(holds[n][0].header)) if holds[n] else None,
            "other_bytes": sum(end - at for at, end in loose),
        }
        same = [s for s in free if _is(had[s], now) and took[s].items() <= lies.items()]
        number = same[0] if same else len(rows)
        free = [s for s in free if s != number]
        rows[number : number + 1] = [now]
        numbers.append(number)
    cuts = [_place(numbers, rows, c.file, c.at) | {"missing": c.missing, "certain": c.certain} for c in found.cuts]
    damaged = [_place(numbers, rows, r.file, r.at - FRAME) | {"size": r.size} for r in found.damaged]
    before = old.meta if old else {}
    return Sources(
        rows,
        numbers,
        [c for c in before.get("cut_blocks", []) if c["source"] not in numbers] + cuts,
        [c for c in before.get("damaged_blocks", []) if c["source"] not in numbers] + damaged,
    )


def span(record: Record) -> tuple[int, int]:
    """From which byte until which a block lies in its file, with its frame."""
    return record.at - FRAME, record.at + record.size


def outside(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Where the first `size` bytes of a file lie in none of these spans, which stand in order of their beginning."""
    found, end = [], 0
    for begin, stop in spans:
        if begin > end:
            found.append((end, begin))
        end = max(end, stop)
    return [*found, (end, size)] if size > end else found


def _is(had: Row, now: Row) -> bool:
    """Whether a row may be of the same file: by name, and by the block it begins with where both tell one."""
    firsts = {had["first_block"], now["first_block"]} - {None}
    return bool(had["file"] == now["file"]) and len(firsts) < 2


def _place(numbers: list[int], rows: list[Row], file: int, at: int) -> Row:
    return {"source": numbers[file], "file": rows[numbers[file]]["file"], "at": max(at, 0)}
