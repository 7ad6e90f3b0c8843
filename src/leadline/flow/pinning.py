"""Pins when they are made: what lies at a path recognised, digested, and kept with the case."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline.engines.ledger import open_ledger
from leadline.errors import UsageError
from leadline.flow.pins import file_digest
from leadline.kinds.codecs.listrows import terms
from leadline.kinds.source import format_of, readable
from leadline.store.case import Case
from leadline.store.settings import PIN_KINDS, Pinned

UNREAD = "unread_beside"
"""Parameter of a pin: how many files beside it, in the folder that was named, no format reads."""
FOLDERS = ("tag", "list")
"""Kinds of pins that are published as folders of files."""


def pin(case: Case, kind: str, path: Path, reason: str, licence: str = "", unread: int = 0) -> Pinned:
    """Pins what lies at `path`; UsageError for an unknown kind, KindError when no format reads it.

    `licence` says under which terms a hash list may be used, where it does not say so itself or says it otherwise;
    `unread` how many files of the folder it was named by nobody could read: it stays with the pin.
    """
    if kind not in PIN_KINDS:
        raise UsageError(f"no kind of pin {kind!r}", remedy="one of: " + ", ".join(PIN_KINDS))
    digest, params = fingerprint(kind, path, demanded=case.settings.demanded)
    kept = terms(licence)
    if kept and kind != "list":
        raise UsageError(f"a {kind} is pinned with no licence", remedy="give --licence with pin.list+=PATH alone")
    more: dict[str, Any] = {"licence": kept} if kept else {}
    more |= {UNREAD: unread} if unread else {}
    return case.pin(kind, path, digest, {**params, **more}, reason)


def files_of(kind: str, path: Path, *, demanded: bool = False) -> tuple[list[Path], list[tuple[Path, str]]]:
    """(files to pin, (file, why not) of the others) of what lies at `path`: itself, or those of a folder.

    Files and folders whose names begin with a dot are no part of a folder. UsageError for a folder of no file to pin;
    `demanded`: CaseError where whoever looks at them cannot be wholly confined.
    """
    if kind not in FOLDERS or not path.is_dir():
        return [path], []
    inside = (found for found in sorted(path.rglob("*")) if found.is_file() and not found.is_symlink())
    files = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
    found = list(zip(files, readable(kind, path, files, demanded=demanded), strict=True))
    read = [file for file, fits in found if fits]
    if not read:
        ended = sum(fits is None for _, fits in found)
        and_so = f"; {ended} of its files end the reader that looks at them" if ended else ""
        what = f"the folder holds no {kind} that can be read{and_so}"
        raise UsageError(what, where=str(path), remedy="name the files")
    ends = "it ends the reader that looks at it"
    return read, [(file, ends if fits is None else f"no {kind} format reads it") for file, fits in found if not fits]


def fingerprint(kind: str, path: Path, *, demanded: bool = False) -> tuple[str, Mapping[str, Any]]:
    """(digest in hex, facts kept with the pin) of what lies at `path`; UsageError when nothing of this kind does.

    `demanded`: CaseError where whoever looks at it cannot be wholly confined.
    """
    if kind == "ledger":
        facts = open_ledger(path).pin()
        return str(facts["digest"]), {name: facts[name] for name in ("network", "format", "height")}
    if not path.is_file():
        raise UsageError(f"no {kind} lies there", where=str(path), remedy="name the file itself")
    return file_digest(path), {"format": format_of(kind, path, demanded=demanded)}
