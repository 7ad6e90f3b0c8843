"""A BagIt bag (RFC 8493, version 1.0) from payload bytes, and what a bag on disk must hold; SHA-256 manifests."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from leadline.errors import IntegrityError, UsageError

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
LEFTOVERS = frozenset({".DS_Store", ".localized", "Thumbs.db", "desktop.ini", ".directory"})
"""Files that Finder, Explorer and Dolphin leave in a folder somebody looks at."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""Payload paths we write: no percent-encoding, no case of RFC 8493 section 6.1.3 arises."""


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Manifest lines ``sha256  path`` in order of path."""
    return "".join(f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in sorted(files)).encode()


def bag(payload: Mapping[str, bytes], info: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """Every file of the bag by path: payload under ``data/``, declaration, bag-info and both manifests.

    `info` are bag-info.txt's label and value pairs; Payload-Oxum is added. UsageError for an unsafe path, two paths
    that differ only in case, or a label or value with a line break.
    """
    if len({p.casefold() for p in payload}) != len(payload) or not all(_SAFE.fullmatch(p) for p in payload):
        raise UsageError("a payload path is unsafe or differs from another only in case")
    oxum = f"{sum(len(b) for b in payload.values())}.{len(payload)}"
    lines = [*info, ("Payload-Oxum", oxum)]
    if any("\n" in text or "\r" in text for pair in lines for text in pair):
        raise UsageError("a line of bag-info.txt holds a line break")
    data = {f"data/{path}": content for path, content in payload.items()}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{k}: {unicodedata.normalize('NFC', v)}\n" for k, v in lines).encode(),
        MANIFEST: manifest(data),
    }
    return {**data, **tags, TAGMANIFEST: manifest(tags)}


def _entries(text: bytes, name: str) -> dict[str, str]:
    """{path: sha256} of a manifest; IntegrityError for a line that does not parse, a repeat or a path outside."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.decode("utf-8", errors="strict").split("\n")[:-1], 1):
        parsed = _LINE.fullmatch(line)
        if parsed is None or parsed[2] in found or not _SAFE.fullmatch(parsed[2]):
            raise IntegrityError("a manifest line does not parse or repeats", where=f"{name} line:{number}")
        found[parsed[2]] = parsed[1]
    return found


def leftover(name: str) -> bool:
    """Whether a file is one that an operating system leaves in a folder it was only shown in."""
    file = name.rpartition("/")[2]
    return file in LEFTOVERS or file.startswith("._")


def problems(root: Path, outside: frozenset[str]) -> tuple[list[str], list[str]]:
    """(what is wrong with the bag at `root`, the files listed nowhere), each in order of path; empty when nothing is.

    Every file must be listed with its right digest and every listed file be there; links and other kinds of file are
    named. `outside` are names that may stand beside the bag's own files without being listed.
    """
    wrong: list[str] = []
    present: set[str] = set()
    for path in sorted(root.rglob("*")):
        name = PurePosixPath(path.relative_to(root)).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            wrong.append(f"{name}: neither a file nor a folder")
        elif path.is_file():
            present.add(name)
        elif name != "data" and not any(path.iterdir()):
            wrong.append(f"{name}: an empty folder")
    for tag in ("bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST):
        if tag not in present:
            return [*wrong, f"{tag}: missing"], []
    if (root / "bagit.txt").read_bytes() != DECLARATION:
        wrong.append("bagit.txt: not BagIt 1.0 in UTF-8")
    try:
        tags = _entries((root / TAGMANIFEST).read_bytes(), TAGMANIFEST)
        data = _entries((root / MANIFEST).read_bytes(), MANIFEST)
    except (IntegrityError, UnicodeDecodeError) as error:
        told = f"{error.where}: {error.what}" if isinstance(error, IntegrityError) else "a manifest is not UTF-8"
        return [*wrong, told], []
    if set(tags) != {"bagit.txt", "bag-info.txt", MANIFEST}:
        wrong.append(f"{TAGMANIFEST}: does not list exactly the bag's tag files")
    wrong += [f"{name}: listed in {MANIFEST} but not payload" for name in sorted(data) if not name.startswith("data/")]
    for name, expected in sorted({**tags, **data}.items()):
        if name not in present:
            wrong.append(f"{name}: missing")
        elif hashlib.sha256((root / name).read_bytes()).hexdigest() != expected:
            wrong.append(f"{name}: not the bytes its manifest names")
    unlisted = present - set(tags) - set(data) - {TAGMANIFEST} - outside
    return wrong, sorted(unlisted)
