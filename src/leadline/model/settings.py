"""The settings of a case: one table from which defaults, grammar, checks, words and documents come."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.errors import CaseError, UsageError
from leadline.model import refs
from leadline.model.countries import COUNTRIES
from leadline.model.evidence import NEVER_CLEARED, RESTRICTIONS
from leadline.model.findings import TAINT_RULES

Value = str | int
WITHDRAWABLE = ("exhibit", "run", "tx", "rule", "tag", "list", "price", "decision")
"""What can be taken away: evidence, a reading of it, a merge (named by its transaction), a rule of merging, a pin or
one entry of it, a decision."""
MOST_HOPS = 64
"""Private transactions that may be followed: each multiplies what may lie between; behind so many lies everybody."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a value may be, in words, and what reads one from text; ValueError for what it may not be."""

    takes: str
    read: Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, its default, what it may be, and what it means.

    One whose default is a tuple has several values. `field` is its name in case.toml where that is another.
    """

    name: str
    default: Value | tuple[str, ...]
    grammar: Grammar
    says: str
    field: str = ""

    @property
    def key(self) -> str:
        """The setting as `leadline case set` takes it: ``name=``, or ``name+=`` for one with several values."""
        return f"{self.name}+=" if isinstance(self.default, tuple) else f"{self.name}="

    @property
    def stored(self) -> str:
        """Its name in case.toml."""
        return self.field or self.name

    @property
    def document(self) -> str:
        """What it means, takes and is by default, for people."""
        usual = f"; {self.default} unless set" if isinstance(self.default, int | str) and self.default != "" else ""
        return f"{self.says}: {self.grammar.takes}{usual}"

    def read(self, text: str) -> Value:
        """The value that `text` gives; UsageError when it may be none."""
        try:
            return self.grammar.read(text)
        except ValueError:
            raise UsageError(f"{self.key} does not take that", remedy=f"give {self.grammar.takes}") from None

    def of(self, settings: Mapping[str, object]) -> Value:
        """What a step's `settings` hold: the default where nothing; CaseError for what it may not be."""
        value = settings.get(self.stored)
        if value is None:
            value = self.default
        try:
            return self.read(str(value))
        except UsageError as error:
            remedy = f"leadline case set CASE {self.name}={self.default} --reason TEXT"
            raise CaseError(f"{self.name} of the case is not {self.grammar.takes}", remedy=remedy) from error


LOOKS = ("beside", "refused")
"""What becomes of a look at a case that cannot be written."""


CONFINEMENT = ("tried", "demanded")
"""Whether readers are confined as far as the machine can, or nothing is read where it cannot wholly."""


def _line(value: str) -> str:
    if not value.isprintable():
        raise ValueError
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError
    return _line(value)


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat() if value else ""


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError
    return value


def whole(low: int, high: int) -> Grammar:
    """A whole number in plain digits, from `low` to `high`."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return Grammar(f"a whole number from {low} to {high}", read)


def one_of(words: Sequence[str]) -> Grammar:
    """One of these words."""

    def read(value: str) -> str:
        if value not in words:
            raise ValueError
        return value

    return Grammar("one of " + ", ".join(words), read)


def _verifier(value: str) -> str:
    if not re.fullmatch(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}", value):
        raise ValueError
    return value


def _clearance(value: str) -> str:
    place, colon, word = value.partition(":")
    if not colon or place not in (*COUNTRIES, "eu") or word not in RESTRICTIONS:
        raise ValueError
    if word in NEVER_CLEARED:
        raise UsageError(f"{word} cannot be cleared", remedy="leave those exhibits out, or hold the persons back")
    return value


def withdrawal(value: str) -> str:
    """A ref that can be withdrawn, optionally ``#entry:n`` or ``#line:n`` of a pin; UsageError when it cannot."""
    ref, mark, part = value.partition("#")
    kind, key = refs.parse(ref)
    if kind not in WITHDRAWABLE:
        raise UsageError(f"a {kind} cannot be withdrawn", remedy="one of: " + ", ".join(WITHDRAWABLE))
    if kind == "run" and not key.startswith("intake-"):
        raise UsageError("only a run of intake can be withdrawn", remedy="withdraw what the other step's run rests on")
    if mark and (kind not in ("tag", "list", "price") or not re.fullmatch(r"(entry|line):[0-9]+", part)):
        raise UsageError("not a part that can be withdrawn", remedy="write tag:<sha256>#entry:5")
    return value


LINE = Grammar("one printable line", _line)
SETTINGS: Mapping[str, Setting] = {
    s.name: s
    for s in (
        Setting("name", "", Grammar("one printable line that is not blank", _name), "the case's name, in every report"),
        Setting(
            "authority",
            "",
            LINE,
            "under which authority the case is worked; exhibits without their own carry it",
        ),
        Setting("sender", "", LINE, "the office that sends packages, on their first page"),
        Setting("contact", "", LINE, "how it is reached: who, telephone, address for mail"),
        Setting("file_number", "", LINE, "its number for this case"),
        Setting("scope", "", LINE, "what the case may look at"),
        Setting(
            "valuation_date",
            "",
            Grammar("a day as 2018-03-04, or nothing", _day),
            "the day on which receipts are valued a second time",
        ),
        Setting(
            "currency",
            "USD",
            Grammar("three capital letters of ISO 4217", _currency),
            "the currency of values; the pinned price series must be in it",
        ),
        Setting("hop_limit", 4, whole(0, MOST_HOPS), "how many private transactions before a payment are followed"),
        Setting(
            "gap_limit",
            20,  # wallets give out no more unpaid addresses in a row, or they could not find their coins again (BIP-44)
            whole(1, 9_999),
            "how many addresses in a row without a payment end the derivation of a key found in the records",
        ),
        Setting(
            "taint",
            TAINT_RULES[0],
            one_of(TAINT_RULES),
            "the rule by which the case says where the market's coins are, named before anybody looks",
        ),
        Setting(
            "forms",
            "all",
            one_of(("all", "stored")),
            "how frames are compared: turned and mirrored too (all), or as they are, eight times as fast (stored)",
        ),
        Setting(
            "crops",
            "on",
            one_of(("on", "off")),
            "whether pictures that nothing matched are framed anew and searched once more",
        ),
        Setting(
            "read_only_looks",
            LOOKS[0],
            one_of(LOOKS),
            "what becomes of a look at a case that cannot be written: logged beside the case's folder, or refused",
        ),
        Setting(
            "confinement",
            CONFINEMENT[0],
            one_of(CONFINEMENT),
            "whether readers of evidence are confined as far as the machine can (tried), or nothing is read where it "
            "cannot wholly (demanded)",
        ),
        Setting(
            "map_signer",
            (),
            Grammar("a public key as one line, name+id+key, as `leadline key new` writes it", _verifier),
            "whose signed maps are used: where one is named, no map of a file without a signature by one of them",
            "map_signers",
        ),
        Setting("restrictions", (), one_of(RESTRICTIONS), "a restriction that every exhibit of the case carries"),
        Setting(
            "clear",
            (),
            Grammar(
                "jurisdiction:restriction, as us:mlat_use; never " + " or ".join(sorted(NEVER_CLEARED)), _clearance
            ),
            "a restriction that may travel to a jurisdiction",
            "cleared",
        ),
        Setting(
            "withdraw",
            (),
            Grammar(
                "exhibit:, run: (one reading of an exhibit), tx: (a merge), rule: (all merges by it), decision:, tag:, "
                "list: or price:, the last three whole or with #entry:5 or #line:5",
                withdrawal,
            ),
            "evidence taken away",
            "withdrawn",
        ),
    )
}
"""Every setting by its name, in the order in which documents list them."""
PINS: Mapping[str, str] = {
    "ledger": "the folder of a built ledger; the case rests on it up to its present height",
    "list": "a hash list, as CSV or VICS JSON",
    "tag": "a tag pack",
    "price": "a series of daily prices",
}
"""What can be pinned, by kind, and what it is."""
SINGLE = ("ledger", "price")
"""Kinds of pin of which a second one replaces the first: a case is valued by one series and traced on one chain."""


def documents() -> dict[str, str]:
    """Every key that `leadline case set` takes with what it means; of those with ``+=``, ``-=`` takes a value out."""
    pins = {f"pin.{kind}{'=' if kind in SINGLE else '+='}": says for kind, says in PINS.items()}
    return {setting.key: setting.document for setting in SETTINGS.values()} | pins
