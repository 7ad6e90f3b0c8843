"""leadline case stamp, leadline case stamps: when a checkpoint existed, by an authority's word (RFC 3161)."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow import casework, stamping

AUTHORITY = click.option(
    "--authority", type=click.Path(path_type=Path), help="The certificates, in PEM, that are trusted to stamp."
)


@click.command()
@CASE
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--request", "to", type=click.Path(path_type=Path), help="Write a request here, to be sent as it is.")
@click.option("--reply", type=click.Path(path_type=Path), help="The authority's reply to it.")
@AUTHORITY
@JSON
def stamp(
    case: Path, checkpoint: Path, to: Path | None, reply: Path | None, authority: Path | None, as_json: bool
) -> None:
    """Ask an authority for a time stamp of CHECKPOINT in a file, or take in its reply (RFC 3161).

    Nothing is sent from here: the request is a file, and so is the reply, which is checked and kept in the log.
    """
    if (to is None) == (reply is None):
        raise UsageError("name a request to write, or a reply to take in", remedy="--request FILE, or --reply FILE")
    opened = casework.opened(case)
    if to is not None:
        entries = stamping.ask(opened, checkpoint, to)
        answer({"ok": True, "request": to, "entries": entries}, [f"request: {to}"], as_json=as_json)
        return
    if reply is None or authority is None:
        raise UsageError("whose stamp is believed?", remedy="--authority CERTIFICATES.pem")
    found = stamping.accept(opened, checkpoint, reply, authority)
    value = {"ok": True, "at": found.at, "authority": found.authority, "entries": found.entries}
    answer(value, [_line(found)], as_json=as_json)


@click.command()
@CASE
@AUTHORITY
@JSON
def stamps(case: Path, authority: Path | None, as_json: bool) -> None:
    """Check the time stamps that the log keeps against an authority's certificates, and say what each covers."""
    if authority is None:
        raise UsageError("whose stamps are believed?", remedy="--authority CERTIFICATES.pem")
    found = stamping.stamps(casework.opened(case), authority)
    rows = [{"at": s.at, "authority": s.authority, "entries": s.entries} for s in found]
    answer({"ok": True, "stamps": rows}, [_line(s) for s in found] or ["the log keeps no time stamp"], as_json=as_json)


def _line(found: stamping.Stamp) -> str:
    return (
        f"the log's first {found.entries:,} entries existed at {found.at:%Y-%m-%d %H:%M:%S} UTC, says {found.authority}"
    )
