"""A map applied to the rows of a part: record tables, rejects and the row count, columnar throughout."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin import address_columns
from leadline.kinds.mapping import maps, times
from leadline.kinds.mapping.normalise import normal
from leadline.kinds.mapping.nothing import nothing
from leadline.model.evidence import REJECT
from leadline.model.tables import COUNT, DIGEST, SAT
from leadline.steps.intake import amounts, fields
from leadline.steps.intake.fields import Codes, Rows


@dataclass(slots=True)
class Mapped:
    """What a map made of some rows: record tables by name, and for each row whether it gave a record or a reject.

    `confined`: of a media folder, how the workers that read its files were confined.
    """

    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    rejects: list[pa.Table] = field(default_factory=list)
    rejected: int = 0
    mapped: int = 0
    left_out: int = 0
    confined: dict[str, str] = field(default_factory=dict)


def apply(
    rule: maps.PartRule,
    rows: Rows,
    network: str,
    result: Mapped,
    touched: npt.NDArray[np.bool_],
    faulty: npt.NDArray[np.bool_],
) -> None:
    """Adds to `result` the records of `rows`.

    Rows in `touched` already gave a record (an image, say), those in `faulty` a reject (a cell that cannot be read).
    """
    gave = touched.copy()
    failed = faulty.copy()
    exhibit = bytes.fromhex(rows.exhibit)
    for record in rule.records:
        index = np.flatnonzero(fields.holds(record.where, rows))
        chosen = rows if index.size == len(rows) else rows.take(index)
        index, chosen, values, problem = _values(record, index, chosen, network)
        wanted = _wanted(record, values, problem)
        bad = (problem != fields.OK) & wanted
        good = ~bad & wanted
        failed[index[bad]] = True
        gave[index[good]] = True
        if bad.any():
            result.rejects.append(_rejects(rows.part, exhibit, chosen.locators, problem, bad))
        if good.any():
            table = _table(record, values, chosen.locators, exhibit)
            result.tables.setdefault(record.spec.name, []).append(table if good.all() else table.filter(pa.array(good)))
    result.rejected += int(failed.sum())
    result.mapped += int((gave & ~failed).sum())
    result.left_out += int((~gave & ~failed).sum())


def _values(
    record: maps.Record, index: npt.NDArray[np.int64], rows: Rows, network: str
) -> tuple[npt.NDArray[np.int64], Rows, dict[str, pa.Array], Codes]:
    """(rows' numbers, rows, columns by name, problems); a finder makes several rows of one."""
    finding = next(((n, v) for n, v in record.fields if isinstance(v, maps.Cell) and v.find), None)
    values: dict[str, pa.Array] = {}
    problems: list[Codes] = []
    if finding is not None:
        name, cell = finding
        assert isinstance(cell, maps.Cell)
        at, values[name], problem = fields.found(cell, rows)
        broken = np.setdiff1d(np.flatnonzero(problem), at)
        values[name] = pa.concat_arrays([values[name], pa.nulls(broken.size, pa.string())])
        at = np.concatenate([at, broken])
        problems.append(problem[at])
        index, rows = index[at], rows.take(at)
    problems.append(fields.codes(len(rows)))
    for name, value in record.fields:
        if name not in values and (record.spec.name, name) != ("offer", "amount"):
            values[name], problem = _reading(record, name)(value, rows)
            problems.append(problem)
            if words := record.spec.column(name).words:
                values[name], problem = fields.worded(values[name], words)
                problems.append(problem)
    problems += _derived(record, values, rows, network)
    return index, rows, values, fields.first_problem(*problems)


def _reading(record: maps.Record, name: str) -> Callable[[maps.Template | maps.Cell, Rows], tuple[pa.Array, Codes]]:
    """How a column of a record table is read, by its type."""
    type_ = record.spec.column(name).type
    if name == "amount_sat":
        return amounts.amount
    if type_ in (SAT, COUNT, pa.int16(), pa.int32()):
        return amounts.whole_number
    if type_ in (DIGEST, pa.binary()):
        return fields.digest_bytes
    return fields.text


_TIME = ("utc_low", "utc_high", "doubt", "source_text")
_UNTIL = ("until_low", "until_high", "until_doubt", "until_text")


def _derived(record: maps.Record, values: dict[str, pa.Array], rows: Rows, network: str) -> list[Codes]:
    """Fills the columns a map does not give (times, normal forms, scripts) and checks those that may not be null."""
    n = len(rows)
    problems: list[Codes] = []
    for time, names in ((record.time, _TIME), (record.until, _UNTIL)):
        if names[0] in record.spec.schema.names:
            when = times.unknown(n) if time is None else rows.times(time.column, time.format)
            values |= dict(zip(names, (when.utc_low, when.utc_high, when.doubt, when.source_text), strict=True))
            problems.append(np.where(when.bad, fields.BAD_TIME, fields.OK).astype(np.uint8))
    if record.spec.name == "offer":
        cell = dict(record.fields)["amount"]
        values["currency"], values["amount"], problem = amounts.priced(cell, values["currency"], rows)
        problems.append(problem)
    if record.spec.name == "identifier":
        kind = values["kind"][0].as_py() if n else "handle"
        values["value"] = pc.if_else(nothing(kind, values["value"]), None, values["value"])
        countries = None if record.calling is None else pc.ascii_lower(fields.text(record.calling, rows)[0])
        values["normal"] = normal(kind, values["value"], countries)
    if "address" in values and record.spec.name in ("address", "event"):
        found = address_columns.read(values["address"], network)
        lost = pc.and_(pc.is_valid(values["address"]), pc.is_null(found.refs)).to_numpy(zero_copy_only=False)
        reason = np.where(found.elsewhere, fields.OTHER_NETWORK, fields.BAD_ADDRESS)
        problems.append(np.where(lost, reason, fields.OK).astype(np.uint8))
        if record.spec.name == "address":
            values |= {"script": found.refs, "network": found.networks}
    if record.spec.name == "wallet":
        values["form"], values["key"], values["network"], problem = fields.wallets(values["key"], network)
        problems.append(problem)
    for c in record.spec.columns:
        if not c.nullable and c.name in values and c.name not in ("doubt",):
            null = pc.is_null(values[c.name]).to_numpy(zero_copy_only=False)
            problems.append(np.where(null, fields.MISSING_KEY, fields.OK).astype(np.uint8))
    return problems


_OPTIONAL = {
    "identifier": "value",
    "address": "address",
    "circumstance": "answer",
    "signature": "value",
    "wallet": "form",
}
"""Tables whose record a row simply does not have when this column is empty."""


def _wanted(record: maps.Record, values: dict[str, pa.Array], problem: Codes) -> npt.NDArray[np.bool_]:
    """Which rows have the record at all: an account without an e-mail address has no such identifier."""
    name = _OPTIONAL.get(record.spec.name)
    if name is None:
        return np.ones(problem.size, np.bool_)
    there: npt.NDArray[np.bool_] = pc.is_valid(values[name]).to_numpy(zero_copy_only=False)
    return there | ~np.isin(problem, (fields.OK, fields.MISSING_KEY))


def _table(record: maps.Record, values: dict[str, pa.Array], locators: pa.Array, exhibit: bytes) -> pa.Table:
    n = len(locators)
    columns = []
    for c in record.spec.columns:
        if c.name == "exhibit":
            columns.append(pa.repeat(pa.scalar(exhibit, DIGEST), n))
        elif c.name == "locator":
            columns.append(locators)
        elif c.name in values:
            columns.append(values[c.name].cast(c.type))
        else:
            columns.append(pa.nulls(n, c.type))
    nullable = pa.schema([pa.field(c.name, c.type) for c in record.spec.columns])
    return pa.Table.from_arrays(columns, schema=nullable)


def _rejects(part: str, exhibit: bytes, locators: pa.Array, problem: Codes, bad: npt.NDArray[np.bool_]) -> pa.Table:
    at = pa.array(np.flatnonzero(bad))
    n = len(at)
    return pa.table(
        {
            "part": pa.repeat(pa.scalar(part, pa.string()), n),
            "reason": pa.array(fields.REASONS, pa.string()).take(pa.array(problem[bad].astype(np.int64))),
            "exhibit": pa.repeat(pa.scalar(exhibit, DIGEST), n),
            "locator": locators.take(at),
        },
        schema=pa.schema([(c.name, c.type) for c in REJECT.columns]),
    )
