"""Images and videos inside cells: taken out before anything else sees them, only their digests stay."""

import hashlib
import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.datauri import base64_bytes, data_uris
from leadline.kinds.codecs.meaning import Meant, unescaped
from leadline.kinds.codecs.sniff import HEAD, is_visual, sniff
from leadline.kinds.reader import Batch, Image

_CANDIDATE = r"(?i:data(?::|&|\\|%3a))|R0lGOD|(?:[A-Za-z0-9+]|\\?/){66}"
"""Text that may hold an image: a data: URI (RFC 2397), GIF's signature in base64, or a run of letters longer than a
SHA-256 in hexadecimal; a slash may be escaped, as JSON writes it."""
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/])(?:R0lGOD|(?:[A-Za-z0-9+]|\\?/){40})(?:[A-Za-z0-9+/\s]|\\[/rn]){20,}(?:={1,2}|(?<!\s))"
)
_HEXADECIMAL = re.compile(r"(?<![0-9A-Fa-f])(?:0x|\\x)?((?:[0-9A-Fa-f]{2}){33,})")
_DIGEST_SIZES = frozenset({16, 20, 24, 28, 32, 33, 48, 64, 65})
"""Bytes of common digests and public keys: one in 65,536 begins like an image by chance."""
_SURE = (b"GIF8", b"\x89PNG", b"RIFF", b"<svg", b"<?xml")
"""Signatures of four and more bytes that the smallest images have."""


def visual(data: bytes) -> str:
    """The media type when the bytes are an image's or a video's, else nothing."""
    if len(data) in _DIGEST_SIZES and not data.startswith(_SURE):
        return ""
    media_type = sniff(data[:HEAD])
    return media_type if is_visual(media_type) else ""


def image(data: bytes, media_type: str, locator: str) -> Image:
    """The digest of image bytes, in place of them."""
    return Image(hashlib.sha256(data).hexdigest(), len(data), media_type, locator)


def embedded(text: str, locator: str) -> tuple[str, list[Image]]:
    """`text` with every embedded image replaced by ``media:sha256``, and the images.

    Data URIs that claim to be an image or sniff as one, and runs of base64 or hexadecimal that sniff as one.
    """
    images: list[Image] = []

    def put(data: bytes, media_type: str) -> str:
        images.append(image(data, media_type, locator))
        return f"media:{images[-1].sha256}"

    def run(found: re.Match[str]) -> str:
        data = base64_bytes(found[0])
        media_type = visual(data)
        return put(data, media_type) if media_type else found[0]

    def digits(found: re.Match[str]) -> str:
        data = bytes.fromhex(found[1])
        media_type = visual(data)
        return put(data, media_type) if media_type else found[0]

    return _HEXADECIMAL.sub(digits, _BASE64.sub(run, _without_uris(text, put))), images


def _without_uris(text: str, put: Callable[[bytes, str], str]) -> str:
    """`text` with what `put` gives for each data: URI that is an image's; escaped ones are read as they are meant."""
    if "data" not in text and "DATA" not in text.upper():
        return text
    raw = text.encode("utf-8", "surrogatepass")
    meant = unescaped(Meant(raw))
    pieces, end = [], 0
    for uri in data_uris(meant.data):
        media_type = visual(uri.content) or (uri.claimed if is_visual(uri.claimed) else "")
        first, last = meant.span(uri.start, uri.end)
        if media_type and first >= end:
            pieces += [raw[end:first], put(uri.content, media_type).encode()]
            end = last
    return b"".join([*pieces, raw[end:]]).decode("utf-8", "surrogatepass")


def without_images(batch: Batch) -> tuple[Batch, tuple[Image, ...], np.ndarray]:
    """The batch with image cells null and images inside texts replaced; the images; which rows held one.

    Binary columns come back as text where they are UTF-8; cells that are neither image nor text stay binary.
    """
    images: list[Image] = []
    rows = batch.rows
    holds = np.zeros(rows.num_rows, np.bool_)
    for i, field in enumerate(rows.schema):
        if pa.types.is_binary(field.type):
            column, at = _binary(rows.column(i), batch.locators, images)
        elif pa.types.is_string(field.type):
            column, at = _text(rows.column(i), batch.locators, images)
        else:
            continue
        holds[at] = True
        if at or column.type != field.type:
            rows = rows.set_column(i, field.name, column)
    return Batch(rows, batch.locators, batch.broken), tuple(images), holds


def _binary(column: pa.ChunkedArray, locators: pa.Array, images: list[Image]) -> tuple[pa.Array, list[int]]:
    values = column.to_pylist()
    at = []
    for i, value in enumerate(values):
        media_type = visual(value) if value else ""
        if media_type:
            images.append(image(value, media_type, locators[i].as_py()))
            values[i] = None
            at.append(i)
    plain = pa.array(values, pa.binary())
    try:
        text = plain.cast(pa.string())
    except pa.ArrowInvalid:
        return plain, at
    also, inside = _text(pa.chunked_array([text]), locators, images)
    return also, sorted({*at, *inside})


def _text(column: pa.ChunkedArray, locators: pa.Array, images: list[Image]) -> tuple[pa.Array, list[int]]:
    long = pc.fill_null(pc.greater_equal(pc.binary_length(column), 24), False)
    if not pc.any(long).as_py():
        return column, []
    hit = pc.fill_null(pc.match_substring_regex(pc.if_else(long, column, None), _CANDIDATE), False)
    at = np.flatnonzero(hit.to_numpy())
    changed: list[int] = []
    replaced: list[str] = []
    for i in at:
        text, found = embedded(column[int(i)].as_py(), locators[int(i)].as_py())
        if found:
            images += found
            changed.append(int(i))
            replaced.append(text)
    if not changed:
        return column, []
    mask = np.zeros(len(column), np.bool_)
    mask[changed] = True
    return pc.replace_with_mask(column.combine_chunks(), pa.array(mask), pa.array(replaced, pa.string())), changed
