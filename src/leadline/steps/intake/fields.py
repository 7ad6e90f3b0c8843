"""One column of records out of the columns of a batch: templates, cells and conditions of a map, without a row loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import EvidenceError, MappingError
from leadline.kinds.bitcoin import wallettext
from leadline.kinds.bitcoin.address_columns import READ_AS
from leadline.kinds.codecs.cells import table_name
from leadline.kinds.codecs.cells import text as cell_text
from leadline.kinds.mapping import maps, time_formats, times
from leadline.kinds.mapping.finders import FINDERS, media_ref
from leadline.kinds.mapping.nothing import nothing, stored
from leadline.kinds.reader import ZONE
from leadline.model import words
from leadline.model.refs import KINDS

OK = 0
REASONS = (
    "",
    words.MISSING_KEY,
    words.BAD_TIME,
    words.BAD_ADDRESS,
    words.BAD_NUMBER,
    words.BAD_DIGEST,
    words.BAD_ROW,
    words.UNDECODABLE,
    words.BAD_KEY,
    words.BAD_WORD,
    words.OTHER_NETWORK,
)
"""Why a row is rejected, by code: words of model.words.REJECT_REASONS."""
(
    MISSING_KEY,
    BAD_TIME,
    BAD_ADDRESS,
    BAD_NUMBER,
    BAD_DIGEST,
    BAD_ROW,
    UNDECODABLE,
    BAD_KEY,
    BAD_WORD,
    OTHER_NETWORK,
) = range(1, len(REASONS))

UNKNOWN = "unknown"
"""The network of a private key where a map names none: what it says of itself is not kept."""

Codes = npt.NDArray[np.uint8]
_DIGESTS = frozenset({"media", "tx", "text", "outpoint", "script"})
"""Ref kinds whose keys are digests: given in lower case, and `bad_digest` when they do not fit."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a part as fields see them: columns by name, their locators, the exhibit's digest, the map's lookups."""

    part: str
    table: pa.Table
    locators: pa.Array
    exhibit: str
    lookups: Mapping[str, tuple[pa.Array, pa.Array]]

    def __len__(self) -> int:
        return len(self.locators)

    def take(self, index: npt.NDArray[np.int64]) -> "Rows":
        """These rows, in this order."""
        place = pa.array(index)
        return Rows(self.part, self.table.take(place), self.locators.take(place), self.exhibit, self.lookups)

    def times(self, name: str, format_: time_formats.Format) -> times.Times:
        """One input column's times; in the zone that the source itself states for it, whatever the map assumes."""
        column = self.column(name)
        at = self.table.schema.get_field_index(name)
        stated = ((self.table.schema.field(at).metadata or {}) if at >= 0 else {}).get(ZONE, b"").decode()
        if stated and time_formats.zone_of(stated) is not None:
            format_ = replace(format_, zone=stated, stated=True)
        if pa.types.is_string(column.type):
            column = stored(column)
        return times.parse(plain(column) if pa.types.is_floating(column.type) else column, format_)

    def column(self, name: str) -> pa.Array:
        """One input column, or a built-in one; MappingError when the part has none of that name."""
        if name == "@exhibit":
            return pa.repeat(pa.scalar(self.exhibit[:16], pa.string()), len(self))
        if name == "@place":
            return pc.replace_substring_regex(self.locators, r"^.*[:/]", "")
        at = self.table.schema.get_field_index(name)
        if at < 0:
            raise MappingError(
                f"the map reads column {name!r}, which a part of the exhibit does not have",
                where=f"exhibit:{self.exhibit} part {table_name(self.part)}",
                remedy="correct the map, or give the one made for this exhibit",
            )
        return self.table.column(at).combine_chunks()


def codes(n: int) -> Codes:
    """`n` rows without a problem."""
    return np.zeros(n, np.uint8)


def first_problem(*problems: Codes) -> Codes:
    """The first problem of each row."""
    result = problems[0].copy()
    for problem in problems[1:]:
        result = np.where(result == OK, problem, result).astype(np.uint8)
    return result


def text_of(rows: Rows, name: str) -> tuple[pa.Array, Codes]:
    """A column as text; empty text and programs' words for nothing are null, as is binary that is not UTF-8."""
    text, problem = written(rows, name)
    return stored(text), problem


def written(rows: Rows, name: str) -> tuple[pa.Array, Codes]:
    """A column as text as it stands, empty as null; binary that is not UTF-8 is null with a problem."""
    column = rows.column(name)
    problem = codes(len(rows))
    if pa.types.is_binary(column.type):
        values = [_decoded(v) for v in column.to_pylist()]
        text = pa.array(values, pa.string())
        problem[
            np.array([v is not None and t is None for v, t in zip(column.to_pylist(), values, strict=True)], bool)
        ] = UNDECODABLE
    elif pa.types.is_string(column.type):
        text = column
    elif pa.types.is_integer(column.type):
        return column.cast(pa.string()), problem
    else:
        text = plain(column)
    return pc.if_else(pc.equal(text, ""), None, text), problem


def plain(column: pa.Array) -> pa.Array:
    """Numbers as text in plain decimal notation, each by its shortest exact form."""
    text = column.cast(pa.string())
    power = pc.fill_null(pc.match_substring(text, "e"), False)
    if not pc.any(power).as_py():
        return text
    return pc.replace_with_mask(text, power, pa.array(map(cell_text, column.filter(power).to_pylist()), pa.string()))


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def holds(conditions: tuple[maps.Condition, ...], rows: Rows) -> npt.NDArray[np.bool_]:
    """Which rows fulfil every condition."""
    result = np.ones(len(rows), np.bool_)
    for condition in conditions:
        text, _ = written(rows, condition.column)
        if condition.present is not None:
            result &= pc.is_valid(stored(text)).to_numpy(zero_copy_only=False) == condition.present
        filled = pc.fill_null(text, "")
        if condition.is_:
            result &= pc.is_in(filled, pa.array(condition.is_, pa.string())).to_numpy(zero_copy_only=False)
        if condition.not_:
            result &= ~pc.is_in(filled, pa.array(condition.not_, pa.string())).to_numpy(zero_copy_only=False)
    return result


def text(value: maps.Template | maps.Cell, rows: Rows) -> tuple[pa.Array, Codes]:
    """A text column of a record."""
    return _template(value, rows) if isinstance(value, maps.Template) else _cell(value, rows)


def worded(column: pa.Array, words: tuple[str, ...]) -> tuple[pa.Array, Codes]:
    """A column as its closed words, whatever their case; words for nothing become null, and others a problem."""
    small = pc.utf8_lower(pc.utf8_trim_whitespace(column))
    fits = pc.is_in(small, pa.array(words, pa.string()))
    empty = pc.or_kleene(pc.is_null(column), pc.and_(pc.invert(fits), nothing("country", column)))
    other = pc.invert(pc.or_kleene(fits, empty)).to_numpy(zero_copy_only=False)
    return pc.if_else(fits, small, None), np.where(other, BAD_WORD, OK).astype("u1")


def _template(value: maps.Template, rows: Rows) -> tuple[pa.Array, Codes]:
    """The filled template; null where a slot is null or empty, or a lookup has no answer; refs are checked."""
    problem = codes(len(rows))
    if all(isinstance(p, str) for p in value.pieces):
        return pa.repeat(pa.scalar("".join(map(str, value.pieces)), pa.string()), len(rows)), problem
    pieces: list[pa.Array | str] = []
    kind = ""
    for i, piece in enumerate(value.pieces):
        if isinstance(piece, str):
            pieces.append(piece)
            kind = piece.partition(":")[0] if i == 0 and ":" in piece else kind
            continue
        slot, found = text_of(rows, piece.column)
        problem = first_problem(problem, found)
        if piece.lookup == maps.SLUG:
            slot = _slugs(slot)
        elif piece.lookup == maps.OPTIONAL:
            slot = pc.fill_null(slot, "none")
        elif piece.lookup:
            keys, values = rows.lookups[piece.lookup]
            slot = values.take(pc.index_in(slot, keys))
        pieces.append(slot)
    filled = pc.binary_join_element_wise(*pieces, "")
    if kind in _DIGESTS:
        filled = pc.ascii_lower(filled)
    if kind in KINDS:
        fits = pc.fill_null(pc.match_substring_regex(filled, f"^{kind}:(?:{KINDS[kind].pattern})$"), True)
        unfit = ~fits.to_numpy(zero_copy_only=False)
        if unfit.any():
            problem = first_problem(
                problem, np.where(unfit, BAD_DIGEST if kind in _DIGESTS else BAD_ROW, OK).astype("u1")
            )
            filled = pc.if_else(fits, filled, None)
    return filled, problem


def _slugs(column: pa.Array) -> pa.Array:
    """model.refs.slug over a column."""
    tight = pc.replace_substring_regex(column, r"[^A-Za-z0-9._@+-]+", "-")
    trimmed = pc.utf8_trim(tight, characters="-.@+_")
    return pc.if_else(pc.equal(trimmed, ""), "x", trimmed)


def _cell(value: maps.Cell, rows: Rows) -> tuple[pa.Array, Codes]:
    column, problem = written(rows, value.column)
    column = column if value.values is not None else stored(column)
    if value.date:
        when = times.parse(column, time_formats.Format(value.date))
        problem = first_problem(problem, np.where(when.bad, BAD_TIME, OK).astype("u1"))
        return pc.strftime(when.utc_low, "%Y-%m-%d"), problem
    if value.values is not None:
        keys = pa.array(list(value.values), pa.string())
        answer = pa.array([*value.values.values(), value.default], pa.string())
        at = pc.fill_null(pc.index_in(column, keys), len(keys))
        return answer.take(pc.if_else(pc.is_null(column), pa.scalar(len(keys), pa.int32()), at)), problem
    if value.default is not None:
        column = pc.fill_null(column, value.default)
    return (pc.utf8_lower(column) if value.lower else column), problem


def found(cell: maps.Cell, rows: Rows) -> tuple[npt.NDArray[np.int64], pa.Array, Codes]:
    """(row number, what was found, problems of the rows): everything a finder finds in a column."""
    column, problem = text_of(rows, cell.column)
    finder = FINDERS[cell.find]
    index: list[int] = []
    values: list[str] = []
    for i, value in enumerate(column.to_pylist()):
        if value is not None:
            data = value.encode()
            unique = dict.fromkeys(data[a:b] for a, b in finder(data))
            index += [i] * len(unique)
            values += [media_ref(v.decode()) if cell.find == "media" else v.decode() for v in unique]
    return np.array(index, np.int64), pa.array(values, pa.string()), problem


def wallets(column: pa.Array, network: str) -> tuple[pa.Array, pa.Array, pa.Array, Codes]:
    """(form, key, network, problems) of key material: a private key leaves its form alone, text of none a problem.

    Keys are of `network`, or where that is empty of the network each says itself. Each distinct text is read once; null
    where nothing stands.
    """
    coded = column.dictionary_encode()
    known = [_wallet(text_, (network,) if network else READ_AS) for text_ in coded.dictionary.to_pylist()]
    forms, keys, networks = (pa.array([k[i] for k in known], pa.string()).take(coded.indices) for i in range(3))
    lost = pc.and_(pc.is_valid(column), pc.is_null(forms)).to_numpy(zero_copy_only=False)
    return forms, keys, networks, np.where(lost, BAD_KEY, OK).astype("u1")


def _wallet(text_: str, networks: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """(form, key, network) of one text, by the first network it is key material of."""
    for network in networks:
        try:
            form, key = wallettext.read(text_, network)
        except EvidenceError:
            continue
        return form, key, network if key or len(networks) == 1 else UNKNOWN
    return None, None, None


def digest_bytes(value: maps.Template | maps.Cell, rows: Rows) -> tuple[pa.Array, Codes]:
    """Binary from hexadecimal text; `bad_digest` for other text."""
    as_text, problem = text(value, rows)
    values = as_text.to_pylist()
    result = [_unhex(v) for v in values]
    bad = np.array([v is not None and r is None for v, r in zip(values, result, strict=True)], np.bool_)
    return pa.array(result, pa.binary()), first_problem(problem, np.where(bad, BAD_DIGEST, OK).astype("u1"))


def _unhex(value: str | None) -> bytes | None:
    try:
        return None if value is None else bytes.fromhex(value)
    except ValueError:
        return None
