"""leadline case new|set|log: make a case, set what it rests on, read its log."""

from pathlib import Path
from typing import Any

import click

from leadline.commands.key import password
from leadline.commands.terminal import CASE, JSON, REASON, answer
from leadline.errors import UsageError
from leadline.flow import casework, signing
from leadline.views import custody_log

WIDE = 48
"""Characters of one value of a log entry's note that a line shows."""


@click.command()
@CASE
@click.option("--name", required=True, help="The case's name.")
@click.option("--authority", default="", help="Under which authority.")
@click.option("--scope", default="", help="What the case may look at.")
@JSON
def new(case: Path, name: str, authority: str, scope: str, as_json: bool) -> None:
    """Make an empty case in a new folder."""
    made = casework.new(case, name, authority, scope)
    answer({"ok": True, "case": made.root, "name": name}, [f"case {name} made in {case}"], as_json=as_json)


@click.command("set")
@CASE
@click.argument("assignments", nargs=-1)
@REASON
@click.option("--licence", default="", help="The terms under which the hash lists pinned now may be used.")
@click.option("--discard-edit", is_flag=True, help="Put back a case.toml that was changed by hand.")
@JSON
def set_(case: Path, assignments: tuple[str, ...], reason: str, licence: str, discard_edit: bool, as_json: bool) -> int:
    """Change settings: KEY=VALUE, KEY+=VALUE, KEY-=VALUE.

    pin.ledger=PATH, pin.list+=PATH, pin.tag+=PATH, pin.price=PATH pin what the case rests on (a folder of lists or tag
    packs: each file in it; one that cannot be read is named, and of lists the exit status is 1); withdraw+=REF takes
    something away: exhibit:, run: (one reading of an exhibit), tx: (a merge), rule:same_key, tag:...#entry:5,
    list:...#entry:5, decision:.
    """
    others = casework.assign(case, assignments, reason, licence, discard_edit=discard_edit)
    passed_over = [f"passed over {other}: {why}" for other, why in others]
    lines = [*(f"set {text}" for text in assignments), *passed_over]
    lists = bool(others) and any(text.startswith("pin.list") for text in assignments)
    answer({"ok": not lists, "set": list(assignments), "passed_over": passed_over}, lines, as_json=as_json)
    return int(lists)


@click.command()
@CASE
@click.option("--checkpoint", "out", type=click.Path(path_type=Path), help="Write a signed checkpoint to this file.")
@click.option("--key", "key_file", type=click.Path(path_type=Path), help="The private key that signs it.")
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many entries to show.")
@JSON
def log(case: Path, out: Path | None, key_file: Path | None, last: int, as_json: bool) -> None:
    """Show the custody log, or write a signed checkpoint of it for someone else to hold."""
    if out is not None:
        if key_file is None:
            raise UsageError("a checkpoint needs a key", remedy="--key FILE; leadline key new FILE makes one")
        made = custody_log.write_checkpoint(case, out, signing.signer(key_file, password()))
        answer(made, [f"checkpoint of {made['entries']} entries: {out}"], as_json=as_json)
        return
    value = custody_log.entries(case, last)
    lines = [f"{e['n']:>6} {e['at'][:19]}Z {e['by']} {e['act']} {brief(e['note'])}".rstrip() for e in value["log"]]
    lines += [] if value["authenticated"] else ["operator not authenticated"]
    answer(value, [*lines, f"root {value['root']}"], as_json=as_json)


def brief(note: dict[str, Any]) -> str:
    """A note in one line: long values are cut, empty ones left out."""
    texts = {name: ", ".join(map(str, v)) if isinstance(v, list) else str(v) for name, v in note.items()}
    return " ".join(f"{n}={t if len(t) <= WIDE else t[:WIDE] + '...'}" for n, t in texts.items() if t)
