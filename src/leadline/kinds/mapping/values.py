"""Values of a map's text: templates, cells, times and conditions, each checked as it is read."""

import re
from collections.abc import Mapping
from typing import Any

from leadline.errors import MappingError
from leadline.kinds.mapping import finders, time_formats
from leadline.kinds.mapping.maps import COINS, MONEY, OPTIONAL, SLUG, Cell, Condition, Slot, Template, TimeOf
from leadline.model.refs import KINDS

_SLOT = re.compile(r"\{([^{}|]+)(?:\|([^{}|]+))?\}")
_SPECIAL = frozenset({"@exhibit", "@place"})


def fixed(value: Template | Cell) -> str | None:
    """The text that a template without slots always gives; None for other values."""
    if isinstance(value, Template) and all(isinstance(p, str) for p in value.pieces):
        return "".join(str(p) for p in value.pieces)
    return None


def value_of(data: object, lookups: frozenset[str], place: str) -> Template | Cell:
    """A column's value: a template or a cell; MappingError names `place` for what is neither."""
    if isinstance(data, str):
        return template(data, lookups, place)
    if not isinstance(data, dict):
        raise MappingError(f"{place}: neither a template nor a table with a column")
    only(data, {"column", "values", "default", "unit", "find", "date", "lower"}, place)
    values = data.get("values")
    if values is not None and not isinstance(values, dict):
        raise MappingError(
            f"{place}: values is no table", remedy='write values = { "as it stands" = "as it is meant" }'
        )
    cell = Cell(
        text_of(data, "column"),
        {str(k): str(v) for k, v in values.items()} if values is not None else None,
        str(data["default"]) if "default" in data else None,
        str(data.get("unit", "")),
        str(data.get("find", "")),
        str(data.get("date", "")),
        switch(data, "lower", place),
    )
    if sum((cell.values is not None, bool(cell.unit), bool(cell.find), bool(cell.date), cell.lower)) > 1:
        raise MappingError(f"{place}: more than one rule for a cell", remedy="one of unit, values, find, date, lower")
    if cell.unit not in ("", *COINS, *MONEY):
        raise MappingError(f"{place}: unknown unit", remedy="one of: " + ", ".join((*COINS, *MONEY)))
    if cell.find and cell.find not in finders.FINDERS:
        raise MappingError(f"{place}: unknown finder", remedy="one of: " + ", ".join(finders.FINDERS))
    if cell.date:
        time_formats.check(time_formats.Format(cell.date))
    return cell


def switch(data: Mapping[str, Any], key: str, place: str) -> bool:
    """A key that is true or false; MappingError for anything else."""
    found = data.get(key, False)
    if not isinstance(found, bool):
        raise MappingError(f"{place}: {key} is neither true nor false")
    return found


def words(data: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """A key that is a list of words, or one word; MappingError for anything else."""
    found = data.get(key, [])
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or any(isinstance(word, dict | list) for word in listed):
        raise MappingError(f"{place}: {key} is no list of words")
    return tuple(str(word) for word in listed)


def tables(data: Mapping[str, Any], key: str, place: str) -> list[dict[str, Any]]:
    """A key that is a list of tables, or one table; MappingError for anything else."""
    found = data.get(key, [])
    listed = [found] if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise MappingError(f"{place}: {key} is no table")
    return listed


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


def time_of(data: object, default: time_formats.Format | None, place: str) -> TimeOf | None:
    """Where a record's time stands and how; None for none; MappingError when it is not said."""
    if data is None:
        return None
    if isinstance(data, str):
        data = {"column": data}
    if not isinstance(data, dict):
        raise MappingError(f"{place}: time is neither a column nor a table")
    return TimeOf(text_of(data, "column"), format_of({k: v for k, v in data.items() if k != "column"}, default))


def format_of(data: object, default: time_formats.Format | None) -> time_formats.Format:
    """How times are written, what is not said being as in `default`; MappingError for what is no format."""
    if not isinstance(data, dict):
        raise MappingError("a time is no table", remedy='write [time] and below it format = "iso"')
    only(data, {"format", "zone", "stated"}, "a time")
    base = default or time_formats.Format("")
    stated = switch(data, "stated", "a time") if "stated" in data else base.stated
    result = time_formats.Format(str(data.get("format", base.text)), str(data.get("zone", base.zone)), stated)
    if not result.text:
        raise MappingError("a time has no format", remedy="unix, unix_ms, iso, or for example %Y-%m-%d %H:%M:%S")
    time_formats.check(result)
    return result


def condition(data: object, place: str) -> Condition:
    """A condition on one column; MappingError when it is none."""
    if not isinstance(data, dict):
        raise MappingError(f"{place}: where is not a table")
    only(data, {"column", "is", "not", "present"}, place)
    is_, not_ = (words(data, key, place) for key in ("is", "not"))
    present = switch(data, "present", place) if "present" in data else None
    if not is_ and not not_ and present is None:
        raise MappingError(f"{place}: where needs is, not or present")
    return Condition(text_of(data, "column"), is_, not_, present)


def text_of(data: Mapping[str, Any], key: str) -> str:
    """The text of a key that must have one; MappingError when it has none."""
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MappingError(f"{key!r} is missing or is no text")
    return value


def only(data: Mapping[str, Any], allowed: set[str], place: str) -> None:
    """MappingError that names every key which is not allowed."""
    unknown = sorted(set(data) - allowed)
    if unknown:
        named = ", ".join(map(repr, unknown))
        raise MappingError(
            f"{place}: unknown key{'s' * (len(unknown) > 1)} {named}", remedy="one of: " + ", ".join(sorted(allowed))
        )
