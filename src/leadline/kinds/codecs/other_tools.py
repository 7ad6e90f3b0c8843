"""Which of a list's picture hashes may be ones that ours cannot meet, by the types that its entries state.

Measured with threatexchange 1.2.17 and vpdq 0.2.5: PDQ of a picture with a palette is made of the palette's numbers
(100 to 180 bits from the picture's), of CMYK of the complement (256), of 16-bit grey of white (quality 0, kept aside
anyway); vPDQ counts frames by the stated rate, so that of one Matroska film of variable rate 6 of 57 seconds were
hashed, under other times. Types tell which entries can be concerned, never which tool made the list: so these words
say *may*.
"""

import re

MAY_MISS = {
    "palette": "of GIF, which has a palette: a tool that hashes its numbers gives what no hash of the picture meets",
    "modes": "of PNG, TIFF, BMP or PSD, which may have a palette, CMYK or 16 bits: some tools hash these otherwise",
    "matroska": "of Matroska or WebM: of one with a variable rate some tools hash few frames, at other times",
}
"""Why a perceptual hash of a list may meet none of ours: the closed list."""
_ENDS = {
    "gif": "palette",
    **dict.fromkeys(("png", "apng", "tif", "tiff", "bmp", "x-ms-bmp", "psd", "photoshop"), "modes"),
    **dict.fromkeys(("mkv", "webm", "x-matroska", "matroska"), "matroska"),
}
"""Subtypes of media types, and endings of names."""
_LAST = re.compile(r"[./](?=[^./]*$)")
"""Where a subtype or an ending begins: ``vnd.adobe.photoshop`` is known by its last word."""
COLUMNS = ("mime", "mimetype", "mime_type", "media_type", "filename", "file_name", "file", "path", "name")
"""Columns of a CSV that state a file's type or name: they are read for this alone, and not kept."""


def may_miss(*stated: object) -> str | None:
    """The word of MAY_MISS for an entry with these media types and names, the first that says something."""
    ends = (_LAST.split(text.strip().lower())[-1] for text in stated if isinstance(text, str))
    return next((_ENDS[end] for end in ends if end in _ENDS), None)
