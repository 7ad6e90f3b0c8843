"""Dossiers to signed packages on disk, and the check of a package that somebody hands us."""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leadline.errors import IntegrityError, UsageError, from_os
from leadline.kinds.codecs import signed_note
from leadline.kinds.writers import WRITERS
from leadline.kinds.writers.bag import TAGMANIFEST, bag, leftover, problems
from leadline.model.referral import Dossier
from leadline.steps.refer.acts import CUSTODY, Acts, custody_text
from leadline.steps.refer.refer_io import Package, Signer

SIGNATURE = "package.sig"
"""The signed note beside the bag's own files; it is an act and so stands in no manifest."""
_HEAD = "leadline package"
_NAME = re.compile(r"[a-z]{2,}-[0-9a-f]{16}")
"""What a package's name looks like: a folder named so claims to be that package."""


def files(dossier: Dossier) -> tuple[str, dict[str, bytes]]:
    """(name, every file of the bag by path) of a dossier, named by jurisdiction and 16 hex of the tag manifest."""
    payload: dict[str, bytes] = {}
    for writer in WRITERS:
        payload.update(writer.write(dossier))
    content = bag(
        payload,
        (
            ("Source-Organization", _line(dossier.case.sender)),
            ("Contact-Name", _line(dossier.case.contact)),
            ("Authority", _line(dossier.case.authority)),
            ("External-Identifier", _line(dossier.case.file_number)),
            (
                "External-Description",
                f"Referral to jurisdiction {dossier.jurisdiction}: records, digests and figures only",
            ),
            ("Internal-Sender-Description", "No image, no video and no part of one is in this package"),
            ("Bag-Software-Agent", dossier.software),
            *(("Case-Custody", _line(sentence)) for sentence in dossier.case.custody),
        ),
    )
    return f"{dossier.jurisdiction}-{hashlib.sha256(content[TAGMANIFEST]).hexdigest()[:16]}", content


def _line(text: str) -> str:
    return " ".join(text.split()) or "not stated"


def statement(name: str, tagmanifest: bytes, at: datetime, custody: bytes | None = None) -> str:
    """The text that is signed: what, which, the digest of the tag manifest, when, and the digest of custody.txt.

    UsageError for a time without its zone.
    """
    if at.tzinfo is None:
        raise UsageError("the time of a signature needs its zone")
    when = at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    text = f"{_HEAD}\n{name}\n{TAGMANIFEST} {hashlib.sha256(tagmanifest).hexdigest()}\nsigned {when}\n"
    return text if custody is None else f"{text}{CUSTODY} {hashlib.sha256(custody).hexdigest()}\n"


def write(dossier: Dossier, signer: Signer, at: datetime, out_dir: Path, acts: Acts | None = None) -> Package:
    """Write and sign one package as `out_dir`/<name>, with custody.txt where `acts` are given.

    SpaceError when the disk is full, nothing half left there; UsageError when a package of this name lies there.
    """
    name, content = files(dossier)
    if acts is not None:
        content[CUSTODY] = custody_text(dossier, acts)
    signed = statement(name, content[TAGMANIFEST], at, content.get(CUSTODY))
    content[SIGNATURE] = signed_note.sign(signed, signer.name, signer.public, signer.sign).encode()
    target = out_dir / name
    if target.exists():
        raise UsageError("a package of this name lies there already", where=name, remedy="choose an empty folder")
    partial = out_dir / f".{name}.partial"
    try:
        for path in sorted(content):
            place = partial / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as out:
                out.write(content[path])
                out.flush()
                os.fsync(out.fileno())
        partial.rename(target)
    except OSError as error:
        raise from_os(error, name) from error
    payments = dossier.tables["payments"]
    return Package(
        dossier.jurisdiction,
        name,
        target,
        hashlib.sha256(content[TAGMANIFEST]).hexdigest(),
        dossier.tables["persons"].num_rows,
        payments.num_rows,
        sum(payments.column("value_sat").to_pylist()),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says: ok or not, one sentence, every problem found, and what to know; `name` is the one signed."""

    ok: bool
    verdict: str
    problems: tuple[str, ...]
    name: str = ""
    notes: tuple[str, ...] = ()


def verify_package(path: Path, signers: Sequence[tuple[str, bytes]]) -> Verdict:
    """Whether the package at `path` is whole and signed by one of `signers` (name, public key).

    What an operating system left beside it is named and passes; any other file that is listed nowhere refuses.

    Without a signer nothing is accepted: whoever changes a package can sign it again with a key of their own.
    """
    if not signers:
        return Verdict(False, "refused: no signer is trusted", ("pass the signer's public key with --signer",))
    try:
        text = (path / SIGNATURE).read_text(encoding="utf-8")
        signed, who = signed_note.opened(text, signers)
        tagmanifest = (path / TAGMANIFEST).read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        return Verdict(
            False, "refused: not a signed package", (f"{type(error).__name__} at {SIGNATURE} or {TAGMANIFEST}",)
        )
    except IntegrityError as error:
        return Verdict(False, "refused: the signature is not one of a trusted signer", (error.what,))
    try:
        found, beside = problems(path, frozenset({SIGNATURE, CUSTODY}))
    except OSError as error:
        return Verdict(False, "refused: the package cannot be read whole", (f"{type(error).__name__} while reading",))
    lines = signed.splitlines()
    digest = hashlib.sha256(tagmanifest).hexdigest()
    if len(lines) not in (4, 5) or lines[0] != _HEAD or lines[2] != f"{TAGMANIFEST} {digest}":
        found.append(f"{SIGNATURE}: signs another {TAGMANIFEST}")
        return Verdict(False, "refused: the package is not what was signed", tuple(found))
    name, folder = lines[1], path.resolve().name
    if not name.endswith(f"-{digest[:16]}"):
        found.append(f"{SIGNATURE}: names another package")
    if _custody(path) != lines[4:]:
        found.append(f"{CUSTODY}: not the file that was signed")
    renamed = folder != name
    if renamed and _NAME.fullmatch(folder):
        found.append(f"{folder}: the folder bears the name of another package; name it {name}")
    said = tuple(f"{file}: stands beside what was signed; listed in no manifest" for file in beside)
    if found:
        return Verdict(False, "refused: the package is not what was signed", (*found, *said), name)
    notes = (f"signed under the name {name}; its folder is called otherwise",) if renamed else ()
    whole = f"{name}: whole, and signed by {who}; {lines[3]}"
    if beside:
        whole = f"{name}: its payload is whole, and signed by {who}; {lines[3]}; {_beside(beside)}"
    if all(leftover(file) for file in beside):
        return Verdict(True, whole, (), name, (*notes, *said))
    return Verdict(False, f"refused: {whole}", said, name, notes)


def _custody(path: Path) -> list[str]:
    """The line that signs custody.txt as it lies there; none where there is none."""
    try:
        return [f"{CUSTODY} {hashlib.sha256((path / CUSTODY).read_bytes()).hexdigest()}"]
    except OSError:
        return []


def _beside(files: Sequence[str]) -> str:
    return f"{len(files)} files stand beside it" if len(files) > 1 else "one file stands beside it"
