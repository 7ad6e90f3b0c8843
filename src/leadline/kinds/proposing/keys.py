"""Which column names a row, and which columns name rows of other parts: by inclusion of their values, then by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.proposing.columns import Column, Sample, numbers
from leadline.kinds.proposing.moments import moment
from leadline.kinds.proposing.names import bare, folded, said_of_column, said_of_table, says_accounts, says_person

INCLUDED = 0.95
"""Share of a column's values that must stand in the key it refers to: rows are deleted, and references stay."""
DENSE = 0.5
"""Share of a key's range that its sample fills, from which on a number inside the range counts as one of its values."""
FEW = 5
"""Different values below which a column refers to nothing unless its name ends as an id does."""
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
    found: list[tuple[int, float, int, Reference]] = []
    for other, key in others:
        if not len(values) or (other is sample and key == column.name):
            continue
        share = _included(values, other.column(key), whole=other.whole)
        agreed = _agreement(column.name, other.part)
        told = len(values) >= FEW or folded(column.name).endswith("id")
        if share >= INCLUDED and ((agreed and told) or (not column.whole and len(values) >= TELLING)):
            found.append((-agreed, -share, len(other.part), Reference(other.part, key, share, bool(agreed))))
    return tuple(reference for *_, reference in sorted(found, key=lambda row: row[:3]))


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


def _agreement(column: str, part: str) -> int:
    """How well a column's name says the part: 3 its own word, 2 the last one of it, 1 a word of like meaning, else 0.

    A word for a person says a part of accounts.
    """
    words = folded(column).removesuffix("_id").removeprefix("id_").removesuffix("id").strip("_")
    table = bare(part)
    last = table.rpartition("_")[2]
    person = bool(says_person(column))
    if (words and _singular(words) == _singular(table)) or (person and says_accounts(table)):
        return 3
    if (words and _singular(words) == _singular(last)) or (person and says_accounts(last)):
        return 2
    own = set(said_of_table(words)) - {"account"}
    return 1 if words and own & set(said_of_table(part)) else 0


def _singular(word: str) -> str:
    for end in ("ies", "es", "s"):
        if word.endswith(end) and len(word) > len(end) + 2:
            return word.removesuffix(end) + ("y" if end == "ies" else "")
    return word
