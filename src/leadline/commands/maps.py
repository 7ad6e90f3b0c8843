"""leadline map: maps that travel between offices, signed."""

from pathlib import Path

import click

from leadline.commands.key import SIGNERS
from leadline.commands.terminal import JSON, answer, counted, password
from leadline.flow import maps, signing


@click.command()
@click.argument("file", metavar="MAP", type=click.Path(path_type=Path))
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="The signer's private key.")
@JSON
def sign(file: Path, key_file: Path, as_json: bool) -> None:
    """Sign MAP: write a note beside it that says its name, version and digest."""
    note = maps.sign(file, signing.signer(key_file, password()))
    answer({"ok": True, "note": note}, [f"signed: {note}; give it along with the map"], as_json=as_json)


@click.command()
@click.argument("path", metavar="MAP", type=click.Path(path_type=Path))
@SIGNERS
@JSON
def show(path: Path, signers: tuple[Path, ...], as_json: bool) -> None:
    """Say what MAP, or each map of a folder, reads and makes, and who signed it.

    With --signer, a map that none of them signed is an error.
    """
    known = [signing.public_line(one) for one in signers]
    rows = maps.described(path, known)
    lines = []
    for row in rows:
        lines.append(f"{row['name']} version {row['version']} ({row['file']}, {row['reader']}): {row['says']}")
        for part in row["parts"]:
            lines.append(f"  {part['match']}: {', '.join(dict.fromkeys(part['records'])) or 'nothing'}")
        lines.append(f"  for one layout alone: {'yes' if row['layout'] else 'no'}; sha256 {row['sha256']}")
        unchecked = "a note lies beside it, not checked: name --signer" if row["signed"] else "not signed"
        lines.append(f"  signed by {row['signer']}" if row["signer"] else f"  {unchecked}")
    answer({"ok": True, "maps": rows}, lines + [counted(len(rows), "map")] * (len(rows) > 1), as_json=as_json)
