"""leadline verify: whether a case or a package is what was signed."""

from dataclasses import asdict
from pathlib import Path

import click

from leadline.commands.key import CHECKPOINT, SIGNERS, checkpoint_text
from leadline.commands.terminal import JSON, answer, progress
from leadline.errors import UsageError
from leadline.flow.rebuild import rebuild
from leadline.steps.refer import SIGNATURE, verify_package
from leadline.store import keys
from leadline.store import verify as cases
from leadline.store.durable import reported
from leadline.store.layout import Layout


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
    known = [keys.public(path) for path in signers]
    with reported(str(target)):
        is_case = Layout(target).log.is_file()
    if is_case:
        report = cases.verify(target, checkpoint_text(note), known, allow_appended=allow_appended)
        if again and report.ok:
            with progress() as shown:
                report = rebuild(target, report, shown)
    else:
        if not (target / SIGNATURE).exists():
            raise UsageError("neither a case nor a package lies here", where=str(target), remedy="name its folder")
        if again or note or allow_appended:
            raise UsageError("not a case", where=str(target), remedy="a package is verified with --signer KEY.pub")
        found = verify_package(target, known)
        answer(asdict(found), [found.verdict, *found.problems, *found.notes], as_json=as_json)
        return 0 if found.ok else 1
    value = {"ok": report.ok, "verdict": report.verdict, "problems": report.problems, "notes": report.notes}
    answer(value, [report.verdict, *report.problems, *report.notes], as_json=as_json)
    return 0 if report.ok else 1
