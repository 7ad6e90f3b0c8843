"""Source text of pages and scripts as it is meant, with the way back to where it stands.

Character references (HTML, section 13.5), escapes of JavaScript and JSON strings (ECMA-262, section 12.9.4; RFC 8259),
percent-encoding (RFC 3986) and UTF-16 hide an address from a search of the bytes.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]
_REFERENCE = re.compile(rb"&(?:#0*[0-9]{1,7};?|#[xX]0*[0-9A-Fa-f]{1,6};?|[A-Za-z][0-9A-Za-z]{1,31};?)")
"""A character reference; the longest name has 31 letters. Some need no semicolon."""
_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|u\{0{0,8}[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|/)")
_UNDRAWN = re.compile(rb"<wbr\s{0,8}/?>|\xc2\xad|\xe2\x80\x8b|\xe2\x81\xa0|\xef\xbb\xbf", re.I)
"""What draws nothing and says where a long word may be broken or may not (HTML, section 4.5.28): an element, soft
hyphen, zero-width space and no-break space, word joiner."""
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class _Replaced:
    """Pieces of a text that were replaced: where they begin and how long they are, after and before."""

    after: list[int]
    lengths: list[int]
    before: list[int]
    were: list[int]

    def back(self, first: int, last: int) -> Span:
        """The span before, of a span after: a replaced piece counts whole."""
        return self._back(first)[0], self._back(last - 1)[1] if last > first else self._back(first)[0]

    def _back(self, at: int) -> Span:
        i = bisect_right(self.after, at) - 1
        if i < 0:
            return at, at + 1
        over = at - self.after[i] - self.lengths[i]
        if over < 0:
            return self.before[i], self.before[i] + self.were[i]
        return self.before[i] + self.were[i] + over, self.before[i] + self.were[i] + over + 1


@dataclass(frozen=True, slots=True)
class _Wide:
    """Where each character of a wide encoding begins, after and before, and their ends."""

    after: npt.NDArray[np.int64]
    before: npt.NDArray[np.int64]

    def back(self, first: int, last: int) -> Span:
        """The span before, of a span after."""
        low = int(np.searchsorted(self.after, first, "right")) - 1
        high = int(np.searchsorted(self.after, max(first, last - 1), "right"))
        return int(self.before[low]), int(self.before[high])


@dataclass(frozen=True, slots=True)
class Meant:
    """Bytes (UTF-8) as they are meant; `layers` lead back to where they stand, the first layer being the outermost."""

    data: bytes
    layers: tuple[_Replaced | _Wide, ...] = ()

    def span(self, first: int, last: int) -> Span:
        """Where the bytes from `first` to `last` stand in what was read."""
        for layer in reversed(self.layers):
            first, last = layer.back(first, last)
        return first, last


def text(data: bytes, encoding: str) -> Meant:
    """A file's bytes as UTF-8: UTF-16 is turned into it, every other encoding left as it is."""
    if not encoding.startswith("utf-16"):
        return Meant(data)
    mark = 2 if encoding == "utf-16" else 0
    order = "utf-16-be" if encoding == "utf-16-be" or data.startswith(b"\xfe\xff") else "utf-16-le"
    whole = data[mark : len(data) - (len(data) - mark) % 2]
    points = np.frombuffer(whole.decode(order, "surrogatepass").encode("utf-32-le", "surrogatepass"), "<u4")
    after = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    before = 2 + 2 * (points >= 0x10000).astype(np.int64)
    starts = [np.concatenate([[0], np.cumsum(lengths)]) for lengths in (after, before)]
    meant = whole.decode(order, "surrogatepass").encode("utf-8", "surrogatepass")
    return Meant(meant, (_Wide(starts[0], starts[1] + mark),))


def unescaped(meant: Meant) -> Meant:
    """The text with its character references and string escapes as what they stand for, each within the other too."""
    for pattern, rule in ((_REFERENCE, _character), (_ESCAPE, _escaped), (_REFERENCE, _character)):
        meant = _replaced(meant, pattern, rule)
    return meant


def joined(meant: Meant) -> Meant:
    """The text without what only says where a word may be broken: an address is shown whole and stands in pieces."""
    return _replaced(meant, _UNDRAWN, lambda _: b"")


def percent_decoded(meant: Meant) -> Meant:
    """The text with its percent-encoding as the bytes that stand for it."""
    return _replaced(meant, _PERCENT, lambda m: bytes((int(m[0][1:], 16),)))


def _character(found: re.Match[bytes]) -> bytes:
    return unescape(found[0].decode()).encode("utf-8", "replace")


def _escaped(found: re.Match[bytes]) -> bytes:
    digits = found[0][2:].strip(b"{}")
    point = int(digits, 16) if digits else ord("/")
    return chr(point).encode("utf-8", "replace") if point < 0x110000 else found[0]


def _replaced(meant: Meant, pattern: re.Pattern[bytes], rule: Callable[[re.Match[bytes]], bytes]) -> Meant:
    layer = _Replaced([], [], [], [])
    pieces: list[bytes] = []
    end = size = 0
    for found in pattern.finditer(meant.data):
        new = rule(found)
        if new == found[0]:
            continue
        pieces += [meant.data[end : found.start()], new]
        size += found.start() - end
        layer.after.append(size)
        layer.lengths.append(len(new))
        layer.before.append(found.start())
        layer.were.append(len(found[0]))
        size += len(new)
        end = found.end()
    if not end:
        return meant
    pieces.append(meant.data[end:])
    return Meant(b"".join(pieces), (*meant.layers, layer))
