"""The rows of an INSERT statement by regular expression: the plain reference that the kernels are held to."""

import re

_GAP = rb"(?>(?:\s|/\*(?!M?!)(?s:.*?)(?:\*/|\Z)|(?:\#|--(?=[\x00-\x20]|\Z))[^\n]*)*)"
_ONE = rb"(?>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")"
_VALUE = re.compile(
    rb"~(?:(?:_(?:binary|ascii|utf8\w*)~|[nN](?='))?(?P<text>%text%(?:~%text%)*)"
    rb"|(?:_(?:binary|utf8\w*)~)?(?:0x(?P<hex>[0-9A-Fa-f]+)|[xX]'(?P<pairs>(?:[0-9A-Fa-f]{2})*)')"
    rb"|0b(?P<bits>[01]+)|[bB]'(?P<quoted_bits>[01]*)'"
    rb"|(?P<word>(?i:null|true|false)|\\N)|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"
    rb"~(?P<end>[,)]|\Z)".replace(b"~", _GAP).replace(b"%text%", _ONE),
    re.DOTALL,
)
_STRING = re.compile(_GAP + b"(" + _ONE + b")", re.DOTALL)
_OPENING, _BETWEEN = re.compile(_GAP + rb"\("), re.compile(_GAP + rb"(,|\Z)")
_NAME = rb"(?:`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\w$\x80-\xff]+)"
_TARGET = re.compile(rb"~%name%(?:~\.~%name%)*~:?=".replace(b"~", _GAP).replace(b"%name%", _NAME))
_ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_WORDS = {b"true": b"1", b"false": b"0"}


def rows_reference(text: bytes) -> list[list[bytes | None]] | None:
    """The rows of ``(1,'a',NULL),(2,...)`` by regular expression; None for other text: the reference for the kernels.

    Backslashes escape, and double quotes hold strings.
    """
    rows: list[list[bytes | None]] = []
    pos = 0
    while True:
        opening = _OPENING.match(text, pos)
        if opening is None:
            return None
        pos = opening.end()
        row: list[bytes | None] = []
        ended = b","
        while ended == b",":
            found = _VALUE.match(text, pos)
            if found is None or not found["end"]:
                return None
            row.append(_meaning(found))
            pos, ended = found.end(), found["end"]
        rows.append(row)
        between = _BETWEEN.match(text, pos)
        if between is None:
            return None
        if not between[1]:
            return rows
        pos = between.end()


def assigned_reference(text: bytes) -> list[bytes | None] | None:
    """The values of ``a = 1, b = 'x'``, read as `rows_reference` reads rows; None for other text."""
    row: list[bytes | None] = []
    pos, ended = 0, b","
    while ended == b",":
        target = _TARGET.match(text, pos)
        found = target and _VALUE.match(text, target.end())
        if found is None or found["end"] == b")":
            return None
        row.append(_meaning(found))
        pos, ended = found.end(), found["end"]
    return row


def _meaning(found: re.Match[bytes]) -> bytes | None:
    for group, base in (("hex", 16), ("pairs", 16), ("bits", 2), ("quoted_bits", 2)):
        if found[group] is not None:
            each = 2 if base == 16 else 8
            return int(found[group] or b"0", base).to_bytes(-(-len(found[group]) // each), "big")
    if found["text"] is not None:
        return b"".join(_unescaped(one[1]) for one in _STRING.finditer(found["text"]))
    return found["number"] or _WORDS.get(found["word"].lower())


def _unescaped(quoted: bytes) -> bytes:
    quote = quoted[:1]
    return re.sub(
        rb"\\(.)|" + quote * 2,
        lambda m: quote if m[1] is None else _ESCAPES.get(m[1], m[1]),
        quoted[1:-1],
        flags=re.DOTALL,
    )
