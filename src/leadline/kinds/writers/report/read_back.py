"""A made PDF read again by another program, PDFium: whether every text of the report can be read off its pages."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pypdfium2

READ = frozenset(
    {"value", "name", "names", "by", "reason", "authority", "scope", "sender", "contact", "file_number", "located"}
)
"""Fields of the report's data whose text people or evidence gave: what a font may lack, and a reader must find."""
_SPACES = re.compile("[\\s\u200b-\u200d\u2060\ufeff\u0002\u0003]+")
"""White space, invisible characters, and what PDFium writes for a hyphen or a mark it cannot place."""
_PLAIN = re.compile("[\u0000-\u058f\u10a0-\u10ff\u1d00-\u2bff\u3000-\ud7ff]*")
"""Scripts written one character after another: Latin, Greek, Cyrillic, Armenian, Georgian, Chinese, Japanese, Korean.

In all others - from right to left, or with marks that change places - a reader gives the characters in another order.
"""


def texts(data: Any) -> Iterator[str]:
    """Every text under a field of READ, in the report's data."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key in READ:
                yield from (t for t in (value if isinstance(value, list) else [value]) if isinstance(t, str))
            else:
                yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def missing(wanted: Iterable[str], pdf: bytes) -> int:
    """How many words of `wanted` cannot be read off the pages of `pdf`, each counted once."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    page_text = unicodedata.normalize("NFC", pages)
    whole = _SPACES.sub("", page_text)
    there, drawn = set(_SPACES.split(page_text)), Counter(whole)
    words = {w for text in set(wanted) for w in _SPACES.split(unicodedata.normalize("NFC", text)) if w}
    return sum(not _found(word, whole, drawn) for word in words - there)


def _found(word: str, whole: str, drawn: Counter[str]) -> bool:
    """Whether a word stands in the text, in one piece, in two where a page ends in it, or with its marks reordered."""
    if _PLAIN.fullmatch(word):
        return word in whole or any(word[:k] in whole and word[k:] in whole for k in range(4, len(word) - 3))
    return Counter(word) <= drawn
