"""Captured pages - HTML, MHTML, HAR, WARC, traffic - and servers' configurations: what stands in their source.

Comments, scripts and attributes are searched like text: what a server leaks seldom stands in the visible page. Text
that is escaped, percent-encoded, in a data: URI or UTF-16 is searched as it is meant, and found where it stands. In a
capture of several pieces a place is ``part:n>byte:a-b`` inside the decoded piece n (pieces.py says how it counts).
"""

import codecs
import hashlib
import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.encodings import encoding_of
from leadline.kinds.codecs.meaning import text
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.reader import (
    HEAD_BYTES,
    Batch,
    Broken,
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
from leadline.kinds.readers.page.pieces import LARGEST, MIME, is_capture, pieces
from leadline.kinds.readers.page.searching import Found, searched
from leadline.model import locators
from leadline.model.progress import Progress
from leadline.model.words import BAD_ROW, RESOURCE

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)
_CONFIG = re.compile(
    rb"^\s*(?:server_name\s+\S+;|listen\s+\S+;|<VirtualHost\s|ServerName\s+\S|Listen\s+[0-9\[]|HiddenService(?:Dir|Port)\s)",
    re.M,
)
"""A directive of nginx, Apache HTTP Server or tor at the beginning of a line."""
LEAST = 200
"""Bytes of a script or style sheet whose digest is kept: shorter ones stand everywhere."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as HTML, as a MIME message, as a capture, or is a server's configuration."""
    if is_capture(head):
        return True
    head = text(head, encoding_of(head)).data.removeprefix(codecs.BOM_UTF8)
    if MIME.match(head) and b"mime-version" in head.lower():
        return True
    if b"\x00" in head[:1024]:
        return False
    return _HTML.search(head[:1024]) is not None or _CONFIG.search(head) is not None


def _read(source: Source, data: bytes) -> tuple[Found, list[Image], tuple[Broken, ...]]:
    """Everything found in a page, the images in it, and the place from which on it cannot be read."""
    there = pieces(source, data)
    if there is None:
        return *searched(data, ""), ()
    found: Found = []
    images: list[Image] = []
    broken: list[Broken] = []
    for number, content, addresses in there:
        if content is None:
            broken.append(Broken(f"part:{number}", BAD_ROW))
        found += [(_version(address), address, f"part:{number}") for address in addresses if _version(address)]
        if not content:
            continue
        media_type = media_type_of(content[:HEAD])
        if is_visual(media_type):
            images.append(Image(hashlib.sha256(content).hexdigest(), len(content), media_type, f"part:{number}"))
            continue
        if len(content) >= LEAST and not _HTML.search(content[:1024]):
            found.append((RESOURCE, hashlib.sha256(content).hexdigest(), f"part:{number}"))
        more, inside = searched(content, f"part:{number}>")
        images += inside
        found += more
    return found, images, tuple(broken)


def _version(address: str) -> str:
    """ipv4 or ipv6; nothing for a text that is no address, or the machine itself."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return "" if read.is_loopback or read.is_unspecified else f"ipv{read.version}"


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
    """One part, `found`: kind (email, bitcoin, wallet, and those of mapping.signs) and value of each thing found."""
    _bounded(source)
    data = read_bytes(source)
    found, images, broken = _read(source, data)
    rows = sorted(set(found), key=lambda row: (row[2], row[0], row[1]))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    table = pa.table({"kind": pa.array(columns[0], pa.string()), "value": pa.array(columns[1], pa.string())})
    progress("reading a page", len(data), len(data))
    yield Part("found", ("kind", "value"), iter([Batch(table, pa.array(columns[2], pa.string()), broken)]), images)


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The bytes a ``byte:a-b`` names, in the file or in a decoded piece, in UTF-8 where the text is in UTF-16.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    where = ">".join(map(str, place))
    kinds = [p.kind for p in place]
    if kinds == ["byte"]:
        piece = byte_slice(source, place[0].argument)
        return (("bytes", _in_utf8(piece, byte_slice(source, f"0-{min(HEAD_BYTES, source.path.stat().st_size)}"))),)
    if kinds not in (["part"], ["part", "byte"]):
        raise wrong_locator(source, where, "byte:A-B, part:N or part:N>byte:A-B")
    found = {number: (content, addresses) for number, content, addresses in pieces(source, read_bytes(source)) or ()}
    content, addresses = found.get(int(place[0].argument), (None, ()))
    if content is None:
        raise no_such_place(source, where)
    head = content[:HEAD_BYTES]
    if len(place) == 2:
        first, _, last = place[1].argument.partition("-")
        if int(last) > len(content) or int(first) > int(last):
            raise no_such_place(source, where)
        content = content[int(first) : int(last)]
    elif addresses:
        return (("addresses", ", ".join(addresses)), ("bytes", _in_utf8(content, head)))
    return (("bytes", _in_utf8(content, head)),)


def _in_utf8(piece: bytes, head: bytes) -> bytes:
    """A piece of the text that begins with `head` as it was read: UTF-16 as UTF-8, so that what it holds is seen."""
    encoding = encoding_of(head)
    if encoding == "utf-16" and not piece.startswith(head[:2]):
        encoding = "utf-16-be" if head.startswith(b"\xfe\xff") else "utf-16-le"
    return text(piece, encoding).data


PAGE = Reader(
    "page",
    "captured page (HTML, MHTML, HAR, WARC), traffic or a server's configuration",
    "text/html",
    sniff,
    parts,
    resolve,
    "page",
)
