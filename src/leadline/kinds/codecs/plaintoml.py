"""TOML that somebody else wrote, read with a bound on how deep its keys go."""

import re
import tomllib
from typing import Any

DEEPEST = 32
"""Parts of a dotted key: no map and no listing has more than three."""
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DEEPEST}}}")


def loads(text: str) -> dict[str, Any]:
    """The document, as tomllib gives it; TOMLDecodeError where it is none.

    RecursionError where values are nested too deep for tomllib, and where a key has more than DEEPEST parts, whose
    square tomllib takes in time and memory.
    """
    if _DEEP.search(text):
        raise RecursionError
    return tomllib.loads(text)
