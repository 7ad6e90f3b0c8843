"""Pins: the ledgers, lists, tags and prices a case rests on, digested when pinned, checked at every use."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from leadline.engines.ledger import open_ledger
from leadline.errors import IntegrityError, UsageError
from leadline.kinds.codecs.listrows import terms
from leadline.kinds.source import format_of, readable
from leadline.steps.step import Pin
from leadline.store import durable
from leadline.store.case import Case
from leadline.store.settings import PIN_KINDS, Pinned


def pin(case: Case, kind: str, path: Path, reason: str, licence: str = "") -> Pinned:
    """Pins what lies at `path`; UsageError for an unknown kind, KindError when no format reads it.

    `licence` says under which terms a hash list may be used, where it does not say so itself or says it otherwise.
    """
    if kind not in PIN_KINDS:
        raise UsageError(f"no kind of pin {kind!r}", remedy="one of: " + ", ".join(PIN_KINDS))
    digest, params = fingerprint(kind, path)
    kept = terms(licence)
    if kept and kind != "list":
        raise UsageError(f"a {kind} is pinned with no licence", remedy="give --licence with pin.list+=PATH alone")
    return case.pin(kind, path, digest, {**params, **({"licence": kept} if kept else {})}, reason)


FOLDERS = ("tag", "list")
"""Kinds of pins that are published as folders of files."""


def files_of(kind: str, path: Path) -> tuple[list[Path], list[Path]]:
    """(files to pin, files that no format of the kind reads) of what lies at `path`: itself, or those of a folder.

    Files and folders whose names begin with a dot are no part of a folder. UsageError for a folder of no file to pin.
    """
    if kind not in FOLDERS or not path.is_dir():
        return [path], []
    inside = (found for found in sorted(path.rglob("*")) if found.is_file() and not found.is_symlink())
    files = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
    read = [file for file, fits in zip(files, readable(kind, path, files), strict=True) if fits]
    if not read:
        raise UsageError(f"the folder holds no {kind} that can be read", where=str(path), remedy="name the files")
    return read, [file for file in files if file not in set(read)]


def fingerprint(kind: str, path: Path) -> tuple[str, Mapping[str, Any]]:
    """(digest in hex, facts kept with the pin) of what lies at `path`; UsageError when nothing of this kind does."""
    if kind == "ledger":
        facts = open_ledger(path).pin()
        return str(facts["digest"]), {name: facts[name] for name in ("network", "format", "height")}
    if not path.is_file():
        raise UsageError(f"no {kind} lies there", where=str(path), remedy="name the file itself")
    return _file(path, *_touched(path)), {"format": format_of(kind, path)}


def pinned(case: Case, kind: str) -> list[Pin]:
    """The case's pins of a kind in order of name, without those withdrawn; IntegrityError when one has changed."""
    found = []
    for row in case.settings.pinned(kind):
        if f"{kind}:{row.digest}" in case.withdrawals:
            continue
        path = row.at(case.root)
        if not path.exists() or not _holds(row, path):
            raise IntegrityError(
                f"the pinned {kind} {row.name} is not there, or not what was pinned",
                where=f"{kind}:{row.digest}",
                remedy=f"put it back, or pin it anew: leadline case set CASE pin.{kind}=PATH --reason TEXT",
            )
        found.append(Pin(kind, row.name, path, row.digest, row.params))
    return found


def _holds(row: Pinned, path: Path) -> bool:
    """Whether what lies at `path` is what was pinned; a ledger may have grown since. ForkError for a stale branch."""
    if row.kind == "ledger":
        open_ledger(path).at_pin(int(row.params["height"]), row.digest)
        return True
    return fingerprint(row.kind, path)[0] == row.digest


def _touched(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=256)
def _file(path: Path, inode: int, size: int, changed: int) -> str:
    """SHA-256 of a file, computed once a process while inode, size and time of change stay the same."""
    del inode, size, changed
    return durable.sha256(path)
