"""Key material of wallets as it stands in text: extended keys and descriptors, public ones read, private ones told."""

import re
from collections.abc import Iterator

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import descriptors, hdkeys
from leadline.kinds.bitcoin.prefixes import prefixes
from leadline.model.words import DESCRIPTOR, EXTENDED, PRIVATE

_START = re.compile(rb"(?<![A-Za-z0-9_])(?:pkh?|wpkh|sh|wsh|tr|combo|(?:sorted)?multi)\(")
_BODY = re.compile(rb"[0-9A-Za-z()\[\],'/*<>;{}_:@&.^|~+=-]")
_SUM = re.compile(rb"#[0-9a-z]{8}(?![0-9a-z])")
_KEY = re.compile(
    rb"(?<![0-9A-Za-z])(?:[xyztuvYZUV](?:pub|prv)[1-9A-HJ-NP-Za-km-z]{107,108}"
    rb"|[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51})(?![0-9A-Za-z])"
)
_LONGEST = 8_192
"""Bytes after which a descriptor that does not close is none: 20 extended keys with origins take half of it."""
_WORDS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{50,112}")


def spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where extended keys, descriptors and private keys stand; a key inside a descriptor is no find of its own."""
    end = 0
    places = [*((m.start(), m) for m in _START.finditer(data)), *((m.start(), m) for m in _KEY.finditer(data))]
    for start, match in sorted(places, key=lambda p: p[0]):
        if start < end:
            continue
        if match.re is _KEY:
            if data[start + 1 : start + 4] in (b"pub", b"prv") or hdkeys.is_private(match[0].decode()):
                yield start, match.end()
                end = match.end()
            continue
        stop = _closed(data, start)
        if stop:
            yield start, stop
            end = stop


def read(text: str, network: str) -> tuple[str, str | None]:
    """(form, the text to keep) of what stands in `text`: None beside PRIVATE.

    EvidenceError for a wrong checksum, a key of another network or chain, or an expression that is not read here.
    """
    text = text.strip()
    if any(hdkeys.is_private(word) for word in _WORDS.findall(text)):
        return PRIVATE, None
    family = "main" if prefixes(network).hrp == "bc" else "test"
    if "(" not in text:
        if hdkeys.parse(text).network != family:
            raise EvidenceError("an extended key of another network")
        return EXTENDED, text
    descriptors.branches(text, family)
    return DESCRIPTOR, text


def _closed(data: bytes, start: int) -> int:
    """Where the descriptor that begins at `start` ends, its checksum included; 0 when it is none."""
    depth = 0
    for at in range(start, min(len(data), start + _LONGEST)):
        letter = data[at : at + 1]
        if not _BODY.match(letter):
            return 0
        depth += (letter == b"(") - (letter == b")")
        if letter == b")" and not depth:
            tail = _SUM.match(data, at + 1)
            return _keyed(data, start, tail.end() if tail else at + 1)
    return 0


def _keyed(data: bytes, start: int, end: int) -> int:
    """`end` when what stands between has the look of a key in it: code that calls ``sh(x)`` is no descriptor."""
    return end if re.search(rb"[0-9A-Za-z]{51,}", data[start:end]) else 0
