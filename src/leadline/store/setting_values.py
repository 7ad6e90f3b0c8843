"""What each setting of a case may be, as `leadline case set` reads it, and what it means."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from leadline.errors import UsageError
from leadline.model import refs
from leadline.model.evidence import NEVER_CLEARED, RESTRICTIONS
from leadline.model.findings import TAINT_RULES

WITHDRAWABLE = ("exhibit", "tx", "rule", "tag", "list", "price", "decision")
"""What can be taken away: evidence, a merge (named by its transaction), a rule of merging, a pin or one entry of it, a
decision."""


def text(value: str) -> str:
    """One printable line; UsageError for other text."""
    if not value.isprintable():
        raise UsageError("a setting is one printable line", remedy="leave out line breaks and control characters")
    return value


def name(value: str) -> str:
    """A case's name; UsageError for none."""
    if not value.strip():
        raise UsageError("a case needs a name", remedy="--name NAME, or name=NAME")
    return text(value)


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
    "name": name,
    "authority": text,
    "sender": text,
    "contact": text,
    "file_number": text,
    "scope": text,
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
    "sender=": "the office that sends packages; it stands on their first page",
    "contact=": "how it is reached: who, telephone, address for mail",
    "file_number=": "its number for this case",
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
