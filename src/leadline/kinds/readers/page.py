"""Saved web pages, HTML and MHTML: addresses found in their source, with byte locators; images as digests only.

Comments, scripts and attributes are searched like text: what a server leaks seldom stands in the visible page. Text
that is escaped, percent-encoded, in a data: URI or UTF-16 is searched as it is meant, and found where it stands. In
MHTML a place is ``part:n>byte:a-b`` inside the decoded part, counted as ``email`` walks the message.
"""

import codecs
import email
import email.message
import email.policy
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.datauri import data_uris
from leadline.kinds.codecs.encodings import encoding_of
from leadline.kinds.codecs.meaning import Meant, joined, percent_decoded, text, unescaped
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.mapping.finders import FINDERS
from leadline.kinds.reader import (
    HEAD_BYTES,
    Batch,
    Field,
    Image,
    Part,
    Reader,
    Source,
    byte_slice,
    no_such_place,
    read_bytes,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)
_MIME = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Content-Type|Snapshot-Content-Location):", re.I | re.M)
_KINDS = ("ipv4", "email", "bitcoin", "wallet")
LARGEST = 1 << 29
"""Bytes of a page, which is held in memory several times: captures with all their pictures have tens of millions."""
Found = list[tuple[str, str, str]]
"""(kind, value, locator) of what stands in a page."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as HTML or as a MIME message with HTML in it."""
    head = text(head, encoding_of(head)).data.removeprefix(codecs.BOM_UTF8)
    if _MIME.match(head) and b"mime-version" in head.lower():
        return True
    return _HTML.search(head[:1024]) is not None and b"\x00" not in head[:1024]


def _is_mime(data: bytes) -> bool:
    return _MIME.match(data) is not None


def _searched(data: bytes, place: str) -> tuple[Found, list[Image]]:
    """What stands in a text, read as it is meant, and the images in its data: URIs; at their places in `data`."""
    meant = joined(unescaped(text(data, encoding_of(data[:HEAD_BYTES]))))
    found: Found = []
    images: list[Image] = []
    pieces, end = [], 0
    for uri in data_uris(meant.data):
        pieces += [meant.data[end : uri.start], b" " * (uri.end - uri.start)]
        end = uri.end
        first, last = meant.span(uri.start, uri.end)
        where = f"{place}byte:{first}-{last}"
        sniffed = media_type_of(uri.content[:HEAD])
        media_type = sniffed if is_visual(sniffed) else uri.claimed
        if is_visual(media_type) and uri.content:
            images.append(Image(hashlib.sha256(uri.content).hexdigest(), len(uri.content), media_type, where))
        else:
            found += [(kind, value, where) for kind, value, _, _ in _things(joined(unescaped(Meant(uri.content))))]
    rest = percent_decoded(Meant(b"".join([*pieces, meant.data[end:]]), meant.layers))
    for kind, value, first, last in _things(rest):
        found.append((kind, value, f"{place}byte:{first}-{last}"))
    return found, images


def _things(meant: Meant) -> Iterator[tuple[str, str, int, int]]:
    """(kind, value, where it begins, where it ends) of everything found in a text."""
    for kind in _KINDS:
        for first, last in FINDERS[kind](meant.data):
            yield kind, meant.data[first:last].decode(errors="replace"), *meant.span(first, last)


def _read(source: Source, data: bytes) -> tuple[Found, list[Image]]:
    """Everything found in a page and the images in it."""
    if not _is_mime(data):
        return _searched(data, "")
    found: Found = []
    images: list[Image] = []
    for number, content in _mime_parts(source, data):
        media_type = media_type_of(content[:HEAD])
        if is_visual(media_type):
            images.append(Image(hashlib.sha256(content).hexdigest(), len(content), media_type, f"part:{number}"))
            continue
        more, inside = _searched(content, f"part:{number}>")
        images += inside
        found += more
    return found, images


def _mime_parts(source: Source, data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, decoded content) of the leaf parts of a message; EvidenceError when they are nested too deep."""
    try:
        parts = list(email.message_from_bytes(data, policy=email.policy.compat32).walk())
    except RecursionError:
        raise EvidenceError(
            "message parts are nested too deep to be read", where=source.where(), remedy="leave it out of the case"
        ) from None
    for number, part in enumerate(parts):
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                yield number, content


def _bounded(source: Source) -> None:
    """Refuses a page too large to be held, before it is read."""
    try:
        size = source.path.stat().st_size
    except OSError as error:
        raise unreadable(source, error) from error
    if size > LARGEST:
        raise EvidenceError(
            f"the page has more than {LARGEST:,} bytes", where=source.where(), remedy="leave it out of the case"
        )


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `found`: kind (ipv4, email, bitcoin, wallet) and value of each thing found."""
    _bounded(source)
    data = read_bytes(source)
    found, images = _read(source, data)
    rows = sorted(set(found), key=lambda row: row[2])
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    table = pa.table({"kind": pa.array(columns[0], pa.string()), "value": pa.array(columns[1], pa.string())})
    progress("reading a page", len(data), len(data))
    yield Part("found", ("kind", "value"), iter([Batch(table, pa.array(columns[2], pa.string()))]), images)


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The bytes a ``byte:a-b`` names, in the file or in a decoded part, in UTF-8 where the text is in UTF-16.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    where = ">".join(map(str, place))
    kinds = [p.kind for p in place]
    if kinds == ["byte"]:
        piece = byte_slice(source, place[0].argument)
        return (("bytes", _in_utf8(piece, byte_slice(source, f"0-{min(HEAD_BYTES, source.path.stat().st_size)}"))),)
    if kinds not in (["part"], ["part", "byte"]):
        raise wrong_locator(source, where, "byte:A-B, part:N or part:N>byte:A-B")
    content = dict(_mime_parts(source, read_bytes(source))).get(int(place[0].argument))
    if content is None:
        raise no_such_place(source, where)
    head = content[:HEAD_BYTES]
    if len(place) == 2:
        first, _, last = place[1].argument.partition("-")
        if int(last) > len(content) or int(first) > int(last):
            raise no_such_place(source, where)
        content = content[int(first) : int(last)]
    return (("bytes", _in_utf8(content, head)),)


def _in_utf8(piece: bytes, head: bytes) -> bytes:
    """A piece of the text that begins with `head` as it was read: UTF-16 as UTF-8, so that what it holds is seen."""
    encoding = encoding_of(head)
    if encoding == "utf-16" and not piece.startswith(head[:2]):
        encoding = "utf-16-be" if head.startswith(b"\xfe\xff") else "utf-16-le"
    return text(piece, encoding).data


PAGE = Reader("page", "saved web page, HTML or MHTML", "text/html", sniff, parts, resolve, "page")
