"""data: URIs (RFC 2397) as they stand in pages, scripts and cells, and base64 with white space, escapes, no padding.

White space inside a quoted URI is no end of it: an attribute is read up to its quote, controls and blanks behind it and
tabs and line ends within it are dropped (URL Standard, section 4.4), and base64 is read around white space (Infra
Standard, forgiving-base64 decode).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_FOREIGN = re.compile(r"[^A-Za-z0-9+/]")
_BEHIND = bytes(range(0x21))
"""C0 controls and the blank, which a parser of URLs takes off both ends."""
_DROPPED = re.compile(rb"[\t\r\n]")
_LINE_END = re.compile(r"\\[rnt]")
_HEAD = re.compile(
    rb"data:\s{0,16}([a-z0-9.+/-]{0,128})((?:\s{0,4};\s{0,4}[^;,\s\"'<>]{0,256}){0,16})\s{0,4},", re.IGNORECASE
)
"""What stands before the content; bounded, so that a page cannot make the search take quadratic time."""
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_%\s-]|\\[rnt/])*={0,2}\s*")
_DESCRIPTOR = re.compile(rb"\s[0-9.]{1,8}[wx]\s*$")
"""What follows an image in a srcset attribute (HTML, section 4.8.4.2.1): it is none of the image."""
_WORD = re.compile(rb"[^\s\"'<>)\\]*")
_CLOSED_BY = {b'"': b'"', b"'": b"'", b"`": b"`", b"(": b")"}


@dataclass(frozen=True, slots=True)
class DataUri:
    """A data: URI: where it begins and ends, the media type it claims in lower case, and its decoded content."""

    start: int
    end: int
    claimed: str
    content: bytes


def data_uris(data: bytes) -> Iterator[DataUri]:
    """The data: URIs of a text, in order, none inside another."""
    at = 0
    closers: dict[bytes, int] = {}
    while found := _HEAD.search(data, at):
        begins = found.end()
        in_base64 = re.sub(rb"\s", b"", found[2]).lower().endswith(b";base64")
        at = _end(data, found.start(), begins, in_base64=in_base64, closers=closers)
        if in_base64:
            content = base64_bytes(unquote_to_bytes(data[begins:at]).decode("latin-1"))
        else:
            written = data[begins:at].rstrip(_BEHIND)
            at = begins + len(written)
            content = unquote_to_bytes(_DROPPED.sub(b"", written))
        yield DataUri(found.start(), at, found[1].decode().lower(), content)


def _end(data: bytes, start: int, begins: int, *, in_base64: bool, closers: dict[bytes, int]) -> int:
    """Where the content ends: at the quote or bracket that the URI stands in, else with the word.

    `closers` remembers where each was found last, so that none is searched for over the same bytes again.
    """
    before = data[max(0, start - 64) : start].rstrip()
    closer = _CLOSED_BY.get(before[-1:])
    word = _WORD.match(data, begins)
    end = word.end() if word else begins
    if closer is None:
        return end
    if in_base64:
        run = _BASE64.match(data, begins)
        stop = run.end() if run else begins
        if _DESCRIPTOR.search(data, max(begins, stop - 16), stop):
            return end
        return stop if data[stop : stop + 1] == closer or data[stop : stop + 2] == b"\\" + closer else end
    stop = closers.get(closer, -2)
    if stop != -1 and stop < begins:
        stop = closers[closer] = data.find(closer, begins)
    return stop if stop >= 0 else end


def base64_bytes(text: str) -> bytes:
    """The bytes of base64 text; nothing when no byte can be decoded. Letters outside both alphabets are skipped."""
    tight = _FOREIGN.sub("", _LINE_END.sub("", text).replace("-", "+").replace("_", "/"))
    tight = tight[: len(tight) - (len(tight) % 4 == 1)]
    try:
        return base64.b64decode(tight + "=" * (-len(tight) % 4))
    except binascii.Error:
        return b""
