"""Decisions on files: those that stand in a list, and an examiner's category for a few others."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.source import read
from leadline.model.predicates import KNOWN_AS, NEVER_SEEN
from leadline.model.refs import ref
from leadline.model.words import ACCEPTED
from leadline.scenario.people import People
from leadline.scenario.reviewer.decisions import EXAMINED, Decision, decision
from leadline.scenario.site import Site

CATEGORISED = 3
"""Never-seen files for which an examiner's category has come back."""


def on_media(lists: Path, media: pa.Table, folder: Path, site: Site, people: People) -> Iterator[Decision]:
    """Decisions on files: those that stand in a list of `lists` by digest, and an examiner's category for a few others.

    `folder` holds the files where there are any; files that known people uploaded come first.
    """
    paths = sorted(p for p in lists.iterdir() if p.is_file())
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    own = _digests(media, folder)
    seen: set[tuple[str, str]] = set()
    for path in paths:
        listed = read("list", path)
        for entry, hasher, value in zip(*(listed[c].to_pylist() for c in ("entry", "hasher", "value")), strict=True):
            sha256 = own.get((hasher, value))
            object_ = ref("entry", f"{digests[path]}/{entry}")
            if sha256 is not None and len(seen) < EXAMINED and (sha256, object_) not in seen:
                seen.add((sha256, object_))
                yield decision(ref("media", sha256), KNOWN_AS, object_, ACCEPTED, "The digests are equal.")
    searched = ref("list", hashlib.sha256("\n".join(sorted(digests.values())).encode()).hexdigest())
    for sha256 in _to_examine(media, site, people):
        said = "The examiner's category came back."
        yield decision(ref("media", sha256), NEVER_SEEN, searched, ACCEPTED, said, value="training-category-2")


def _digests(media: pa.Table, folder: Path) -> dict[tuple[str, bytes], str]:
    """(digest kind, value) -> sha256 of every file; md5 and sha1 only where the files themselves are there."""
    found: dict[tuple[str, bytes], str] = {}
    for sha256, name in zip(media["sha256"].to_pylist(), media["path"].to_pylist(), strict=True):
        found["sha256", bytes.fromhex(sha256)] = sha256
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            found["md5", hashlib.md5(data, usedforsecurity=False).digest()] = sha256
            found["sha1", hashlib.sha1(data, usedforsecurity=False).digest()] = sha256
    return found


def _to_examine(media: pa.Table, site: Site, people: People) -> list[str]:
    """A few never-seen files in order of upload, those that a known person uploaded first."""
    new = set(media.filter(pc.equal(media["group"], "never_seen"))["sha256"].to_pylist())
    known = set(people.accounts["account"].to_pylist())
    files = site.tables["files"]
    uploads = [
        (uploader not in known, place, sha256)
        for place, (uploader, sha256) in enumerate(
            zip(files["uploader_id"].to_pylist(), files["sha256"].to_pylist(), strict=True)
        )
        if sha256 in new
    ]
    return list(dict.fromkeys(sha256 for _, _, sha256 in sorted(uploads)))[:CATEGORISED]
