"""The grammar of maps: TOML that says which records stand in the parts of an exhibit. See docs/maps.md.

A map is checked whole when it is read: unknown keys, tables, columns, formats, words and kinds are MappingErrors, and
all that is wrong is told at once.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, TypeVarTuple

from leadline.errors import MappingError
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.kinds.codecs import plaintoml
from leadline.kinds.mapping import time_formats
from leadline.kinds.mapping.answers import answered
from leadline.kinds.mapping.maps import COINS, MONEY, Cell, Lookup, Map, PartRule, Record, Template
from leadline.kinds.mapping.phones import COUNTRIES
from leadline.kinds.mapping.values import condition, fixed, format_of, only, tables, text_of, time_of, value_of, words
from leadline.model.evidence import RECORDS
from leadline.model.tables import TEXT, Column, TableSpec
from leadline.model.words import IDENTIFIERS

_TABLES = {spec.name: spec for spec in RECORDS}
_DERIVED = frozenset(
    {"exhibit", "locator", "utc_low", "utc_high", "doubt", "source_text", "normal", "script", "network", "form"}
    | {"until_low", "until_high", "until_doubt", "until_text"}
)
"""Columns intake fills itself."""
_TEXTS = {"name", "says", "reader", "network", "calling_country", "encoding"}
_KEYS = _TEXTS | {"version", "time", "lookup", "part", "layout"}
_ANY = time_formats.Format("iso", "UTC")
"""Stands in for the times of a map whose own are wrong, so that its records are read for their own faults."""
LONGEST = 1 << 20
"""Characters of a map: the longest that ships has fewer than four thousand."""
_MANY = 40
"""From so many on, words are not listed in an error."""


T = TypeVar("T")
Args = TypeVarTuple("Args")


def parse(text: str, where: str = "") -> Map:
    """The map in `text`; MappingError says of everything that is wrong which key of which part or record it is."""
    if len(text) > LONGEST:
        raise MappingError(
            f"the map has more than {LONGEST:,} characters", where=where, remedy="divide it into several"
        )
    try:
        data = plaintoml.loads(text)
    except RecursionError:
        raise MappingError("the map is nested too deep to be read", where=where, remedy="see docs/maps.md") from None
    except tomllib.TOMLDecodeError as error:
        remedy = "see docs/maps.md" + ("" if text.isascii() else "; a key beyond ASCII stands in quotes")
        raise MappingError(f"the map is not TOML: {error}", where=where, remedy=remedy) from error
    try:
        return _map(answered(data), hashlib.sha256(text.encode()).hexdigest())
    except MappingError as error:
        raise MappingError(error.what, where=where or error.where, remedy=error.remedy or "see docs/maps.md") from error


class _Faults:
    """What is wrong with a map, gathered while the rest of it is read."""

    def __init__(self) -> None:
        self.found: list[MappingError] = []

    def tried(self, read: Callable[[*Args], T], *args: *Args) -> T | None:
        """What `read` gives; None where it raises a MappingError, which is kept."""
        try:
            return read(*args)
        except MappingError as error:
            self.found.append(error)
            return None

    def told(self) -> None:
        """Raises the one MappingError that was kept, or one that lists them all."""
        lines = dict.fromkeys(f"  {e.what}" + (f" ({e.remedy})" if e.remedy else "") for e in self.found)
        if len(lines) == 1:
            raise self.found[0]
        if lines:
            raise MappingError("\n".join([f"the map has {len(lines)} errors:", *lines]))


@dataclass(frozen=True, slots=True)
class _Given:
    """What holds for every record of a map, and where its faults are gathered."""

    default: time_formats.Format | None
    lookups: frozenset[str]
    calling: Template | Cell | None
    faults: _Faults


def _map(data: dict[str, Any], digest: str) -> Map:
    faults = _Faults()
    faults.tried(only, data, _KEYS, "the map")
    name, says, reader = (faults.tried(text_of, data, key) or "" for key in ("name", "says", "reader"))
    network = str(data.get("network", ""))
    if network and network not in NETWORKS:
        faults.found.append(MappingError("unknown network", remedy=_one_of(tuple(NETWORKS))))
    encoding = str(data.get("encoding", ""))
    if encoding and not _is_text_encoding(encoding):
        faults.found.append(MappingError("unknown encoding", remedy="a name such as cp1252, cp949 or shift_jis"))
    default = (faults.tried(format_of, data["time"], None) or _ANY) if "time" in data else None
    named = data.get("lookup", {})
    if not isinstance(named, dict):
        raise MappingError("lookup is no table", remedy="write [lookup.NAME] and below it part, key and value")
    lookups = [faults.tried(_lookup, key, entry) for key, entry in sorted(named.items())]
    calling = faults.tried(_calling, data, frozenset[str](), "the map")
    if calling is not None and fixed(calling) is None:
        faults.found.append(MappingError("the map: calling_country is no fixed one", remedy="give it in the records"))
    given = _Given(default, frozenset(named), calling, faults)
    parts = tuple(_part(entry, given) for entry in faults.tried(tables, data, "part", "the map") or [])
    if not parts:
        faults.found.append(MappingError("the map names no part"))
    layout = faults.tried(_layout, data.get("layout", {})) or {}
    version = data.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        faults.found.append(MappingError("version is no number", remedy="write version = 2"))
        version = 1
    faults.told()
    found = tuple(lookup for lookup in lookups if lookup)
    return Map(name, says, reader, network, found, parts, digest, encoding, layout, version)


def _layout(data: object) -> dict[str, tuple[str, ...]]:
    """The parts and their columns that a map was made for."""
    if not isinstance(data, dict):
        raise MappingError("layout is no table", remedy='write [layout] and below it part = ["column", ...]')
    return {str(part): words(data, part, "layout") for part in data}


def _is_text_encoding(name: str) -> bool:
    """Whether Python knows an encoding of text by this name."""
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _lookup(name: str, entry: object) -> Lookup:
    if not isinstance(entry, dict):
        raise MappingError(f"lookup {name} is no table")
    only(entry, {"part", "key", "value"}, f"lookup {name}")
    return Lookup(name, text_of(entry, "part"), text_of(entry, "key"), text_of(entry, "value"))


def _part(data: dict[str, Any], given: _Given) -> PartRule:
    match, tried = str(data.get("match", "*")), given.faults.tried
    tried(only, data, {"match", "columns", "record"}, f"part {match}")
    records = []
    for i, entry in enumerate(tried(tables, data, "record", f"part {match}") or []):
        place = f"part {match}, record {i + 1}"
        spec = tried(_spec, entry, place)
        if spec is not None:
            records.append(_record(entry, spec, given, place))
    return PartRule(match, tried(words, data, "columns", f"part {match}") or (), tuple(records))


def _spec(data: dict[str, Any], place: str) -> TableSpec:
    spec = _TABLES.get(text_of(data, "table"))
    if spec is None:
        raise MappingError(f"{place}: unknown table", remedy="one of: " + ", ".join(_TABLES))
    return spec


def _record(data: dict[str, Any], spec: TableSpec, given: _Given, place: str) -> Record:
    tried = given.faults.tried
    settable = {c.name for c in spec.columns} - _DERIVED
    timed = {key for key, column in (("time", "utc_low"), ("until", "until_low")) if column in spec.schema.names}
    phones = spec.name == "identifier" and data.get("kind") == "phone"
    tried(only, data, settable | {"table", "where"} | timed | ({"calling_country"} if phones else set()), place)
    stated = [c for c in spec.columns if c.name in settable & set(data)]
    fields = [(c.name, tried(_column, c, data[c.name], given.lookups, place)) for c in stated]
    good = tuple((name, value) for name, value in fields if value is not None)
    needed = {c.name for c in spec.columns if not c.nullable and c.name in settable}
    missing = (needed | ({"key"} if spec.name == "wallet" else set())) - set(data)
    given.faults.found += [MappingError(f"{place}: table {spec.name} needs {name!r}") for name in sorted(missing)]
    tried(_together, spec, dict(good), place)
    conditions = [tried(condition, c, place) for c in tried(tables, data, "where", place) or []]
    time, until = (tried(time_of, data.get(key), given.default, place) for key in ("time", "until"))
    calling = (tried(_calling, data, given.lookups, place) or given.calling) if phones else None
    return Record(spec, good, time, until, tuple(c for c in conditions if c is not None), calling)


def _together(spec: TableSpec, fields: Mapping[str, Template | Cell], place: str) -> None:
    """MappingError where columns of a record do not go together."""
    if spec.name == "identifier" and "kind" in fields and fixed(fields["kind"]) is None:
        raise MappingError(f"{place}: kind must be a fixed one", remedy=_one_of(IDENTIFIERS))
    if spec.name == "offer" and {"amount", "currency"} <= set(fields):
        _check_offer(fields, place)
    if sum(isinstance(v, Cell) and bool(v.find) for v in fields.values()) > 1:
        raise MappingError(f"{place}: only one column of a record may be found in a text")


def _column(column: Column, data: object, lookups: frozenset[str], place: str) -> Template | Cell:
    return _worded(column, value_of(data, lookups, f"{place}, {column.name}"), place)


def _worded(column: Column, value: Template | Cell, place: str) -> Template | Cell:
    """`value`, which gives a column's words where those are a closed list; MappingError for others it would give."""
    same = fixed(value)
    given = [same] if same is not None else []
    if isinstance(value, Cell):
        given += [*(value.values or {}).values(), *([value.default] if value.default is not None else [])]
    wrong = sorted(set(given) - set(column.words)) if column.words else []
    if wrong:
        raise MappingError(f"{place}, {column.name}: {wrong[0]!r} is none of its words", remedy=_one_of(column.words))
    return value


def _one_of(words: Sequence[str]) -> str:
    return "one of: " + ", ".join(words) if len(words) < _MANY else "see docs/model.md"


def _calling(data: Mapping[str, Any], lookups: frozenset[str], place: str) -> Template | Cell | None:
    """The calling country a map or record names."""
    if "calling_country" not in data:
        return None
    value = value_of(data["calling_country"], lookups, f"{place}, calling_country")
    return _worded(Column("calling_country", TEXT, "", words=tuple(sorted(COUNTRIES))), value, place)


def _check_offer(fields: Mapping[str, Template | Cell], place: str) -> None:
    """MappingError unless the amount has a unit, and a fixed currency is one of that unit."""
    amount, currency = fields["amount"], fixed(fields["currency"])
    if not isinstance(amount, Cell) or amount.unit not in (*COINS, *MONEY):
        raise MappingError(f"{place}: amount needs a column and unit", remedy="one of: " + ", ".join((*COINS, *MONEY)))
    if currency is not None and (currency == "BTC") != (amount.unit in COINS):
        raise MappingError(
            f"{place}: unit {amount.unit} is none of that currency", remedy="sat or btc go with BTC alone"
        )
