"""The pieces of a capture: leaf parts of MHTML, answers of HAR and WARC, packets of a capture of traffic; numbered.

A piece is what the capture holds once its own wrapping is undone (base64, chunks, gzip); a place in it is counted in
those bytes. HAR 1.2 and WARC (ISO 28500) keep the head of an answer and its body: two pieces, one after the other.
"""

import base64
import binascii
import contextlib
import email
import email.message
import email.policy
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import dpkt
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source

Piece = tuple[int, bytes | None, tuple[str, ...]]
"""(number, content, addresses that the wrapping names); no content where it, and all after it, cannot be read."""
MIME = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Content-Type|Snapshot-Content-Location):", re.I | re.M)
_HAR = re.compile(rb'^\s*\{\s*"log"\s*:\s*\{')
_WARC = re.compile(rb"^WARC/[0-9]\.[0-9]\r?\n")
_GZIP = b"\x1f\x8b"
PCAP = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a")
"""What captures of traffic begin with: pcap of either byte order, in micro- and nanoseconds; pcapng."""
LARGEST = 1 << 29
"""Bytes of all pieces of a capture together."""


def is_warc(head: bytes) -> bool:
    """Whether a file begins as WARC does, or as gzip around it."""
    if not head.startswith(_GZIP):
        return _WARC.match(head) is not None
    try:
        return _WARC.match(zlib.decompressobj(31).decompress(head, 64)) is not None
    except zlib.error:
        return False


def is_capture(head: bytes) -> bool:
    """Whether a file begins as a HAR, a WARC or a capture of traffic does."""
    return _HAR.match(head) is not None or head.startswith(PCAP) or is_warc(head)


def pieces(source: Source, data: bytes) -> Iterator[Piece] | None:
    """The pieces of a capture; None for a text that is one piece itself.

    EvidenceError where it is nested too deep, holds more than LARGEST bytes, or is no capture after all.
    """
    if is_warc(data[:4096]):
        return _bounded(source, _warc(source, data))
    if data.startswith(PCAP):
        return _bounded(source, _packets(source, data))
    if _HAR.match(data):
        return _bounded(source, _har(source, data))
    return _bounded(source, _mime(source, data)) if MIME.match(data) else None


def _bounded(source: Source, found: Iterable[Piece]) -> Iterator[Piece]:
    total = 0
    for piece in found:
        total += len(piece[1] or b"")
        if total > LARGEST:
            raise _too_large(source)
        yield piece


def _too_large(source: Source) -> EvidenceError:
    what = f"a capture of more than {LARGEST:,} bytes"
    return EvidenceError(what, where=source.where(), remedy="divide it, or leave it out")


def _wrong(source: Source, what: str) -> EvidenceError:
    return EvidenceError(f"the {what} cannot be read", where=source.where(), remedy="capture it again, or leave it out")


def _mime(source: Source, data: bytes) -> Iterator[Piece]:
    """The head of a message (part 0 where it has several), and the decoded content of its leaf parts."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = list(message.walk())
    except RecursionError:
        raise EvidenceError(
            "message parts are nested too deep to be read", where=source.where(), remedy="leave it out of the case"
        ) from None
    for number, part in enumerate(parts):
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                yield number, content, ()


def _har(source: Source, data: bytes) -> Iterator[Piece]:
    """Head (2 n) and body (2 n + 1) of the answer of entry n; the address that the browser spoke to."""
    try:
        log = json.loads(data)["log"]
        entries = log["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _wrong(source, "HAR") from None
    for n, entry in enumerate(entries if isinstance(entries, list) else ()):
        answer = _of(entry, "response")
        heads = [h for h in _of(answer, "headers", list) if isinstance(h, dict)]
        head = "".join(f"{h.get('name')}: {h.get('value')}\r\n" for h in heads)
        address = entry.get("serverIPAddress") if isinstance(entry, dict) else None
        yield 2 * n, head.encode(errors="replace"), (str(address),) if address else ()
        content = _of(answer, "content")
        text = content.get("text")
        if isinstance(text, str) and text:
            yield 2 * n + 1, _body(text, str(content.get("encoding", ""))), ()


def _of(holder: object, key: str, kind: type = dict) -> Any:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, kind) else kind()


def _body(text: str, encoding: str) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            pass
    return text.encode(errors="replace")


def _warc(source: Source, data: bytes) -> list[Piece]:
    """Head (2 n) and body (2 n + 1) of record n, where it is an answer, a resource or a conversion.

    The library says on the terminal what it finds between damaged records, in their own words: that is kept off it.
    """
    found: list[Piece] = []
    left, n = LARGEST, -1
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            for n, record in enumerate(ArchiveIterator(io.BytesIO(data))):
                if record.rec_type not in ("response", "resource", "conversion", "revisit"):
                    continue
                head = record.http_headers.to_str() if record.http_headers is not None else ""
                address = record.rec_headers.get_header("WARC-IP-Address") or ""
                if head or address:
                    found.append((2 * n, head.encode(errors="replace"), (address,) if address else ()))
                body = record.content_stream().read(left + 1)
                left -= len(body)
                if left < 0:
                    raise _too_large(source)
                if body:
                    found.append((2 * n + 1, body, ()))
    except (ArchiveLoadFailed, ValueError, zlib.error, OSError, AttributeError):
        if not found:
            raise _wrong(source, "WARC") from None
        found.append((2 * (n + 1), None, ()))
    return found


def _packets(source: Source, data: bytes) -> Iterator[Piece]:
    """What packet n carries above TCP or UDP, and its two addresses where they are the first of their kind."""
    internet = (dpkt.ip.IP, dpkt.ip6.IP6)
    seen: set[str] = set()
    n = -1
    try:
        reader = dpkt.pcap.UniversalReader(io.BytesIO(data))
        links = {1: dpkt.ethernet.Ethernet, 113: dpkt.sll.SLL, 101: dpkt.ip.IP, 228: dpkt.ip.IP, 229: dpkt.ip6.IP6}
        link = links.get(reader.datalink())
        if link is None:
            raise EvidenceError(
                "a capture of traffic on a kind of link that is not read", where=source.where(), remedy="export as pcap"
            )
        for n, (_, raw) in enumerate(reader):
            try:
                frame = link(raw)
            except (dpkt.Error, IndexError, ValueError):  # cut, or no such frame
                continue
            packet = frame if isinstance(frame, internet) else getattr(frame, "data", None)
            if not isinstance(packet, internet):
                continue
            pair = tuple(a for a in map(dpkt.utils.inet_to_str, (packet.src, packet.dst)) if a not in seen)
            seen.update(pair)
            carried = getattr(packet.data, "data", b"")
            content = carried if isinstance(carried, bytes) else b""
            if pair or content:
                yield n, content, pair
    except (dpkt.Error, ValueError, IndexError):
        if n < 0:
            raise _wrong(source, "capture of traffic") from None
        yield n + 1, None, ()
