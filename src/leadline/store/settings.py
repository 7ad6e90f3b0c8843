"""case.toml: what it says, its defaults, and the changes `leadline case set` can make to it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from leadline.errors import CaseError, UsageError
from leadline.kinds.codecs.visible import steers
from leadline.model.settings import CONFINEMENT, PINS, SETTINGS, SINGLE, documents
from leadline.store.layout import FORMAT

PIN_KINDS = tuple(PINS)


@dataclass(frozen=True, slots=True)
class Pinned:
    """Something outside the case that it rests on: `digest` is hex, `path` absolute or relative to the case."""

    kind: str
    name: str
    path: str
    digest: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def at(self, root: Path) -> Path:
        """Where it lies, for a case at `root`."""
        return Path(self.path) if Path(self.path).is_absolute() else (root / self.path).resolve()


def _default(name: str) -> Any:
    return SETTINGS[name].default


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything case.toml says; the table of settings (model.settings) gives the defaults."""

    name: str
    authority: str = _default("authority")
    scope: str = _default("scope")
    sender: str = _default("sender")
    contact: str = _default("contact")
    file_number: str = _default("file_number")
    valuation_date: str = _default("valuation_date")
    currency: str = _default("currency")
    hop_limit: int = _default("hop_limit")
    gap_limit: int = _default("gap_limit")
    taint: str = _default("taint")
    forms: str = _default("forms")
    crops: str = _default("crops")
    read_only_looks: str = _default("read_only_looks")
    confinement: str = _default("confinement")
    map_signers: tuple[str, ...] = _default("map_signer")
    restrictions: tuple[str, ...] = _default("restrictions")
    cleared: tuple[str, ...] = _default("clear")
    withdrawn: tuple[str, ...] = _default("withdraw")
    pins: tuple[Pinned, ...] = ()

    @property
    def demanded(self) -> bool:
        """Whether nothing is to be read but by readers that are wholly confined."""
        return self.confinement == CONFINEMENT[1]

    def clearances(self) -> dict[str, frozenset[str]]:
        """{restriction: jurisdictions it was cleared for}."""
        pairs = [text.partition(":") for text in self.cleared]
        return {word: frozenset(p for p, _, w in pairs if w == word) for word in sorted({w for _, _, w in pairs})}

    def pinned(self, kind: str) -> tuple[Pinned, ...]:
        """The pins of a kind in order of name, then digest."""
        return tuple(sorted((p for p in self.pins if p.kind == kind), key=lambda p: (p.name, p.digest)))


def shown(settings: Settings) -> dict[str, str]:
    """The settings with their values as text, without pins and withdrawals; empty ones are empty."""
    values = {s.stored: getattr(settings, s.stored) for s in SETTINGS.values() if s.name not in ("name", "withdraw")}
    return {n: " ".join(v) if isinstance(v, tuple) else str(v) for n, v in values.items()}


def first(name: str, authority: str, scope: str) -> Settings:
    """The settings of a new case; UsageError when one is no printable line."""
    given = {"name": name, "authority": authority, "scope": scope}
    name, authority, scope = (str(SETTINGS[key].read(value)) for key, value in given.items())
    return Settings(name, authority, scope)


@dataclass(frozen=True, slots=True)
class Change:
    """One assignment of ``case set``: key, operator (=, += or -=) and value."""

    key: str
    operator: str
    value: str


def change(text: str) -> Change:
    """The assignment written as ``key=value``, ``key+=value`` or ``key-=value``; UsageError when it is none."""
    match = re.fullmatch(r"([a-z_]+(?:\.[a-z]+)?)(\+=|-=|=)(.*)", text, re.DOTALL)
    if not match:
        raise UsageError("not an assignment", remedy="write key=value, key+=value or key-=value")
    return Change(*match.groups())


def changed(old: Settings, item: Change) -> Settings:
    """`old` with one change other than a new pin; UsageError for an unknown key or a value that does not fit."""
    setting = SETTINGS.get(item.key)
    many = setting is not None and isinstance(setting.default, tuple)
    if setting is not None and not many and item.operator == "=":
        return _with(old, setting.stored, setting.read(item.value))
    if setting is not None and many and item.operator in ("+=", "-="):
        value, had = setting.read(item.value), getattr(old, setting.stored)
        if item.operator == "-=" and value not in had:
            raise UsageError(f"{item.key} does not hold that value", remedy="leadline case status shows what it holds")
        kept = set(had) - {value} if item.operator == "-=" else {*had, value}
        return _with(old, setting.stored, tuple(sorted(kept)))
    kind = item.key.removeprefix("pin.")
    if item.key.startswith("pin.") and kind in PIN_KINDS and item.operator == "-=":
        kept_pins = tuple(p for p in old.pins if not (p.kind == kind and item.value in (p.name, p.digest)))
        if len(kept_pins) == len(old.pins):
            raise UsageError(f"no {kind} is pinned under that name or digest")
        return replace(old, pins=kept_pins)
    raise UsageError(f"no setting {item.key}{item.operator}", remedy="one of: " + ", ".join(documents()))


def _with(old: Settings, name: str, value: Any) -> Settings:
    return Settings(**{f.name: value if f.name == name else getattr(old, f.name) for f in fields(Settings)})


def pinned(old: Settings, pin: Pinned) -> Settings:
    """`old` with one more pin; of a SINGLE kind it takes the place of the one before."""
    rest = [p for p in old.pins if (p.kind, p.digest) != (pin.kind, pin.digest)]
    if pin.kind in SINGLE:
        rest = [p for p in rest if p.kind != pin.kind]
    order = sorted([*rest, pin], key=lambda p: (PIN_KINDS.index(p.kind), p.name, p.digest))
    return replace(old, pins=tuple(order))


def to_toml(settings: Settings) -> bytes:
    """case.toml's bytes; what would steer the screen of whoever looks at them, such as in a pin's name, spelled out."""
    data: dict[str, Any] = {"format": FORMAT}
    for f in fields(Settings):
        value = getattr(settings, f.name)
        if f.name != "pins":
            data[f.name] = list(value) if isinstance(value, tuple) else value
    for kind in PIN_KINDS:
        rows: Sequence[Pinned] = settings.pinned(kind)
        if rows:
            data.setdefault("pin", {})[kind] = [
                {"name": p.name, "path": p.path, "digest": p.digest, "params": dict(sorted(p.params.items()))}
                for p in rows
            ]
    head = "# Changed by `leadline case set CASE key=value --reason TEXT`; a change by hand is refused.\n"
    text = tomli_w.dumps(data)
    return "".join(f"\\U{ord(c):08x}" if steers(c) and c != "\n" else c for c in head + text).encode()


def from_toml(data: bytes) -> Settings:
    """The settings of case.toml's bytes; CaseError when they are not ones."""
    try:
        raw = tomllib.loads(data.decode())
        raw.pop("format")
        pins = tuple(Pinned(kind, **row) for kind, rows in raw.pop("pin", {}).items() for row in rows)
        lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
        return Settings(**{**raw, **lists}, pins=pins)
    except (ValueError, TypeError, KeyError) as error:
        raise CaseError(
            "case.toml cannot be read", where="case.toml", remedy="leadline case set CASE --discard-edit --reason TEXT"
        ) from error
