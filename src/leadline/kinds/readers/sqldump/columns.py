"""Columns and their types, as a CREATE TABLE states them."""

import re

from leadline.kinds.readers.sqldump.names import DOUBLE, TEXT, unquoted
from leadline.kinds.readers.sqldump.rows_kernels import COLUMNS

_TOKEN = re.compile(
    rb"(?P<quoted>`(?>(?:[^`]|``)*)(?:`|\Z)|" + DOUBLE + rb")|(?P<gap>" + TEXT + rb"|(?:--\s|\#)[^\n]*)"
    rb"|(?P<sign>[(),])|(?P<word>[\w$\x80-\xff]+)|.",
    re.S,
)
_NOT_COLUMNS = frozenset(
    [
        "PRIMARY",
        "KEY",
        "INDEX",
        "UNIQUE",
        "FULLTEXT",
        "SPATIAL",
        "CONSTRAINT",
        "FOREIGN",
        "CHECK",
        "PERIOD",
        "LIKE",
        "EXCLUDE",
        "VECTOR",
    ]
)
"""Words with which a definition begins that is none of a column (MySQL Reference Manual, 13.1.20; MariaDB's PERIOD)."""


def columns(definitions: bytes) -> tuple[dict[str, str], bytes] | None:
    """(type by column in order, what follows the definitions) of text that begins with their parenthesis

    Types are words in small letters. None where no parenthesis opens or closes, or more columns stand in it than a
    table can have.
    """
    if not definitions.startswith(b"("):
        return None
    found: dict[str, str] = {}
    depth = 0
    item: list[tuple[bytes, bool]] = []
    for token in _TOKEN.finditer(definitions):
        sign = token["sign"]
        if sign == b"(":
            depth += 1
        elif sign is not None and (depth == 1 or sign == b")"):
            if depth == 1:
                _take(item, found)
                item = []
            if sign == b")":
                depth -= 1
                if not depth:
                    return (found, definitions[token.end() :]) if len(found) <= COLUMNS else None
        elif depth == 1 and len(item) < 2 and (token["word"] or token["quoted"]):
            item.append((token[0], token["word"] is not None))
    return None


def _take(item: list[tuple[bytes, bool]], found: dict[str, str]) -> None:
    if len(item) == 2:
        (name, bare), (type_, _) = item
        if not (bare and name.upper().decode(errors="replace") in _NOT_COLUMNS):
            found[unquoted(name)] = type_.decode(errors="replace").lower()
