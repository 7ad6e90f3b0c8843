"""What a map says: which records stand in the parts of an exhibit. grammar.py reads its text; see docs/maps.md."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadline.kinds.mapping import time_formats
from leadline.model.tables import TableSpec

COINS, MONEY = ("sat", "btc"), ("hundredths", "decimal")
"""Units of an amount: of bitcoin, and of every other currency; the second of each is a decimal number of whole ones."""
SLUG, OPTIONAL = "slug", "optional"
"""Lookups that are built in: text made fit for a ref, and the word none for an empty cell."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template: a column's value, or what a lookup gives for it.

    Built in are the columns `@exhibit` and `@place`, and the lookups SLUG and OPTIONAL.
    """

    column: str
    lookup: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed text and slots, in order."""

    pieces: tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column's value, changed by at most one rule."""

    column: str
    values: Mapping[str, str] | None = None  # replacements by exact text
    default: str | None = None  # for text that `values` does not name
    unit: str = ""  # one of COINS or MONEY: an amount
    find: str = ""  # a finder of kinds.mapping.finders: one record for each thing found
    date: str = ""  # a time format: an ISO date
    lower: bool = False  # in lower case


@dataclass(frozen=True, slots=True)
class TimeOf:
    """The column a record's time stands in, and how."""

    column: str
    format: time_formats.Format


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule on one column's text: one of `is_`, none of `not_`, or present (neither null nor empty) or absent."""

    column: str
    is_: tuple[str, ...] = ()
    not_: tuple[str, ...] = ()
    present: bool | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record a row: its table, its columns, its time and the conditions all of which must hold.

    `calling` gives the calling country of telephone numbers in national form.
    """

    spec: TableSpec
    fields: tuple[tuple[str, Template | Cell], ...]
    time: TimeOf | None
    until: TimeOf | None
    where: tuple[Condition, ...]
    calling: Template | Cell | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The input columns it reads."""
        named = [t.column for t in (self.time, self.until) if t]
        for value in (*(v for _, v in self.fields), *([self.calling] if self.calling else [])):
            if isinstance(value, Cell):
                named.append(value.column)
            else:
                named += [p.column for p in value.pieces if isinstance(p, Slot) and not p.column.startswith("@")]
        return frozenset([*named, *(c.column for c in self.where)])


@dataclass(frozen=True, slots=True)
class PartRule:
    """The parts whose name fits the glob `match` and that have all `columns`, and the records in them."""

    match: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]

    def fits(self, name: str, columns: Sequence[str]) -> bool:
        """Whether the rule is for a part of this name and these columns."""
        return fnmatch.fnmatchcase(name, self.match) and set(self.columns) <= set(columns)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Values of one part by their key, for templates of other parts."""

    name: str
    part: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Map:
    """A checked map; `digest` is the SHA-256 of its text and stands in the run's params."""

    name: str
    says: str
    reader: str
    network: str
    lookups: tuple[Lookup, ...]
    parts: tuple[PartRule, ...]
    digest: str
    encoding: str = ""  # of a table in text, where it does not say so itself
    layout: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # columns of the parts it was made for
    version: int = 1  # of maps of one name the highest is used

    def covers(self, parts: Sequence[tuple[str, Sequence[str]]]) -> int:
        """How many of these parts (name, columns) it has a rule for; none where it is made for another layout.

        One without a layout covers what has every column that it reads.
        """
        rules = [self.rule(name, columns) for name, columns in parts]
        if self.layout:
            here = {name: set(columns) for name, columns in parts}
            same = all(here.get(name) == set(columns) for name, columns in self.layout.items())
        else:
            pairs = zip(rules, parts, strict=True)
            same = all(self.used(name, rule) <= set(columns) for rule, (name, columns) in pairs if rule)
        return sum(rule is not None for rule in rules) if same else 0

    def rule(self, name: str, columns: Sequence[str]) -> PartRule | None:
        """The first rule that fits a part."""
        return next((rule for rule in self.parts if rule.fits(name, columns)), None)

    def used(self, part: str, rule: PartRule) -> frozenset[str]:
        """The columns of a part that its rule reads, with those lookups read there."""
        here = [lookup for lookup in self.lookups if fnmatch.fnmatchcase(part, lookup.part)]
        own = [c for lookup in here for c in (lookup.key, lookup.value)]
        return frozenset(own).union(rule.columns, *(r.columns for r in rule.records))
