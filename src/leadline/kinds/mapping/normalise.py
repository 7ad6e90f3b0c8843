"""Identifiers made comparable: one rule a kind, over whole columns; null where a value is none of its kind.

A null is compared with nothing: what its kind refuses is kept as it stands and joins nobody.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.mapping import emails, phones

_UNDRAWN = "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
"""Soft hyphens, zero-width spaces and signs of direction, which programs copy along and no value of _WITHOUT has; in a
handle or a name they may tell two people apart."""
_WITHOUT = frozenset({"phone", "email", "ip"})
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PORTED = re.compile(r"(?:(?P<four>[\d.]+):\d{1,5}|\[(?P<six>[0-9A-Fa-f:.]+)\](?::\d{1,5})?)", re.ASCII)
"""An address with a port, as proxies write it (RFC 7239, section 6)."""
_IPV4 = rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"


def normal(kind: str, values: pa.Array, countries: pa.Array | None = None) -> pa.Array:
    """The normal form of each value (string column) by the rule of its kind; KeyError for a kind without one.

    `countries` (string column) are the calling countries of telephone numbers in national form, where they are known.
    """
    trimmed = pc.utf8_trim_whitespace(values)
    if kind in _WITHOUT and pc.all(pc.string_is_ascii(trimmed), skip_nulls=True).as_py() is False:
        trimmed = pc.utf8_trim_whitespace(pc.replace_substring_regex(trimmed, _UNDRAWN, ""))
    result = phones.column(trimmed, countries) if kind == "phone" else RULES[kind](trimmed)
    return pc.if_else(pc.equal(result, ""), None, result)


def _each(rule: Callable[[str], str | None]) -> Callable[[pa.Array], pa.Array]:
    """`rule` applied once to each distinct value."""

    def over(values: pa.Array) -> pa.Array:
        coded = values.dictionary_encode()
        done = pa.array([rule(v) for v in coded.dictionary.to_pylist()], pa.string())
        return done.take(coded.indices)

    return over


def _folded(values: pa.Array) -> pa.Array:
    """NFKC, case folded (Unicode 15, section 3.13), spaces collapsed: the caseless compatibility match."""
    plain = pc.string_is_ascii(values)
    if pc.all(plain, skip_nulls=True).as_py() is not False:
        return _spaced(pc.ascii_lower(values))
    folded = _each(_fold)(pc.if_else(plain, None, values))
    return _spaced(pc.if_else(plain, pc.ascii_lower(values), folded))


def _fold(value: str) -> str:
    once = unicodedata.normalize("NFKC", value).casefold()
    return unicodedata.normalize("NFKC", once)


def _spaced(values: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"\s+", " "))


def _handle(values: pa.Array) -> pa.Array:
    """Without spaces; folded again after they went, for a mark may then join the letter before it."""
    return _folded(pc.replace_substring_regex(_folded(values), r"\s", ""))


def _name(values: pa.Array) -> pa.Array:
    """Folded, punctuation read as spaces; order and script as stated."""
    return _spaced(pc.replace_substring_regex(_folded(values), r"[\p{P}\p{S}]+", " "))


def _ip(values: pa.Array) -> pa.Array:
    """IPv4 dotted without leading zeros; IPv6 compressed, lower case, mapped addresses as IPv4; a port left out."""
    plain = pc.match_substring_regex(values, _IPV4)
    if pc.all(plain, skip_nulls=True).as_py() is not False:
        return values
    return pc.if_else(plain, values, _each(_address)(pc.if_else(plain, None, values)))


def _address(value: str | None) -> str | None:
    if value is None:
        return None
    ported = _PORTED.fullmatch(value)
    try:
        found = ipaddress.ip_address(value if ported is None else ported["four"] or ported["six"])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return found.compressed


def _pgp(values: pa.Array) -> pa.Array:
    """A fingerprint or long key id (RFC 9580, section 5.5.4) in capital hexadecimal, without spaces or 0x.

    Short key ids of eight digits are refused: anybody can make a key that has one.
    """
    tight = pc.utf8_upper(pc.replace_substring_regex(values, r"^0[xX]|[\s:]", ""))
    return pc.if_else(
        pc.match_substring_regex(tight, r"^(?:[0-9A-F]{16}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})$"), tight, None
    )


def _host(values: pa.Array) -> pa.Array:
    """A host name in lower case without the dot at its end."""
    return pc.utf8_rtrim(pc.utf8_lower(values), ".")


def _document(values: pa.Array) -> pa.Array:
    """The number of an identity document: letters and digits alone, in capitals; five of them or more, one a digit."""
    tight = pc.utf8_upper(pc.replace_substring_regex(_folded(values), r"[^\p{L}\p{Nd}]+", ""))
    numbered = pc.and_(pc.match_substring_regex(tight, r"\p{Nd}"), pc.match_substring_regex(tight, r".{5}"))
    return pc.if_else(numbered, tight, None)


RULES: dict[str, Callable[[pa.Array], pa.Array]] = {
    "handle": _handle,
    "email": emails.email,
    "phone": phones.column,
    "ip": _ip,
    "server_ip": _ip,
    "device": _spaced,
    "pgp": _pgp,
    "password": lambda values: values,
    "name": _name,
    "postal": _name,
    "document": _document,
    "host": _host,
    "onion": pc.utf8_lower,
    "analytics": _spaced,
    "banner": _spaced,
    "path": _spaced,
    "certificate": pc.utf8_lower,
    "resource": pc.utf8_lower,
}
"""The rule of each identifier kind of model.evidence.IDENTIFIER."""
