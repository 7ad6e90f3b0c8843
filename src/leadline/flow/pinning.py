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

FOLDERS = ("tag", "list")
"""Kinds of pins that are published as folders of files."""


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
    return file_digest(path), {"format": format_of(kind, path)}
