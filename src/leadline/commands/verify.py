"""leadline verify: whether a case or a package is what was signed."""

from dataclasses import asdict
from pathlib import Path

import click

from leadline.commands.key import CHECKPOINT, SIGNERS, checkpoint_text
from leadline.commands.terminal import JSON, answer, progress
from leadline.views.verified import verified


@click.command()
@click.argument("target", type=click.Path(path_type=Path, readable=False))
@CHECKPOINT
@SIGNERS
@click.option("--rebuild", "again", is_flag=True, help="Run every step again from the exhibits and compare.")
@click.option("--allow-appended", is_flag=True, help="Acts appended since the checkpoint are listed, and pass.")
@JSON
def verify(
    target: Path, note: Path | None, signers: tuple[Path, ...], again: bool, allow_appended: bool, as_json: bool
) -> int:
    """Hold a case against a checkpoint, or a package against its signer.

    Without a checkpoint a case can only be self-consistent: whoever changed a file could have changed the log too.
    Appended since the checkpoint, looks pass (exit 0); an act that adds or names a file is listed and refuses (exit 1).
    """
    with progress() as shown:
        found = verified(target, checkpoint_text(note), signers, shown, again=again, allow_appended=allow_appended)
    answer(asdict(found), [found.verdict, *found.problems, *found.notes], as_json=as_json)
    return 0 if found.ok else 1
