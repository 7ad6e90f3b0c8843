"""A path as a picture in a terminal: boxes for coins and who holds them, arrows for transactions, time downwards."""

import textwrap
from collections.abc import Iterable, Mapping

import pyarrow as pa

from leadline.steps.disclosure_sentences import RULES
from leadline.steps.trace.picture import Picture, Strip, picture

__all__ = ["RULES", "draw", "lines"]

WIDTH = 92
"""Columns of a box: a whole outpoint and its frame fit, and so does the box on a common screen."""
SHOWN = 8
"""Paths drawn before the rest is counted only: more than a reader compares."""


def draw(finding_id: bytes, tables: Mapping[str, pa.Table]) -> str:
    """The paths of a finding of trace as text, from picture.READS; empty without a path."""
    found = picture(finding_id, tables)
    return "" if found is None else "\n".join(lines(found)) + "\n"


def lines(found: Picture) -> list[str]:
    """The picture's paths and closing sentences as lines."""
    drawn: list[str] = []
    for number, strip in enumerate(found.strips[:SHOWN], 1):
        drawn += [f"path {number} of {len(found.strips)}, in order of time", *_strip(strip), ""]
    if len(found.strips) > SHOWN:
        drawn.append(f"and {len(found.strips) - SHOWN} more paths to the same end, not drawn: table hop")
    return [*drawn, *found.closing]


def _strip(strip: Strip) -> Iterable[str]:
    for k, box in enumerate(strip.boxes):
        if k:
            arrow = strip.arrows[k - 1]
            mark = "│" if arrow.recorded else "┆"
            for line in arrow.lines:
                for n, part in enumerate(textwrap.wrap(line, WIDTH - 12)):
                    yield f"        {mark}   {'  ' if n else ''}{part}"
            yield "        ▼"
        yield f"┌{'─' * (WIDTH - 2)}┐"
        for line in (box.title.upper() if box.kind == "service" else box.title, *box.lines):
            for part in textwrap.wrap(line, WIDTH - 4, subsequent_indent="  ") or [""]:
                yield f"│ {part:<{WIDTH - 4}} │"
        yield f"└{'─' * (WIDTH - 2)}┘"
