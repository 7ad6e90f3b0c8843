"""A picture as SVG, and as a page to print: one file, no script, no font or image from elsewhere."""

import textwrap
from collections.abc import Sequence
from html import escape

from leadline.kinds.codecs.visible import spelled
from leadline.steps.trace.picture import END, HELD, KNOWN, SERVICE, Arrow, Box, Picture, Strip

WIDE = 760
"""Pixels of a box: an outpoint of 67 characters in the small type fits."""
MARGIN, PAD, LINE, SMALL = 24, 12, 20, 15
"""Space around everything, within a box, and of a line of the large and of the small type."""
SHOWN = 8
"""Paths drawn before the rest is counted only."""
COLOURS = {
    SERVICE: ("#e6effa", "#1f4e79"),
    HELD: ("#ffffff", "#5b6675"),
    KNOWN: ("#fdf1e3", "#8a4b08"),
    END: ("#f3f3f3", "#5b6675"),
}
"""Fill and border by what a box stands for; the words say it too, so colour alone carries nothing."""
KEY = (
    (SERVICE, "a service, named by a tag"),
    (HELD, "coins; who held them is not known"),
    (KNOWN, "an address the seized records state"),
    (END, "where the walk ended"),
)
_SANS = "font-family='Noto Sans, Helvetica, Arial, sans-serif'"
_MONO = "font-family='Noto Sans Mono, Menlo, Consolas, monospace'"


def svg(found: Picture) -> str:
    """The picture as one SVG document; equal pictures give equal text."""
    parts, y = [], MARGIN
    for line in textwrap.wrap(found.claim, 84):
        parts.append(_text(MARGIN, y + 14, line, 14, bold=True))
        y += LINE
    for label, said in (("It says: ", found.says), ("It does not say: ", found.not_said)):
        for line in textwrap.wrap(label + said, 100):
            parts.append(_text(MARGIN, y + 13, line, 12))
            y += 17
    y += 10
    for number, strip in enumerate(found.strips[:SHOWN], 1):
        parts.append(_text(MARGIN, y + 12, f"Path {number} of {len(found.strips)}, time runs downwards", 12, bold=True))
        made, y = _strip(strip, y + 22)
        parts += [*made]
        y += 18
    if len(found.strips) > SHOWN:
        more = f"and {len(found.strips) - SHOWN} more paths to the same end, not drawn here: table hop"
        parts.append(_text(MARGIN, y + 12, more, 12))
        y += LINE
    for line in (part for sentence in found.closing for part in textwrap.wrap(sentence, 104)):
        parts.append(_text(MARGIN, y + 12, line, 12))
        y += 17
    made, y = _key(y + 10)
    height, width = y + MARGIN, WIDE + 2 * MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title"><title id="title">{_plain(found.claim)}</title>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    )
    return "\n".join([head, *parts, *made, "</svg>"]) + "\n"


def html(found: Picture) -> str:
    """A page with the picture, to be opened from disk and printed."""
    return _page(found.claim, svg(found))


def written(text: str) -> str:
    """A page of plain text, such as the page for the other side, to be opened from disk and printed."""
    blocks = []
    for block in text.strip().split("\n\n"):
        first, *rest = block.splitlines()
        blocks.append(f"<h2>{_plain(first)}</h2>" + "".join(f"<p>{_plain(line.strip())}</p>" for line in rest))
    return _page(text.strip().splitlines()[0], "\n".join(blocks))


def _page(title: str, body: str) -> str:
    style = (
        "body{margin:2rem auto;max-width:52rem;font:15px/1.5 'Noto Sans',Helvetica,Arial,sans-serif;color:#1b2a41}"
        "h2{font-size:1.05rem;margin:1.4rem 0 .3rem;color:#1f4e79}p{margin:.15rem 0;overflow-wrap:anywhere}"
        "svg{max-width:100%;height:auto}@media print{body{margin:0}}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_plain(title)}</title>'
        f"<style>{style}</style></head><body>\n{body}\n</body></html>\n"
    )


def _strip(strip: Strip, y: int) -> tuple[list[str], int]:
    parts: list[str] = []
    for k, box in enumerate(strip.boxes):
        if k:
            made, y = _arrow(strip.arrows[k - 1], y)
            parts += made
        made, y = _box(box, y)
        parts += made
    return parts, y


def _box(box: Box, y: int) -> tuple[list[str], int]:
    fill, border = COLOURS[box.kind]
    lines = [part for line in box.lines for part in _wrapped(line, 90)]
    height = 2 * PAD + LINE + SMALL * len(lines)
    parts = [
        f'<rect x="{MARGIN}" y="{y}" width="{WIDE}" height="{height}" rx="6" fill="{fill}" stroke="{border}" '
        'stroke-width="1.5"/>',
        _text(MARGIN + PAD, y + PAD + 13, box.title, 14, bold=True, colour=border),
    ]
    for n, line in enumerate(lines):
        parts.append(_text(MARGIN + PAD, y + PAD + LINE + 12 + SMALL * n, line, 11.5, mono=True))
    return parts, y + height


def _arrow(arrow: Arrow, y: int) -> tuple[list[str], int]:
    """A downward arrow; dashed where the step is not all recorded on the chain."""
    lines = [part for line in arrow.lines for part in _wrapped(line, 88)]
    height, x = SMALL * len(lines) + 22, MARGIN + 40
    dash = "" if arrow.recorded else ' stroke-dasharray="6 4"'
    parts = [
        f'<path d="M{x} {y + 2}V{y + height - 8}" stroke="#1b2a41" stroke-width="2"{dash}/>',
        f'<path d="M{x - 6} {y + height - 11}h12l-6 10z" fill="#1b2a41"/>',
    ]
    for n, line in enumerate(lines):
        parts.append(_text(x + 20, y + 17 + SMALL * n, line, 11.5, mono=True, colour="#5b6675"))
    return parts, y + height


def _key(y: int) -> tuple[list[str], int]:
    """What the colours and lines mean."""
    parts = []
    for n, (kind, said) in enumerate(KEY):
        fill, border = COLOURS[kind]
        parts.append(
            f'<rect x="{MARGIN}" y="{y + 20 * n}" width="22" height="13" rx="3" fill="{fill}" stroke="{border}"/>'
        )
        parts.append(_text(MARGIN + 32, y + 11 + 20 * n, said, 11.5))
    y += 20 * len(KEY)
    for dash, said in (("", "a spend recorded on the chain"), (' stroke-dasharray="6 4"', "rests on a rule too")):
        parts.append(f'<path d="M{MARGIN} {y + 6}h22" stroke="#1b2a41" stroke-width="2"{dash}/>')
        parts.append(_text(MARGIN + 32, y + 11, said, 11.5))
        y += 20
    return parts, y


def _wrapped(line: str, width: int) -> Sequence[str]:
    return textwrap.wrap(line, width, subsequent_indent="  ") or [""]


def _text(
    x: float, y: float, said: str, size: float, *, bold: bool = False, mono: bool = False, colour: str = "#1b2a41"
) -> str:
    weight = " font-weight='bold'" if bold else ""
    face = _MONO if mono else _SANS
    style = f'font-size="{size}" {face}{weight} fill="{colour}" xml:space="preserve"'
    return f'<text x="{x}" y="{y}" {style}>{_plain(said)}</text>'


def _plain(said: str) -> str:
    """Text as XML and HTML hold it, with what XML cannot hold spelled out."""
    return escape(spelled(said))
