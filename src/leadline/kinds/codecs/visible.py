"""Text that steers nothing: control, formatting and direction characters spelled out, wherever a file may be opened."""

import re
import unicodedata

_SPACES = " \u00a0\u202f\u3000\u200c\u200d"
"""Spaces and joiners that names in some scripts need; every other space but the plain one is spelled out."""


def steers(c: str) -> bool:
    """Whether a character may steer a terminal, hide others or turn their direction, or is none of Unicode's."""
    return c not in _SPACES and unicodedata.category(c)[0] in "CZ"


def spelled(text: str) -> str:
    """`text` with each such character as the report spells it: ``[U+202E]``; a line break is one of them."""
    if text.isprintable():
        return text
    return "".join(f"[U+{ord(c):04X}]" if steers(c) else c for c in text)


def escaped(json: str) -> str:
    """JSON that reads as the same value, each such character in its strings as JSON's escape: ``\\u202e``.

    Line breaks between values stay: within a string JSON has none.
    """
    if json.isprintable():
        return json
    return "\n".join(line if line.isprintable() else _STEERING.sub(_escape, line) for line in json.split("\n"))


_STEERING = re.compile(r"[^ -~]")


def _escape(found: re.Match[str]) -> str:
    c = found[0]
    if not steers(c):
        return c
    units = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
