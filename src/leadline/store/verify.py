"""What a case is worth as it lies there: every byte held against its log, the log held against a signed checkpoint."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import CaseError, IntegrityError, LeadlineError
from leadline.store import (
    append,
    checked,
    checkpoint,
    decisions,
    durable,
    formats,
    run_checks,
    signatures,
)
from leadline.store.acts import EARLIER, is_look
from leadline.store.entry import Entry
from leadline.store.layout import Layout
from leadline.store.log import Log
from leadline.store.roll import Roll, unsigned

VERDICTS = {
    "equal_to_checkpoint": "every byte is what the log says, and the log is what a known signer signed",
    "extends_checkpoint": "as above up to the checkpoint; entries appended since are listed, no signature covers them",
    "equal_to_unchecked_checkpoint": "the log is what the checkpoint says; whose checkpoint it is was not asked",
    "extends_unchecked_checkpoint": "as above up to the checkpoint; entries appended since are listed",
    "self_consistent_only": "every byte is what the log says; nobody outside vouches for the log",
    "interrupted": "an append was cut off; the next command that writes puts it right",
    "changed": "something is not what the log says, or the log is not what the checkpoint says",
    "unknown_signer": "the checkpoint is not signed by the signer named",
    "rebuilt_differs": "the steps, run again from the exhibits in the same environment, gave other tables",
    "other_environment": "the steps, run again under another lock or platform, gave other tables; nothing follows",
}
"""Every verdict on a case: the closed list."""
UNVOUCHED = (
    "no checkpoint was named, so nobody outside vouches for this log: files, log, tables and decisions agree with "
    "each other, which whoever can write the case could have made so. Who acted, when, and the versions and "
    "confinement that run.json names are what the case says of itself; a signed checkpoint that somebody else holds "
    "shows whether any of it was changed since it was signed, not that it was true then"
)
"""What verify says of a case held against nothing."""
OTHERS = 0o077
"""Permission bits that let anyone but the owner into a folder."""
HASHERS = min(4, os.cpu_count() or 1)
"""Files hashed at a time: hashing holds no lock of Python's, and more readers than this only make a disk seek."""
NOT_LOGGED = "not in the log"
_GOOD = frozenset(list(VERDICTS)[:5])


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict and what led to it: problems refuse, notes do not."""

    verdict: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing refuses."""
        return self.verdict in _GOOD and not self.problems


def verify(
    root: Path, note: str = "", signers: Sequence[tuple[str, bytes]] = (), *, allow_appended: bool = False
) -> Report:
    """The report on the case at `root`, held against a checkpoint's text and the signers who may have signed it.

    An act appended since the checkpoint that is more than a look refuses, unless `allow_appended`; it is listed anyway.
    CaseError when no case lies there.
    """
    layout = Layout(root.absolute())
    if not layout.log.is_file():
        raise CaseError("no case lies here", where=str(root), remedy="name a case's folder")
    formats.check(layout)
    point, problem = _opened(note, signers)
    if problem:
        return Report("unknown_signer", (problem,))
    try:
        log = Log(layout.log)
        if not log.entries:
            return Report("changed", ("log/log.jsonl: empty",))
    except IntegrityError as error:
        return Report("changed", (f"log/log.jsonl: {error.what} ({error.where})",))
    cut_off = append.interrupted(layout, log)
    pending = append.intended(layout) if cut_off else []
    problems = [p for p in file_problems(layout, log) if not _left(p, pending)]
    problems += run_checks.problems(layout, log)
    problems += decision_problems(layout, log) + unsigned_problems(log)
    if point is not None and (reason := checkpoint.differs(point, log.lines)):
        problems.insert(0, f"log/log.jsonl: {reason}")
    if cut_off and all(p.startswith("case.toml:") for p in problems):
        return Report("interrupted", ("an append was cut off; run `leadline case status CASE`, which puts it right",))
    if problems:
        return Report("changed", tuple(problems))
    notes = [f"log/log.jsonl: entry {e.n}: {EARLIER}" for e in log.entries if e.note.get("clock")]
    if layout.root.stat().st_mode & OTHERS:
        notes.append("other users of this machine may enter the case's folder: chmod 700 shuts it")
    if not log.course.roll.operators:
        notes.append("operator not authenticated: the case has no roll, and names who acted as the system did")
    if point is None:
        told = UNVOUCHED
        return Report("self_consistent_only", (), (told, *notes))
    if not signers:
        notes.insert(0, "the checkpoint's signature was not looked at; name its signer's public key with --signer")
    grown = log.entries[point.size :]
    verdict = ("extends" if grown else "equal_to") + ("_checkpoint" if signers else "_unchecked_checkpoint")
    looks, acts = appended(grown)
    return Report(verdict, () if allow_appended else acts, (*looks, *(acts if allow_appended else ()), *notes))


def appended(entries: Sequence[Entry]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(one line that counts the looks among entries, one line for each other act), in order of the log."""
    others = [entry for entry in entries if not is_look(entry)]
    looks = len(entries) - len(others)
    counted = (f"appended since the checkpoint: {looks} looks, which change nothing",) if looks else ()
    return counted, tuple(
        f"appended since the checkpoint: entry {e.n}, {e.at[:19]}Z, {e.by}: {e.act}, {len(e.files)} files, "
        "which no signature covers"
        for e in others
    )


def decision_problems(layout: Layout, log: Log) -> list[str]:
    """Entries whose decisions are none, are not by whom or of when the entry is, or whose signature is forged."""
    found = []
    for entry in log.entries:
        try:
            decisions.added(entry, lambda name: checked.data(layout, log.files, name))
            reason = signatures.forged(entry, lambda name: checked.data(layout, log.files, name))
        except IntegrityError as error:
            reason = f"{error.what} ({error.where})"
        if reason:
            found.append(f"log/log.jsonl: entry {entry.n}: {reason}")
    if not found:
        try:
            decisions.made(log.entries, lambda name: checked.data(layout, log.files, name))
        except IntegrityError as error:
            found.append(f"log/log.jsonl: {error.what} ({error.where})")
    return found


def unsigned_problems(log: Log) -> list[str]:
    """Entries, looks among them, whose signature is not the operator's whom the roll named at that moment."""
    found = []
    roll = Roll()
    for entry in log.entries:
        operator = roll.operators.get(entry.by)
        reason = unsigned(entry, operator) if roll.operators and operator else ""
        if reason:
            found.append(f"log/log.jsonl: entry {entry.n}: {reason}")
        roll.take(entry)
    return found


def _left(problem: str, pending: Sequence[str]) -> bool:
    """Whether a problem is only that an append in progress has moved something into place and not logged it yet."""
    name, _, what = problem.rpartition(": ")
    return what == NOT_LOGGED and any(name == unit or name.startswith(f"{unit}/") for unit in pending)


def _opened(note: str, signers: Sequence[tuple[str, bytes]]) -> tuple[checkpoint.Checkpoint | None, str]:
    if not note:
        return None, "a signer was named but no checkpoint" if signers else ""
    try:
        return (checkpoint.opened(note, signers) if signers else checkpoint.parse(note)), ""
    except LeadlineError as error:
        return None, f"checkpoint: {error.what}"


def file_problems(layout: Layout, log: Log) -> list[str]:
    """What differs between the case's files, scratch left out, and the log; in order of name."""
    problems = []
    present = set()
    for folder, folders, files in os.walk(layout.root):
        if Path(folder) == layout.root and "scratch" in folders and not layout.scratch.is_symlink():
            folders.remove("scratch")
        for name in [*folders, *files]:
            path = Path(folder) / name
            known = layout.name(path)
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                problems.append(f"{known}: neither a file nor a folder")
            elif path.is_file():
                present.add(known)
    present.discard(layout.name(layout.log))
    problems += [f"{name}: missing" for name in log.files if name not in present]
    problems += [f"{name}: {NOT_LOGGED}" for name in present if name not in log.files]
    for name, digest in hashed(layout, sorted(present & log.files.keys())):
        if isinstance(digest, LeadlineError):
            problems.append(f"{name}: {digest.what}")
        elif digest != log.files[name]:
            problems.append(f"{name}: its bytes are not those the log names")
    return sorted(problems)


def hashed(layout: Layout, names: Sequence[str]) -> Iterator[tuple[str, str | LeadlineError]]:
    """(name, SHA-256 in hex, or why it cannot be read) of files of the case, all read now, several at a time."""

    def one(name: str) -> str | LeadlineError:
        try:
            with durable.reported(name):
                return checked.hashed_now(layout.absolute(name))
        except LeadlineError as error:
            return error

    with ThreadPoolExecutor(HASHERS) as pool:
        yield from zip(names, pool.map(one, names), strict=True)
