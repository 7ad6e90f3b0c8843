"""What vouches for a case at the moment a package of it is made, in the sentences that the package prints."""

from collections.abc import Sequence

from leadline.errors import IntegrityError, UsageError
from leadline.store import checkpoint, run_checks
from leadline.store.case import Case
from leadline.store.checked import REMEDY
from leadline.store.verify import verify

SELF_CONSISTENT = (
    "When this package was made no checkpoint that somebody else holds was named: the case was self-consistent only. "
    "Its files are what its log names, and nobody outside vouches for that log."
)
"""What a package says whose case was held against nothing."""
NOT_AUTHENTICATED = (
    "Operator not authenticated: the case has no roll of operators, and whoever acted is named as the operating system "
    "names them."
)
"""What a package says whose case has no roll."""


def authors(case: Case) -> str:
    """The sentence on how the case knows who acted and decided."""
    if not case.operators:
        return NOT_AUTHENTICATED
    return "Each act since the case has a roll of operators bears the signature of the operator it is by."


def custody(case: Case, note: str = "", signers: Sequence[tuple[str, bytes]] = ()) -> tuple[str, ...]:
    """The sentences of a case held against a checkpoint's text, signed by one of `signers`, or against none.

    IntegrityError when the case is not what the checkpoint says, or without one when a stored table is not the one that
    its run.json names; UsageError for a checkpoint without a signer.
    """
    if not note:
        wrong = run_checks.problems(case.layout, case.log)
        if wrong:
            raise IntegrityError(f"the case contradicts itself: {wrong[0]}", where=case.root.name, remedy=REMEDY)
        return (SELF_CONSISTENT,)
    if not signers:
        raise UsageError("a checkpoint proves nothing without its signer", remedy="--signer KEY.pub")
    report = verify(case.root, note, signers, allow_appended=True)
    if not report.ok:
        raise IntegrityError(
            f"the case is not what its checkpoint says: {report.problems[0]}",
            where=case.root.name,
            remedy="leadline verify CASE --checkpoint FILE --signer KEY.pub names every difference",
        )
    point, who = checkpoint.opened(note, signers), checkpoint.signer(note, signers)
    covered = f"the checkpoint of its log's first {point.size:,} entries that {who} signed, root {point.root.hex()}"
    if report.verdict.startswith("equal"):
        return (f"When this package was made the case was equal to {covered}.",)
    after = "no signature covers what was appended to the log after that"
    return (f"When this package was made the case agreed with {covered}; {after}.",)
