"""Whether a case or a package is what was signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import UsageError
from leadline.flow.rebuild import rebuild
from leadline.model.progress import Progress, silent
from leadline.steps.refer import SIGNATURE, verify_package
from leadline.store import keys
from leadline.store import verify as cases
from leadline.store.durable import reported
from leadline.store.layout import Layout


@dataclass(frozen=True, slots=True)
class Verified:
    """The verdict, and what led to it: problems refuse, notes do not; `name` is a package's."""

    ok: bool
    verdict: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    name: str = ""


def verified(
    target: Path,
    checkpoint: str,
    signers: Sequence[Path],
    progress: Progress = silent,
    *,
    again: bool = False,
    allow_appended: bool = False,
) -> Verified:
    """A case held against the text of a checkpoint, or a package against its signer; `signers` are public key files.

    `again`: every step is run again from the exhibits. Nothing is written, to the log neither: whoever verifies may
    have nothing but a copy, and reads no evidence.

    Raises:
        UsageError: neither a case nor a package lies there, or a package is asked what only a case can answer.
    """
    known = [keys.public(path) for path in signers]
    with reported(str(target)):
        is_case = Layout(target).log.is_file()
    if is_case:
        report = cases.verify(target, checkpoint, known, allow_appended=allow_appended)
        if again and report.ok:
            report = rebuild(target, report, progress)
        return Verified(report.ok, report.verdict, report.problems, report.notes)
    if not (target / SIGNATURE).exists():
        raise UsageError("neither a case nor a package lies here", where=str(target), remedy="name its folder")
    if again or checkpoint or allow_appended:
        raise UsageError("not a case", where=str(target), remedy="a package is verified with --signer KEY.pub")
    found = verify_package(target, known)
    return Verified(found.ok, found.verdict, found.problems, found.notes, found.name)
