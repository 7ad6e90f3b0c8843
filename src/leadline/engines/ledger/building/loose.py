"""Bytes of block and undo files that are of no block and no record: of one whose header is damaged no more is seen."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline.engines.ledger.blocks import copies, undo_records
from leadline.engines.ledger.blocks.blockfiles import Record
from leadline.engines.ledger.blocks.copies import Found, Opened
from leadline.engines.ledger.blocks.scan_kernels import data_end
from leadline.engines.ledger.blocks.undo_records import Undo, UndoFile
from leadline.engines.ledger.building import sources

Places = list[dict[str, Any]]
"""Each a file's name, an offset and how many bytes."""


def of_blocks(found: Found, opened: Opened) -> Places:
    """Where bytes lie that are of no block, in the order of the files.

    Zeros behind a file's last block are room set aside ahead, and so is a last file of its folder that holds nothing
    but zeros, and no other. A block that the end of its file cuts off is none of this.
    """
    held: list[list[Record]] = [[] for _ in opened]
    for record in sorted((*found.records, *found.damaged), key=copies.place):
        held[record.file].append(record)
    ends = {cut.file: cut.at for cut in sorted(found.cuts, key=lambda cut: cut.at, reverse=True)}
    last = {path.parent: path for path in sorted(file.path for file, _ in opened)}
    rows: Places = []
    for n, (file, raw) in enumerate(opened):
        blank = not held[n] and file.path != last[file.path.parent]
        end = file.size if blank else ends.get(n, int(data_end(raw)))
        rows += places(file.name, sources.outside([(0, file.skip), *map(sources.span, held[n])], end))
    return rows


def of_undos(revs: Sequence[UndoFile], undos: Iterable[Undo], names: Mapping[Path, str]) -> Places:
    """Where bytes of undo files lie that are of no record; `undos` are those of all files, each in file order."""
    held: dict[Path, list[tuple[int, int]]] = {file.path: [] for file in revs}
    for undo in undos:
        held[undo.file.path].append(undo_records.span(undo))
    return [
        place
        for file in revs
        for place in places(names[file.path], sources.outside(held[file.path], int(data_end(file.raw))))
    ]


def places(name: str, spans: Iterable[tuple[int, int]]) -> Places:
    """Spans of a file (from, until) as rows."""
    return [{"file": name, "at": begin, "size": end - begin} for begin, end in spans]
