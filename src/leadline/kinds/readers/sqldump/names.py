"""Names as SQL writes them: in backticks, in double quotes, or bare."""

import re

SPACE = rb"(?>(?:\s|/\*(?!M?!)(?s:.*?)\*/|(?:--\s|\#)[^\n]*(?:\n|\Z))*)"
"""White space and comments; nothing in it is tried twice, so that a search stays linear."""
IDENTIFIER = rb"(?>`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\w$\x80-\xff]+)"
QUALIFIED = rb"(?:(?P<database>" + IDENTIFIER + rb")" + SPACE + rb"\." + SPACE + rb")?(?P<table>" + IDENTIFIER + rb")"
"""A table's name, with its database's before it or not."""
TEXT = rb"(?:'(?>(?:[^'\\]|\\.|'')*)(?:'|\Z)|/\*(?!M?!)(?>.*?(?:\*/|\Z)))"
"""A string or a comment, closed or not; what is not closed is tried once, so that a search stays linear."""
DOUBLE = rb"\"(?>(?:[^\"\\]|\\.|\"\")*)(?:\"|\Z)"
"""A text or a name in double quotes, closed or not."""
TICKED = rb"`(?>[^`]*)(?:`|\Z)"
"""A name in backticks, closed or not; a doubled one is two of them."""
_UNNAMED = QUALIFIED.replace(b"?P<database>", b"").replace(b"?P<table>", b"")

_ONE = re.compile(IDENTIFIER)


def shape(text: bytes) -> re.Pattern[bytes]:
    """A pattern of SQL in either case: ``~`` is space or comments, ``%id%`` an identifier, ``%name%`` a table's name.

    The groups of the first ``%name%`` are `database` and `table`.
    """
    named = text.replace(b"%name%", QUALIFIED, 1).replace(b"%name%", _UNNAMED)
    return re.compile(named.replace(b"%id%", IDENTIFIER).replace(b"~", SPACE), re.I | re.S)


def unquoted(name: bytes) -> str:
    """The name that an identifier writes; bytes that are no UTF-8 are spelled out."""
    for quote in (b"`", b'"'):
        if name.startswith(quote):
            name = name[1:-1].replace(quote * 2, quote)
            break
    return name.decode(errors="backslashreplace")


def listed(names: bytes) -> tuple[str, ...]:
    """The names of a list of identifiers."""
    return tuple(unquoted(found[0]) for found in _ONE.finditer(names))
