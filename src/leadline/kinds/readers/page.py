"""Saved web pages, HTML and MHTML: addresses found in their source, with byte locators; images as digests only.

Comments, scripts and attributes are searched like text: what a server leaks seldom stands in the visible page. In MHTML
a place is ``part:n>byte:a-b`` inside the decoded part, counted as ``email`` walks the message.
"""

import email
import email.message
import email.policy
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.datauri import base64_bytes
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.mapping.finders import FINDERS
from leadline.kinds.reader import (
    Batch,
    Field,
    Image,
    Part,
    Reader,
    Source,
    byte_slice,
    no_such_place,
    read_bytes,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)
_MIME = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Content-Type|Snapshot-Content-Location):", re.I | re.M)
_DATA_URI = re.compile(rb"data:([a-z0-9.+/-]{0,128})((?:;[^;,\s\"'<>]{0,256}){0,16}),([^\s\"'<>)\\]*)", re.I)
"""A data: URI (RFC 2397); its head is bounded, so that a page cannot make the search take quadratic time."""
_WORD = re.compile(rb"[^<>\s\"']+")
_REFERENCE = re.compile(rb"&#?[0-9A-Za-z]{1,32};")
"""A character reference, by which a page may hide an address from a plain search; the longest name has 31 letters."""
_KINDS = ("ipv4", "email", "bitcoin", "wallet")


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as HTML or as a MIME message with HTML in it."""
    if _MIME.match(head) and b"mime-version" in head.lower():
        return True
    return _HTML.search(head[:1024]) is not None and b"\x00" not in head[:1024]


def _is_mime(data: bytes) -> bool:
    return _MIME.match(data) is not None


def _images_of(data: bytes, place: str) -> tuple[bytes, list[Image]]:
    """`data` with its data: URIs blanked (length kept), and the images among them, at their byte places."""
    images: list[Image] = []

    def blank(found: re.Match[bytes]) -> bytes:
        content = unquote_to_bytes(found[3])
        if found[2].lower().endswith(b";base64"):
            content = base64_bytes(content.decode("latin-1"))
        sniffed, claimed = media_type_of(content[:HEAD]), found[1].decode().lower()
        media_type = sniffed if is_visual(sniffed) else claimed
        if content and is_visual(media_type):
            where = f"{place}byte:{found.start()}-{found.end()}"
            images.append(Image(hashlib.sha256(content).hexdigest(), len(content), media_type, where))
        return b" " * len(found[0])

    return _DATA_URI.sub(blank, data), images


def _search(data: bytes, place: str) -> list[tuple[str, str, str]]:
    """(kind, value, locator) of what stands in the source; words with character references are read as they mean."""
    found = []
    words = [m for m in _WORD.finditer(data) if _REFERENCE.search(m[0])] if b"&" in data else []
    plain = _without(data, words)
    for kind in _KINDS:
        for first, last in FINDERS[kind](plain):
            found.append((kind, plain[first:last].decode(), f"{place}byte:{first}-{last}"))
    for word in words:
        meant = unescape(word[0].decode(errors="replace")).encode()
        for kind in _KINDS:
            for first, last in FINDERS[kind](meant):
                at = word[0].find(meant[first:last])
                bounds = (word.start(), word.end()) if at < 0 else (word.start() + at, word.start() + at + last - first)
                found.append((kind, meant[first:last].decode(), f"{place}byte:{bounds[0]}-{bounds[1]}"))
    return found


def _without(data: bytes, words: list[re.Match[bytes]]) -> bytes:
    """`data` with these words blanked, length kept."""
    pieces, end = [], 0
    for word in words:
        pieces += [data[end : word.start()], b" " * len(word[0])]
        end = word.end()
    return b"".join([*pieces, data[end:]])


def _read(source: Source, data: bytes) -> tuple[list[tuple[str, str, str]], list[Image]]:
    """Everything found in a page and the images in it."""
    if not _is_mime(data):
        text, images = _images_of(data, "")
        return _search(text, ""), images
    found: list[tuple[str, str, str]] = []
    images = []
    for number, content in _mime_parts(source, data):
        media_type = media_type_of(content[:HEAD])
        if is_visual(media_type):
            images.append(Image(hashlib.sha256(content).hexdigest(), len(content), media_type, f"part:{number}"))
            continue
        text, inside = _images_of(content, f"part:{number}>")
        images += inside
        found += _search(text, f"part:{number}>")
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


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `found`: kind (ipv4, email, bitcoin, wallet) and value of each thing found."""
    data = read_bytes(source)
    found, images = _read(source, data)
    rows = sorted(set(found), key=lambda row: row[2])
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    table = pa.table({"kind": pa.array(columns[0], pa.string()), "value": pa.array(columns[1], pa.string())})
    progress("reading a page", len(data), len(data))
    yield Part("found", ("kind", "value"), iter([Batch(table, pa.array(columns[2], pa.string()))]), images)


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The bytes a ``byte:a-b`` names, in the file or in a decoded part."""
    text = ">".join(map(str, place))
    kinds = [p.kind for p in place]
    if kinds == ["byte"]:
        return (("bytes", byte_slice(source, place[0].argument)),)
    if kinds not in (["part"], ["part", "byte"]):
        raise wrong_locator(source, text, "byte:A-B, part:N or part:N>byte:A-B")
    content = dict(_mime_parts(source, read_bytes(source))).get(int(place[0].argument))
    if content is None:
        raise no_such_place(source, text)
    if len(place) == 2:
        first, _, last = place[1].argument.partition("-")
        if int(last) > len(content) or int(first) > int(last):
            raise no_such_place(source, text)
        content = content[int(first) : int(last)]
    return (("bytes", content),)


PAGE = Reader("page", "saved web page, HTML or MHTML", "text/html", sniff, parts, resolve, "page")
