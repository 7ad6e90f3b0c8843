"""case.toml: its grammar and defaults, and the changes `leadline case set` can make to it."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import tomli_w

from leadline.errors import CaseError, UsageError
from leadline.model import refs
from leadline.model.evidence import NEVER_CLEARED, RESTRICTIONS
from leadline.model.findings import TAINT_RULES
from leadline.store.layout import FORMAT

PIN_KINDS = ("ledger", "list", "tag", "price")
SINGLE = ("ledger", "price")
"""Kinds of pin of which a second one replaces the first: a case is valued by one series and traced on one chain."""
WITHDRAWABLE = ("exhibit", "tx", "rule", "tag", "list", "price", "decision")
"""What can be taken away: evidence, a merge (named by its transaction), a rule of merging, a pin or one entry of it, a
decision."""


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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything case.toml says."""

    name: str
    authority: str = ""
    scope: str = ""
    valuation_date: str = ""
    currency: str = "USD"
    hop_limit: int = 4
    gap_limit: int = 20
    taint: str = "haircut"
    forms: str = "all"
    framings: str = "on"
    restrictions: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    pins: tuple[Pinned, ...] = ()

    def clearances(self) -> dict[str, frozenset[str]]:
        """{restriction: jurisdictions it was cleared for}."""
        pairs = [text.partition(":") for text in self.cleared]
        return {word: frozenset(p for p, _, w in pairs if w == word) for word in sorted({w for _, _, w in pairs})}

    def pinned(self, kind: str) -> tuple[Pinned, ...]:
        """The pins of a kind in order of name, then digest."""
        return tuple(sorted((p for p in self.pins if p.kind == kind), key=lambda p: (p.name, p.digest)))


def _text(value: str) -> str:
    if not value.isprintable():
        raise UsageError("a setting is one printable line", remedy="leave out line breaks and control characters")
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise UsageError("a case needs a name", remedy="--name NAME, or name=NAME")
    return _text(value)


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        raise UsageError("not a date", remedy="write it as 2018-03-04") from None


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise UsageError("not a currency", remedy="three capital letters of ISO 4217, for example USD")
    return value


def _count(value: str) -> int:
    if not re.fullmatch(r"\d{1,4}", value):
        raise UsageError("not a whole number", remedy="a number from 0 to 9999")
    return int(value)


def _rule(value: str) -> str:
    if value not in TAINT_RULES:
        raise UsageError(f"no taint rule {value!r}", remedy="one of: " + ", ".join(TAINT_RULES))
    return value


def _forms(value: str) -> str:
    if value not in ("all", "stored"):
        raise UsageError("not a choice of forms", remedy="one of: all, stored")
    return value


def _switch(value: str) -> str:
    if value not in ("on", "off"):
        raise UsageError("not a switch", remedy="one of: on, off")
    return value


def _restriction(value: str) -> str:
    if value not in RESTRICTIONS:
        raise UsageError(f"no restriction {value!r}", remedy="one of: " + ", ".join(RESTRICTIONS))
    return value


def _clearance(value: str) -> str:
    place, colon, word = value.partition(":")
    if not colon or not re.fullmatch(r"[a-z]{2}", place):
        raise UsageError("not a clearance", remedy="write jurisdiction:restriction, for example us:mlat_use")
    if _restriction(word) in NEVER_CLEARED:
        raise UsageError(f"{word} cannot be cleared", remedy="leave those exhibits out, or hold the persons back")
    return value


def withdrawal(value: str) -> str:
    """A ref that can be withdrawn, optionally ``#entry:n`` or ``#line:n`` of a pin; UsageError when it cannot."""
    ref, mark, part = value.partition("#")
    kind, _ = refs.parse(ref)
    if kind not in WITHDRAWABLE:
        raise UsageError(f"a {kind} cannot be withdrawn", remedy="one of: " + ", ".join(WITHDRAWABLE))
    if mark and (kind not in ("tag", "list", "price") or not re.fullmatch(r"(entry|line):\d+", part)):
        raise UsageError("not a part that can be withdrawn", remedy="write tag:<sha256>#entry:5")
    return value


ONE: Mapping[str, Callable[[str], str | int]] = {
    "name": _name,
    "authority": _text,
    "scope": _text,
    "valuation_date": _day,
    "currency": _currency,
    "hop_limit": _count,
    "gap_limit": _count,
    "taint": _rule,
    "forms": _forms,
    "framings": _switch,
}
"""Settings with one value, each with what reads it from the command line."""
MANY: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "restrictions": ("restrictions", _restriction),
    "clear": ("cleared", _clearance),
    "withdraw": ("withdrawn", withdrawal),
}
"""Settings with several values (``+=`` adds, ``-=`` takes out): the field they change and what reads a value."""


SAYS: Mapping[str, str] = {
    "name=": "the case's name; it stands in every report",
    "authority=": "under which authority the case is worked; exhibits without their own carry it",
    "scope=": "what the case may look at",
    "valuation_date=": "the day, as 2018-03-04, on which receipts are valued a second time",
    "currency=": "the currency of values, three letters; the pinned price series must be in it",
    "hop_limit=": "how many private transactions before a payment are followed, 0 to 9999",
    "gap_limit=": "how many addresses in a row without a payment end the derivation of a key found in the records",
    "taint=": "the rule by which the case says where the market's coins are, named before anybody looks: "
    + ", ".join(TAINT_RULES),
    "forms=": "in which forms frames are compared: all (turned and mirrored too), or stored (as they are, eight times "
    "as fast)",
    "framings=": "on or off: whether pictures that nothing matched are framed anew and searched once more",
    "restrictions+=": "a restriction that every exhibit of the case carries: " + ", ".join(RESTRICTIONS),
    "clear+=": "jurisdiction:restriction that may travel there, as us:mlat_use; never "
    + " or ".join(sorted(NEVER_CLEARED)),
    "withdraw+=": "evidence taken away: exhibit:, tx: (a merge), rule: (all merges by it), "
    "tag: list: or price: (whole or #entry:5, #line:5), decision:",
    "pin.ledger=": "the folder of a built ledger; the case rests on it up to its present height",
    "pin.list+=": "a hash list, as CSV or VICS JSON",
    "pin.tag+=": "a tag pack",
    "pin.price=": "a series of daily prices",
}
"""Every setting with what it means; of those with ``+=``, ``-=`` takes a value out again."""


def shown(settings: Settings) -> dict[str, str]:
    """The settings with their values as text, without pins and withdrawals; empty ones are empty."""
    names = [*(n for n in ONE if n != "name"), "restrictions", "cleared"]
    values = {name: getattr(settings, name) for name in names}
    return {n: " ".join(v) if isinstance(v, tuple) else str(v) for n, v in values.items()}


def first(name: str, authority: str, scope: str) -> Settings:
    """The settings of a new case; UsageError when one is no printable line."""
    return Settings(_name(name), _text(authority), _text(scope))


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
    if item.key in ONE and item.operator == "=":
        return _with(old, item.key, ONE[item.key](item.value))
    if item.key in MANY and item.operator in ("+=", "-="):
        name, read = MANY[item.key]
        value, had = read(item.value), getattr(old, name)
        if item.operator == "-=" and value not in had:
            raise UsageError(f"{item.key} does not hold that value", remedy="leadline case status shows what it holds")
        kept = set(had) - {value} if item.operator == "-=" else {*had, value}
        return _with(old, name, tuple(sorted(kept)))
    kind = item.key.removeprefix("pin.")
    if item.key.startswith("pin.") and kind in PIN_KINDS and item.operator == "-=":
        kept_pins = tuple(p for p in old.pins if not (p.kind == kind and item.value in (p.name, p.digest)))
        if len(kept_pins) == len(old.pins):
            raise UsageError(f"no {kind} is pinned under that name or digest")
        return replace(old, pins=kept_pins)
    keys = [*(f"{k}=" for k in ONE), *(f"{k}+=" for k in MANY), *(f"pin.{k}=" for k in PIN_KINDS)]
    raise UsageError(f"no setting {item.key}{item.operator}", remedy="one of: " + ", ".join(keys))


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
    """case.toml's bytes."""
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
    return head.encode() + tomli_w.dumps(data).encode()


def from_toml(data: bytes) -> Settings:
    """The settings of case.toml's bytes; CaseError when they are not ones."""
    try:
        raw = tomllib.loads(data.decode())
        if raw.pop("format") != FORMAT:
            raise CaseError("the case was made by another version of Leadline", where="case.toml")
        pins = tuple(Pinned(kind, **row) for kind, rows in raw.pop("pin", {}).items() for row in rows)
        lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
        return Settings(**{**raw, **lists}, pins=pins)
    except (ValueError, TypeError, KeyError) as error:
        raise CaseError(
            "case.toml cannot be read", where="case.toml", remedy="leadline case set CASE --discard-edit --reason TEXT"
        ) from error
