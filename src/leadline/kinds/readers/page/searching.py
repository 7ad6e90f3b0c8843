"""What stands in a text: everything found by its form, read as it is meant, at its places; images as digests only."""

import hashlib
from collections.abc import Iterator

from leadline.kinds.codecs.datauri import data_uris
from leadline.kinds.codecs.encodings import encoding_of
from leadline.kinds.codecs.meaning import Meant, joined, percent_decoded, text, unescaped
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.mapping.finders import FINDERS
from leadline.kinds.mapping.signs import signs
from leadline.kinds.reader import HEAD_BYTES, Image

_KINDS = ("email", "bitcoin", "wallet")
Found = list[tuple[str, str, str]]
"""(kind, value, locator) of what stands in a page."""


def searched(data: bytes, place: str) -> tuple[Found, list[Image]]:
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
    for kind, value, first, last in signs(meant.data):
        yield kind, value, *meant.span(first, last)
