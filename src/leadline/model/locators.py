"""Locators: where in an exhibit a value stands, as a parsed grammar.

A locator is one or more parts joined by ``>``, outermost first:

    row:TABLE/PK      a database row by primary key          row:users/17
    byte:A-B          bytes A (inclusive) to B (exclusive)   byte:120-188
    line:N            a text line, counted from 1            line:40
    cell:SHEET!B7     a spreadsheet cell; cell:SHEET!7 a whole row
    part:N            a MIME part, counted from 0            part:2
    item:N            an array element of a JSON document, counted from 0
    entry:N           an entry of a list or tag pack, counted from 0
    out:TXID:VOUT     a transaction output                   in:TXID:VIN an input
    tx:TXID           a whole transaction
    rule:NAME         by which it joins two clusters         tx:TXID>rule:NAME
    @gunzip           what follows is inside the decompressed stream
    @stored           a film with the frames that its edit list leaves out     line:3>@stored
    @cropped          a film within the clean aperture that its container states
"""

import re
from dataclasses import dataclass

from leadline.errors import UsageError
from leadline.model.ledger import RULES

PARTS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "row": r"[A-Za-z0-9_.%-]+/[^>]+",
        "byte": r"\d+-\d+",
        "line": r"[1-9]\d*",
        "cell": r"[^>!]+!(?:[A-Z]{1,3})?[1-9]\d*",
        "part": r"\d+",
        "item": r"\d+",
        "entry": r"\d+",
        "out": r"[0-9a-f]{64}:\d+",
        "in": r"[0-9a-f]{64}:\d+",
        "tx": r"[0-9a-f]{64}",
        "rule": "|".join(RULES),
    }.items()
}
TRANSFORMS = frozenset({"@gunzip", "@stored", "@cropped"})


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a locator: its kind and its argument (empty for a transform)."""

    kind: str
    argument: str

    def __str__(self) -> str:
        return self.kind if self.kind in TRANSFORMS else f"{self.kind}:{self.argument}"


def parse(text: str) -> tuple[Part, ...]:
    """The parts of a locator, outermost first; UsageError names the part that does not parse."""
    parts = []
    for piece in text.split(">"):
        if piece in TRANSFORMS:
            parts.append(Part(piece, ""))
            continue
        kind, _, argument = piece.partition(":")
        grammar = PARTS.get(kind)
        if grammar is None or not grammar.fullmatch(argument):
            raise UsageError(
                f"not a locator part: {kind[:20]!r}",
                remedy="one of: " + ", ".join([*PARTS, *sorted(TRANSFORMS)]),
            )
        parts.append(Part(kind, argument))
    return tuple(parts)
