"""The grammar of maps: TOML that says which records stand in the parts of an exhibit. See docs/maps.md.

A map is checked whole when it is read: unknown keys, tables, columns, formats and normalisers are MappingErrors.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from leadline.errors import MappingError
from leadline.kinds.mapping import finders, times
from leadline.kinds.mapping.maps import (
    COINS,
    MONEY,
    OPTIONAL,
    SLUG,
    Cell,
    Condition,
    Lookup,
    Map,
    PartRule,
    Record,
    Slot,
    Template,
    TimeOf,
)
from leadline.kinds.mapping.normalise import RULES
from leadline.model.evidence import RECORDS
from leadline.model.refs import KINDS

_TABLES = {spec.name: spec for spec in RECORDS}
_DERIVED = frozenset(
    {"exhibit", "locator", "utc_low", "utc_high", "doubt", "source_text", "normal", "script", "network", "form"}
    | {"until_low", "until_high", "until_doubt", "until_text"}
)
"""Columns intake fills itself."""
_SLOT = re.compile(r"\{([^{}|]+)(?:\|([^{}|]+))?\}")
_SPECIAL = frozenset({"@exhibit", "@place"})


def parse(text: str, where: str = "") -> Map:
    """The map in `text`; MappingError says which key of which part or record is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"the map is not TOML: {error}", where=where, remedy="see docs/maps.md") from error
    try:
        return _map(data, hashlib.sha256(text.encode()).hexdigest())
    except MappingError as error:
        raise MappingError(error.what, where=where or error.where, remedy=error.remedy or "see docs/maps.md") from error


def _map(data: dict[str, Any], digest: str) -> Map:
    _only(data, {"name", "says", "reader", "network", "time", "lookup", "part"}, "the map")
    default = _format(data.get("time", {}), None) if "time" in data else None
    lookups = []
    for name, entry in sorted(data.get("lookup", {}).items()):
        _only(entry, {"part", "key", "value"}, f"lookup {name}")
        lookups.append(Lookup(name, _text(entry, "part"), _text(entry, "key"), _text(entry, "value")))
    names = frozenset(lookup.name for lookup in lookups)
    parts = tuple(_part(entry, default, names) for entry in data.get("part", []))
    if not parts:
        raise MappingError("the map names no part")
    return Map(
        _text(data, "name"),
        _text(data, "says"),
        _text(data, "reader"),
        str(data.get("network", "")),
        tuple(lookups),
        parts,
        digest,
    )


def _part(data: dict[str, Any], default: times.Format | None, lookups: frozenset[str]) -> PartRule:
    match = str(data.get("match", "*"))
    _only(data, {"match", "columns", "record"}, f"part {match}")
    records = tuple(
        _record(entry, default, lookups, f"part {match}, record {i + 1}")
        for i, entry in enumerate(data.get("record", []))
    )
    return PartRule(match, tuple(str(c) for c in data.get("columns", [])), records)


def _record(data: dict[str, Any], default: times.Format | None, lookups: frozenset[str], place: str) -> Record:
    spec = _TABLES.get(_text(data, "table"))
    if spec is None:
        raise MappingError(f"{place}: unknown table", remedy="one of: " + ", ".join(_TABLES))
    settable = {c.name for c in spec.columns} - _DERIVED
    timed = {key for key, column in (("time", "utc_low"), ("until", "until_low")) if column in spec.schema.names}
    _only(data, settable | {"table", "where"} | timed, place)
    fields = tuple(
        (c.name, _value(data[c.name], lookups, f"{place}, {c.name}")) for c in spec.columns if c.name in data
    )
    needed = {c.name for c in spec.columns if not c.nullable and c.name in settable}
    missing = (needed | ({"key"} if spec.name == "wallet" else set())) - set(data)
    if missing:
        raise MappingError(f"{place}: table {spec.name} needs {sorted(missing)[0]!r}")
    if spec.name == "identifier" and _fixed(dict(fields)["kind"]) not in RULES:
        raise MappingError(f"{place}: kind must be a fixed one", remedy="one of: " + ", ".join(RULES))
    if spec.name == "offer":
        _check_offer(dict(fields), place)
    if sum(isinstance(v, Cell) and bool(v.find) for _, v in fields) > 1:
        raise MappingError(f"{place}: only one column of a record may be found in a text")
    where = data.get("where", [])
    conditions = tuple(_condition(c, place) for c in (where if isinstance(where, list) else [where]))
    time, until = (_time(data.get(key), default, place) for key in ("time", "until"))
    return Record(spec, fields, time, until, conditions)


def _check_offer(fields: Mapping[str, Template | Cell], place: str) -> None:
    """MappingError unless the amount has a unit, and a fixed currency is one of that unit."""
    amount, currency = fields["amount"], _fixed(fields["currency"])
    if not isinstance(amount, Cell) or amount.unit not in (*COINS, *MONEY):
        raise MappingError(f"{place}: amount needs a column and unit", remedy="one of: " + ", ".join((*COINS, *MONEY)))
    if currency is not None and (currency == "BTC") != (amount.unit in COINS):
        raise MappingError(
            f"{place}: unit {amount.unit} is none of that currency", remedy="sat or btc go with BTC alone"
        )


def _fixed(value: Template | Cell) -> str | None:
    if isinstance(value, Template) and all(isinstance(p, str) for p in value.pieces):
        return "".join(str(p) for p in value.pieces)
    return None


def _value(data: object, lookups: frozenset[str], place: str) -> Template | Cell:
    if isinstance(data, str):
        return template(data, lookups, place)
    if not isinstance(data, dict):
        raise MappingError(f"{place}: neither a template nor a table with a column")
    _only(data, {"column", "values", "default", "unit", "find", "date", "lower"}, place)
    cell = Cell(
        _text(data, "column"),
        {str(k): str(v) for k, v in data["values"].items()} if "values" in data else None,
        str(data["default"]) if "default" in data else None,
        str(data.get("unit", "")),
        str(data.get("find", "")),
        str(data.get("date", "")),
        bool(data.get("lower", False)),
    )
    if cell.unit not in ("", *COINS, *MONEY):
        raise MappingError(f"{place}: unknown unit", remedy="one of: " + ", ".join((*COINS, *MONEY)))
    if cell.find and cell.find not in finders.FINDERS:
        raise MappingError(f"{place}: unknown finder", remedy="one of: " + ", ".join(finders.FINDERS))
    if cell.date:
        times.check(times.Format(cell.date))
    return cell


def template(text: str, lookups: frozenset[str], place: str) -> Template:
    """The template in `text`; MappingError for a lookup that is not declared or a ref of an unknown kind."""
    pieces: list[str | Slot] = []
    end = 0
    for found in _SLOT.finditer(text):
        if found.start() > end:
            pieces.append(text[end : found.start()])
        column, lookup = found[1], found[2] or ""
        if lookup and lookup not in (SLUG, OPTIONAL) and lookup not in lookups:
            raise MappingError(f"{place}: lookup {lookup!r} is not declared")
        if column.startswith("@") and column not in _SPECIAL:
            raise MappingError(f"{place}: {column!r} is not built in", remedy="one of: " + ", ".join(sorted(_SPECIAL)))
        pieces.append(Slot(column, lookup))
        end = found.end()
    if end < len(text):
        pieces.append(text[end:])
    if any("{" in p or "}" in p for p in pieces if isinstance(p, str)):
        raise MappingError(f"{place}: unmatched brace in a template")
    head = pieces[0] if pieces and isinstance(pieces[0], str) else ""
    kind, colon, _ = head.partition(":")
    if colon and kind not in KINDS:
        raise MappingError(f"{place}: unknown ref kind {kind!r}", remedy="one of: " + ", ".join(sorted(KINDS)))
    return Template(tuple(pieces))


def _time(data: object, default: times.Format | None, place: str) -> TimeOf | None:
    if data is None:
        return None
    if isinstance(data, str):
        data = {"column": data}
    if not isinstance(data, dict):
        raise MappingError(f"{place}: time is neither a column nor a table")
    return TimeOf(_text(data, "column"), _format({k: v for k, v in data.items() if k != "column"}, default))


def _format(data: dict[str, Any], default: times.Format | None) -> times.Format:
    _only(data, {"format", "zone", "stated"}, "a time")
    base = default or times.Format("")
    result = times.Format(
        str(data.get("format", base.text)), str(data.get("zone", base.zone)), bool(data.get("stated", base.stated))
    )
    if not result.text:
        raise MappingError("a time has no format", remedy="unix, unix_ms, iso, or for example %Y-%m-%d %H:%M:%S")
    times.check(result)
    return result


def _condition(data: object, place: str) -> Condition:
    if not isinstance(data, dict):
        raise MappingError(f"{place}: where is not a table")
    _only(data, {"column", "is", "not", "present"}, place)
    is_, not_ = (tuple(str(v) for v in data.get(k, [])) for k in ("is", "not"))
    present = data.get("present")
    if not is_ and not not_ and not isinstance(present, bool):
        raise MappingError(f"{place}: where needs is, not or present")
    return Condition(_text(data, "column"), is_, not_, present)


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MappingError(f"{key!r} is missing or is no text")
    return value


def _only(data: Mapping[str, Any], allowed: set[str], place: str) -> None:
    unknown = sorted(set(data) - allowed)
    if unknown:
        raise MappingError(f"{place}: unknown key {unknown[0]!r}", remedy="one of: " + ", ".join(sorted(allowed)))
