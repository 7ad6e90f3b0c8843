"""Replies of RFC 3161 with their certificates in the order that DER asks for (X.690, section 11.6).

OpenSSL writes the set of certificates as it finds them, and readers of strict DER refuse that. The set is not signed,
so its order can be put right without touching what is; the lengths stay the same.
"""

from itertools import islice

EXPLICIT = 0xA0
"""The tag of the set of certificates in SignedData, and of what wraps it (RFC 5652, section 5.1)."""


def in_order(raw: bytes) -> bytes:
    """The reply with its certificates sorted; as it is where it does not have the shape of one."""
    try:
        token = _children(raw, *_body(raw, 0))[1]  # TimeStampResp: status, token
        content = _children(raw, *_body(raw, token[0]))[1]  # ContentInfo: type, [0] content
        signed = _children(raw, *_body(raw, content[0]))[0]
        sets = [part for part in _children(raw, *_body(raw, signed[0])) if raw[part[0]] == EXPLICIT]
        first, last = _body(raw, sets[0][0])
        found = sorted(raw[a:b] for a, b in _children(raw, first, last))
    except (IndexError, ValueError):
        return raw
    return raw[:first] + b"".join(found) + raw[last:]


def _children(data: bytes, first: int, last: int) -> list[tuple[int, int]]:
    """(begin, end) of each element between two places."""
    found = []
    while first < last:
        end = _body(data, first)[1]
        found.append((first, end))
        first = end
    if first != last:
        raise ValueError
    return found


def _body(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends; ValueError where it does not lie within the data."""
    length, begin = data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise ValueError
        length = int.from_bytes(bytes(islice(data, begin, begin + octets)), "big")
        begin += octets
    if begin + length > len(data):
        raise ValueError
    return begin, begin + length
