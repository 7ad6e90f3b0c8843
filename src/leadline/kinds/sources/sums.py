"""Hash lists as md5sum and its relatives write them: a digest and a file's name a line, or the digest alone.

Read are the forms of coreutils (``digest  name``, ``digest *name``, a backslash before the digest where the name is
escaped), of BSD and ``--tag`` (``MD5 (name) = digest``) and of OpenSSL (``MD5(name)= digest``, from release 3 on
``SHA2-256(name)= digest``), in UTF-8, or in UTF-16 with its mark, as shells of Windows write. Names are not kept. The
kind follows from the length, or from the word before it; a bare digest of 64 digits could be of more than one kind and
is not read. Lines that begin with # or, as RHash and FCIV write them,
with ; or // and blank ones are passed over. The entry number counts the others from 0.
"""

import codecs
import re
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.hashtext import value_of
from leadline.kinds.codecs.lines import bounded
from leadline.kinds.codecs.listrows import ListRows

NAME = "sums"
KINDS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""The kind of a digest by its digits."""
BARE = (32, 40)
"""Digits of a digest that may stand without a name."""
_LINE = re.compile(r"\\?([0-9A-Fa-f]{32,128})(?:(?: [ *]|\t)\s*\S.*)?")
_TAGGED = re.compile(r"\\?(MD5|SHA1|SHA(?:2-)?(?:224|256|384|512)) ?\(.*\) ?= ([0-9A-Fa-f]{32,128})")
_REMARKS = ("#", ";", "//")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SNIFFED = 65_536
"""Bytes within which the first line of digests stands."""


def sniff(path: Path) -> bool:
    """Whether the first line that is no comment is one of digests."""
    with path.open("rb") as file:
        head = file.read(SNIFFED)
    lines = head.decode(_encoding(head), "replace").splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith(_REMARKS)), "")
    return _digest(first.rstrip()) is not None


def read(path: Path) -> pa.Table:
    """The digests, in entries.LIST; KindError (with the line) for a line that is none."""
    rows = ListRows()
    entry = 0
    with path.open("rb") as file:
        encoding = _encoding(file.read(2))
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        for number, line in enumerate(bounded(file), 1):
            line = line.rstrip()
            if not line or line.startswith(_REMARKS):
                continue
            found = _digest(line)
            if found is None:
                raise KindError("a line holds no digest and name", where=f"line:{number}")
            kind, text = found
            value, fault = value_of(text)
            rows.add(entry, kind, value, None, None, None, None, fault)
            entry += 1
    return rows.table()


def _encoding(head: bytes) -> str:
    return "utf-16" if head.startswith(_WIDE) else "utf-8-sig"


def _digest(line: str) -> tuple[str, str] | None:
    """(kind, digest) of a line; None when it has none, or one of unknown kind."""
    if tagged := _TAGGED.fullmatch(line):
        kind = tagged[1].lower().replace("sha2-", "sha")
        return (kind, tagged[2]) if KINDS.get(len(tagged[2])) == kind else None
    found = _LINE.fullmatch(line)
    if found is None or len(found[1]) not in KINDS:
        return None
    bare = found.end(1) == len(line)
    return None if bare and len(found[1]) not in BARE else (KINDS[len(found[1])], found[1])
