"""What a table is: named, typed, documented columns, a key, and one canonical digest over its rows."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError

DIGEST = pa.binary(32)
REF = pa.string()
TEXT = pa.string()
SAT = pa.int64()
PPM = pa.int32()
COUNT = pa.int64()
UTC = pa.timestamp("us", tz="UTC")
FIAT = pa.decimal128(24, 2)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it says (with its unit), whether it may be null or is restricted.

    `words` are all the values it may have, where that list is closed; `refs` the kinds of refs, where it holds refs.
    """

    name: str
    type: pa.DataType
    says: str
    nullable: bool = False
    restricted: bool = False
    words: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: one sentence, its key columns (rows are kept sorted by them) and its columns."""

    name: str
    says: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, without metadata."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    def column(self, name: str) -> Column:
        """The column of this name; KeyError when there is none."""
        return {c.name: c for c in self.columns}[name]


def empty(spec: TableSpec) -> pa.Table:
    """A table of `spec` with no row."""
    return spec.schema.empty_table()


def from_columns(spec: TableSpec, columns: Mapping[str, object]) -> pa.Table:
    """A table of `spec` from arrays or sequences by column name, in key order; missing nullable columns are null.

    Raises UsageError for an unknown column, a missing one that may not be null, or a null where none may stand.
    """
    unknown = set(columns) - {c.name for c in spec.columns}
    if unknown:
        raise UsageError(f"table {spec.name} has no column {sorted(unknown)[0]!r}")
    lengths = {len(v) for v in columns.values()}  # type: ignore[arg-type]
    if len(lengths) > 1:
        raise UsageError(f"columns of table {spec.name} differ in length")
    n = lengths.pop() if lengths else 0
    arrays = []
    for c in spec.columns:
        value = columns.get(c.name)
        if value is None:
            if not c.nullable and n:
                raise UsageError(f"table {spec.name} needs column {c.name!r}")
            arrays.append(pa.nulls(n, c.type))
            continue
        array = value if isinstance(value, pa.Array | pa.ChunkedArray) else pa.array(value, c.type)
        if array.type != c.type:
            array = array.cast(c.type)
        arrays.append(array)
    return in_key_order(spec, pa.Table.from_arrays(arrays, schema=spec.schema))


def from_rows(spec: TableSpec, rows: Iterable[Sequence[object]]) -> pa.Table:
    """A table of `spec` from row tuples in column order, in key order; for small tables only."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return empty(spec)
    return from_columns(spec, {c.name: list(v) for c, v in zip(spec.columns, columns, strict=True)})


def in_key_order(spec: TableSpec, table: pa.Table) -> pa.Table:
    """`table` cast to the spec's schema, sorted by key then the other columns, exact repeats dropped.

    UsageError for a null where none may stand, a word that is none of its column's, or a ref of another kind.
    """
    for c in spec.columns:
        if not _holds(c, table.column(c.name)):
            raise UsageError(f"column {c.name!r} of table {spec.name} holds what is none of its words or refs")
    return _ordered(spec, table)


def _holds(column: Column, values: pa.ChunkedArray) -> bool:
    """Whether values that are not null are words of the column, or refs of its kinds."""
    fits = None
    if column.words:
        fits = pc.is_in(pc.unique(values).drop_null(), pa.array(column.words, pa.string()))
    for kind in column.refs:
        begins = pc.starts_with(values, f"{kind}:")
        fits = begins if fits is None else pc.or_(fits, begins)
    return fits is None or pc.all(fits, skip_nulls=True, min_count=0).as_py() is True


def _ordered(spec: TableSpec, table: pa.Table) -> pa.Table:
    for c in spec.columns:
        if not c.nullable and table.column(c.name).null_count:
            raise UsageError(f"column {c.name!r} of table {spec.name} may not be null")
    table = table.select([c.name for c in spec.columns]).cast(spec.schema).combine_chunks()
    order = [*spec.key, *(c.name for c in spec.columns if c.name not in spec.key)]
    if table.num_rows > 1:
        table = table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in order]))
        table = _without_repeats(table)
    return table.combine_chunks()


def _without_repeats(table: pa.Table) -> pa.Table:
    """Sorted `table` without rows equal to the row before in every column."""
    n = table.num_rows
    same = None
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        a, b = column.slice(0, n - 1), column.slice(1)
        equal = pc.or_kleene(pc.fill_null(pc.equal(a, b), False), pc.and_(pc.is_null(a), pc.is_null(b)))
        same = equal if same is None else pc.and_(same, equal)
        if not pc.any(same).as_py():
            return table
    keep = pa.concat_arrays([pa.array([True]), pc.invert(same)])
    return table.filter(keep)


def digest(spec: TableSpec, table: pa.Table) -> bytes:
    """The canonical SHA-256 of a table: its schema's text, then each column's validity and values, rows in key order.

    Independent of chunking, compression, Parquet version and Arrow padding: the value bytes of a null are not read.
    """
    table = _ordered(spec, table)
    head = json.dumps([spec.name, table.num_rows, [[c.name, str(c.type)] for c in spec.columns]])
    outer = hashlib.sha256(head.encode())
    for c in spec.columns:
        outer.update(_column_digest(table.column(c.name).combine_chunks()))
    return outer.digest()


def _column_digest(column: pa.Array | pa.ChunkedArray) -> bytes:
    array = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
    inner = hashlib.sha256()
    if array.null_count:
        inner.update(bytes(pc.is_valid(array).to_numpy(zero_copy_only=False).view("u1")))
        array = array.drop_null()
    if pa.types.is_string(array.type) or pa.types.is_binary(array.type):
        wide = array.cast(pa.large_binary())
        inner.update(pc.binary_length(wide).cast(pa.int64()).to_numpy(zero_copy_only=False).tobytes())
        offsets = pa.Array.from_buffers(pa.int64(), len(wide) + 1, [None, wide.buffers()[1]], offset=wide.offset)
        first, last = (offsets[0].as_py(), offsets[len(wide)].as_py()) if len(wide) else (0, 0)
        data = wide.buffers()[2]
        if data is not None:
            inner.update(memoryview(data)[first:last])
    elif pa.types.is_boolean(array.type):
        inner.update(array.to_numpy(zero_copy_only=False).view("u1").tobytes())
    else:
        width = array.type.bit_width // 8
        data = array.buffers()[1]
        if data is not None:
            inner.update(memoryview(data)[array.offset * width : (array.offset + len(array)) * width])
    return inner.digest()
