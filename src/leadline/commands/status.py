"""leadline case status: where a case stands, without what only an act on it needs."""

from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer, counted
from leadline.views import status as view

LISTED = 20
"""Exhibits the status lists before it only counts them."""


PINS = 6
"""Pins of one kind that are listed one by one; a folder of tag packs has many."""


def _pins(pins: list[dict[str, Any]]) -> list[str]:
    """A line a pin, and of a kind with many the first of them and their number."""
    lines = []
    for kind in dict.fromkeys(pin["kind"] for pin in pins):
        own = [pin for pin in pins if pin["kind"] == kind]
        shown = own if len(own) <= PINS else own[: PINS // 2]
        lines += [f"  pinned {kind} {pin['name']} {pin['digest'][:16]}" for pin in shown]
        if rest := len(own) - len(shown):
            lines.append(f"  and {rest:,} more pinned as {kind}: --json lists them")
    return lines


@click.command()
@CASE
@JSON
def status(case: Path, as_json: bool) -> None:
    """Say what the case holds, what is stale and what was decided.

    Puts right what an interrupted command left.
    """
    value = view.status(case)
    exhibits, lost = value["held"], value["stale_unknown"]
    shown = {name: text for name, text in value["settings"].items() if text}
    lines = [
        f"case {value['name']}: {value['exhibits']} exhibits, {len(value['runs'])} current runs, "
        f"{value['log']['entries']} log entries",
        *([] if value["authenticated"] else ["  operator not authenticated: no roll of operators"]),
        *(f"  {line}" for line in value["reached"]["says"]),
        *(f"  {name} {text}" for name, text in shown.items()),
        *(f"  {exhibit_line(row)}" for row in exhibits[:LISTED]),
        *([f"  and {len(exhibits) - LISTED:,} more: leadline case export CASE exhibit"] if exhibits[LISTED:] else []),
        *_pins(value["pins"]),
        *(
            f"  not used: {counted(n, 'file')} of a pinned folder that no {kind} format reads"
            for kind, n in value["unread_pins"].items()
        ),
        *(f"  withdrawn {ref}" for ref in value["withdrawn"]),
        *(f"  {n:,} {name}" for name, n in value["findings"].items()),
        *(f"  {counted(n, 'decision')} {state}" for state, n in value["decisions"].items()),
        *(f"  {line}" for line in value["review"]["says"]),
        *(f"  {line}" for line in value["became_says"]),
        *(f"stale: not known; {lost}".split("\n") if lost else ["stale: " + (", ".join(value["stale"]) or "nothing")]),
    ]
    answer(value, lines, as_json=as_json)


def exhibit_line(row: dict[str, Any]) -> str:
    """One exhibit in a line."""
    size = "" if row["size"] is None else f", {row['size']:,} bytes"
    rejects = f", {counted(row['rejects'], 'reject')}" if row["rejects"] else ""
    words = f", {row['restrictions']}" if row["restrictions"] else ""
    return (
        f"exhibit:{row['exhibit'][:16]} {row['media_type']}{size}, {counted(row['records'], 'record')}{rejects}{words}"
    )
