"""Checkpoints: the log's size and root in a signed note that someone else holds (C2SP tlog-checkpoint)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from leadline.errors import IntegrityError
from leadline.kinds.codecs import signed_note
from leadline.store.keys import Key
from leadline.store.log import Log, leaf_hash, root_of

_BODY = re.compile(r"(\S+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says of a log: whose it is, how many entries, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def of(log: Log) -> Checkpoint:
    """The checkpoint of a log as it is now."""
    return Checkpoint(log.origin, len(log.lines), log.root)


def signed(log: Log, key: Key) -> str:
    """The log's checkpoint as a signed note."""
    return key.sign_note(of(log).text())


def parse(text: str) -> Checkpoint:
    """The checkpoint a note holds, its signature not looked at; IntegrityError when it holds none."""
    body, blank, _ = text.rpartition("\n\n")
    match = _BODY.fullmatch(body + "\n") if blank else None
    if match is None:
        raise IntegrityError("not a checkpoint", remedy="pass the file `leadline case log --checkpoint` wrote")
    try:
        root = base64.b64decode(match[3], validate=True)
    except binascii.Error:
        raise IntegrityError("a checkpoint's root does not read as base64") from None
    return Checkpoint(match[1], int(match[2]), root)


def opened(text: str, known: Sequence[tuple[str, bytes]]) -> Checkpoint:
    """The checkpoint of a note that one of `known` signed; IntegrityError otherwise; an empty `known` refuses."""
    body, _ = signed_note.opened(text, known)
    return parse(body + "\n")


def signer(text: str, known: Sequence[tuple[str, bytes]]) -> str:
    """The name of the one of `known` who signed a note; IntegrityError when none did."""
    return signed_note.opened(text, known)[1]


def differs(point: Checkpoint, lines: Sequence[bytes]) -> str:
    """Why a log is not the one of the checkpoint, grown or equal; empty when it is."""
    if not lines or point.origin != f"leadline/{leaf_hash(lines[0]).hex()[:32]}":
        return "the log is not the one the checkpoint was made of"
    if len(lines) < point.size:
        return f"the log has {len(lines)} entries, the checkpoint {point.size}: its end was cut off"
    if root_of(lines[: point.size]) != point.root:
        return "the log's entries are not the ones the checkpoint was made of"
    return ""
