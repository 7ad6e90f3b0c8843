"""Which column names a row, and which columns name rows of other parts: by inclusion of their values, then by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.proposing.columns import Column, Sample, numbers
from leadline.kinds.proposing.moments import moment
from leadline.kinds.proposing.names import folded, said_of_column, said_of_table, says_person

INCLUDED = 0.95
"""Share of a column's values that must stand in the key it refers to: rows are deleted, and references stay."""
DENSE = 0.5
"""Share of a key's range that its sample fills, from which on a number inside the range counts as one of its values."""
TELLING = 20
"""Different values from which on inclusion is no accident where names say nothing."""
LONGEST_KEY = 128
"""Characters of the longest text that names a row."""
_NOBODY = pa.array(["0", "-1"])
"""What stands for no row at all."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values are those of another part's column: the share that stands there, and if names agree."""

    part: str
    column: str
    share: float
    named: bool


def key_of(sample: Sample) -> str:
    """The column that names a row; nothing where none does. Several can: its name decides, then its place."""
    full = [c for c in sample.columns if c.unique and c.filled == sample.rows and not _measures(c)]
    stem = _singular(folded(sample.part.rpartition(".")[2]))
    names = ("id", f"{stem}_id", f"{stem}id", f"id_{stem}", "uid", "uuid", "guid", "key", "nr", "no", "num")
    named = [c for c in full if folded(c.name) in names]
    ends = [c for c in full if re.search(r"(?:^id_|_(?:u?id|no|nr)$)", folded(c.name))]
    numbered = [c for c in full if c.whole]
    short = [c for c in full if (pc.max(pc.utf8_length(c.texts)).as_py() or 0) <= LONGEST_KEY]
    return next((c.name for c in (*named, *ends, *numbered, *short)), "")


def _measures(column: Column) -> bool:
    """Whether a column holds times, amounts or texts, none of which names a row though each cell may stand once."""
    said = said_of_column(column.name)[:1]
    return bool({"time", "created", "until", "amount", "size", "text", "txid", "born"} & set(said)) or (
        moment(column) is not None
    )


def references(sample: Sample, column: Column, others: Sequence[tuple[Sample, str]]) -> tuple[Reference, ...]:
    """The parts and keys a column can refer to, the likeliest first; `others`: parts with a column that names rows."""
    values = column.values.filter(pc.invert(pc.is_in(column.values, _NOBODY)))
    found = []
    for other, key in others:
        if not len(values) or (other is sample and key == column.name):
            continue
        share = _included(values, other.column(key), whole=other.whole)
        named = _agrees(column.name, other.part)
        if share >= INCLUDED and (named or (not column.whole and len(values) >= TELLING)):
            found.append(Reference(other.part, key, share, named))
    return tuple(sorted(found, key=lambda r: (not r.named, -r.share)))


def _included(values: pa.Array, key: Column, *, whole: bool) -> float:
    """The share of the values that are among a key's: seen there, or inside the range of one that is numbered on."""
    seen = pc.is_in(values, key.values)
    if not whole and key.whole:
        counted = numbers(key.values)
        low, high = pc.min(counted), pc.max(counted)
        runs = _density(counted)
        inside = numbers(values)
        ranged = pc.and_(pc.greater_equal(inside, low), pc.less_equal(inside, high))
        if runs >= DENSE:
            seen = pc.or_(seen, pc.fill_null(ranged, False))
    return float(pc.fill_null(seen, False).to_numpy(zero_copy_only=False).mean())


def _density(keys: pa.Array) -> float:
    """The share of neighbouring keys of a sample that follow each other by one."""
    ordered = pc.sort_indices(keys)
    sorted_ = keys.take(ordered).drop_null()
    if len(sorted_) < 2:
        return 0.0
    steps = pc.subtract(sorted_.slice(1), sorted_.slice(0, len(sorted_) - 1))
    return float(pc.equal(steps, 1).to_numpy(zero_copy_only=False).mean())


def _agrees(column: str, part: str) -> bool:
    """Whether a column's name says the part: its own word, or one for a person where the part holds accounts."""
    words = folded(column).removesuffix("_id").removeprefix("id_").removesuffix("id").strip("_")
    table = folded(part.rpartition(".")[2])
    if words and _singular(words) in (_singular(table), _singular(table.rpartition("_")[2])):
        return True
    if {"account", "customer"} & set(said_of_table(part)) and says_person(column):
        return True
    own = set(said_of_table(words)) - {"account"}
    return bool(words) and bool(own & set(said_of_table(part)))


def _singular(word: str) -> str:
    for end in ("ies", "es", "s"):
        if word.endswith(end) and len(word) > len(end) + 2:
            return word.removesuffix(end) + ("y" if end == "ies" else "")
    return word
