"""Synthetic identities: names from syllables in seven scripts, addresses from ranges reserved for documentation."""

import ipaddress
from dataclasses import dataclass

import numpy as np

SYLLABLES = {
    "latin": "ta lo mi ve ra ne so ni de la mo ri sa tu ko ha",
    "cyrillic": "та ло ми ве ра не со ни де ла мо ри са ту ко ха",
    "greek": "τα λο μι βε ρα νε σο νι δε λα μο ρι σα του κο χα",
    "kana": "タ ロ ミ ベ ラ ネ ソ ニ デ ラ モ リ サ ツ コ ハ",
    "hangul": "타 로 미 베 라 네 소 니 데 라 모 리 사 투 코 하",
    "arabic": "تا لو مي في را ني سو ني دي لا مو ري سا تو كو ها",
    "georgian": "ტა ლო მი ვე რა ნე სო ნი დე ლა მო რი სა ტუ კო ხა",
}
"""Sixteen syllables a script, in the same order, so that a name has a Latin form too; no real name lists are used."""

CASED = ("latin", "cyrillic", "greek")
"""Scripts with capital letters."""

_PLACES = (
    "us kr:hangul gb bg:cyrillic de gr:greek jp:kana fr ge:georgian eg:arabic ca ro es it pt nl be at ch se no fi pl "
    "cz hu ie au nz ua:cyrillic rs:cyrillic ae:arabic br mx ar cl za sg in"
)
COUNTRIES: tuple[tuple[str, str], ...] = tuple(
    (country, script or "latin") for country, _, script in (place.partition(":") for place in _PLACES.split())
)
"""38 countries (ISO 3166 alpha-2) and the script their names are written in; a smaller case takes the first ones."""

NETWORK = ipaddress.ip_network("198.18.0.0/15")
"""Reserved for benchmarks (RFC 2544): never anybody's address."""
SERVER_IP = "198.19.255.7"
"""The server's own clearnet address; people's addresses end before its block."""
ADDRESSES = NETWORK.num_addresses - 512
"""How many of the network's addresses people may have."""
DOMAINS = ("example.org", "example.net", "example.com")
"""Reserved for documentation (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name: as its bearer writes it, and in Latin letters."""

    native: str
    latin: str


def name(rng: np.random.Generator, script: str) -> Name:
    """A name of a two-syllable and a three-syllable word in `script`."""
    picks = [int(i) for i in rng.integers(0, 16, 5)]

    def spell(script: str) -> str:
        syllables = SYLLABLES[script].split()
        words = ("".join(syllables[i] for i in part) for part in (picks[:2], picks[2:]))
        return " ".join(word.capitalize() if script in CASED else word for word in words)

    return Name(spell(script), spell("latin"))


def ip(number: int) -> str:
    """The `number`-th address people may have, wrapping round."""
    value = 0xC6120000 + 1 + number % ADDRESSES
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def email(latin: str, number: int) -> str:
    """An address of a reserved domain for a Latin name."""
    return f"{latin.lower().replace(' ', '.')}{number}@{DOMAINS[number % 3]}"


def phone(number: int) -> str:
    """A number under +999, a code that is assigned to no country (ITU-T E.164, reserved)."""
    return f"+999{200_000_000 + number * 7919 % 700_000_000}"


def born(rng: np.random.Generator) -> str:
    """An ISO date of birth of a grown person, 1950 to 1996."""
    return str(np.datetime64("1950-01-01") + int(rng.integers(0, 17_000)))
