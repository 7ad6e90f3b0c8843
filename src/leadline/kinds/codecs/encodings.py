"""In which encoding a text file stands, as far as it says so itself."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """By byte order mark, or by the zeros of UTF-16 in Latin text; else UTF-8: another encoding is never guessed."""
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    if marked or b"\0" not in head:
        return marked or "utf-8"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if not even and 2 * odd > len(head) // 2:
        return "utf-16-le"
    return "utf-16-be" if not odd and 2 * even > len(head) // 2 else "utf-8"
