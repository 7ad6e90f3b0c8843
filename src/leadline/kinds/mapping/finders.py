"""Things found in free text by their form: addresses of machines, mail and the chain, keys of wallets; not verified."""

import re
from collections.abc import Callable, Iterator

from leadline.kinds.bitcoin import wallettext

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rb"(?<![0-9A-Za-z.])" + _OCTET + rb"(?:\." + _OCTET + rb"){3}(?![0-9A-Za-z]|\.[0-9])")
_LETTER = rb"(?:[A-Za-z0-9]|[\xc3-\xdf][\x80-\xbf])"
"""A letter or digit of mail: ASCII, or of the alphabets that UTF-8 writes in two bytes (Latin, Greek, Cyrillic, Hebrew,
Arabic). Chinese and Japanese text stands beside an address without a space, and is no part of it."""
_ALNUM = rb"[A-Za-z0-9]|[\xc3-\xdf][\x80-\xbf]"
"""A letter or digit of mail, as UTF-8: ASCII, or an alphabet's that takes two bytes (Latin, Greek, Cyrillic, Hebrew,
Arabic). Chinese and Japanese text stands beside an address without a space, and is no part of it."""
_LABEL = rb"(?:" + _ALNUM + rb")(?:(?:" + _ALNUM + rb"|-){0,61}(?:" + _ALNUM + rb"))?"
_EMAIL = re.compile(
    rb"(?<![A-Za-z0-9._%+-])(?<![\xc3-\xdf][\x80-\xbf])(?<![A-Za-z0-9]')"
    rb"(?:" + _ALNUM + rb")(?:(?:" + _ALNUM + rb"|[._%+-]|(?<=[A-Za-z0-9])'){0,62}(?:" + _ALNUM + rb"))?@"
    rb"(?:" + _LABEL + rb"\.)+"
    rb"(?:[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9]|(?:[A-Za-z]|[\xc3-\xdf][\x80-\xbf]){2,24})(?!\.?(?:" + _ALNUM + rb"))"
)
_BITCOIN = re.compile(
    rb"(?<![0-9A-Za-z])(?:[123mn][1-9A-HJ-NP-Za-km-z]{25,34}"
    rb"|(?:bc|tb|bcrt)1[02-9ac-hj-np-z]{8,87}|(?:BC|TB|BCRT)1[02-9AC-HJ-NP-Z]{8,87})(?![0-9A-Za-z])"
)
_DIGEST = re.compile(
    rb"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9A-F]{64}|[0-9a-f]{40}|[0-9A-F]{40}|[0-9a-f]{32}|[0-9A-F]{32})(?![0-9A-Za-z])"
)
_RECEIVED = re.compile(rb"^Received:((?:[^\r\n]|\r?\n[ \t])*)", re.M | re.I)
_BY = re.compile(rb"\sby\s")

Span = tuple[int, int]


def ipv4(data: bytes) -> Iterator[Span]:
    """Where dotted IPv4 addresses stand; not inside longer dotted numbers such as versions of five parts.

    A machine's own loopback (127.0.0.0/8) and 0.0.0.0 say nothing about where it stands and are passed over.
    """
    return (m.span() for m in _IPV4.finditer(data) if not m[0].startswith((b"127.", b"0.")))


def email(data: bytes) -> Iterator[Span]:
    """Where e-mail addresses stand."""
    return (m.span() for m in _EMAIL.finditer(data))


def bitcoin(data: bytes) -> Iterator[Span]:
    """Where text with the form of a bitcoin address stands; its checksum is not looked at."""
    return (m.span() for m in _BITCOIN.finditer(data))


def media(data: bytes) -> Iterator[Span]:
    """Where text with the form of an MD5, SHA-1 or SHA-256 in hexadecimal stands: `media_ref` makes a ref of it."""
    return (m.span() for m in _DIGEST.finditer(data))


def media_ref(digest: str) -> str:
    """The media ref of a digest in hexadecimal: by its length a SHA-256, SHA-1 or MD5."""
    return "media:" + {32: "md5-", 40: "sha1-"}.get(len(digest), "") + digest.lower()


def origin(data: bytes) -> Iterator[Span]:
    """Where the sender's IPv4 addresses stand in the earliest Received field, the last in the text.

    Before the word *by* the field names who handed the mail over (RFC 5321, section 4.4); later fields name relays.
    """
    fields = list(_RECEIVED.finditer(data))
    for field in fields[-1:]:
        by = _BY.search(field[1])
        sender = field[1][: by.start()] if by else field[1]
        for first, last in ipv4(sender):
            yield field.start(1) + first, field.start(1) + last


FINDERS: dict[str, Callable[[bytes], Iterator[Span]]] = {
    "ipv4": ipv4,
    "email": email,
    "bitcoin": bitcoin,
    "origin": origin,
    "media": media,
    "wallet": wallettext.spans,
}
"""Each finder gives the byte spans of what it finds, in order."""
