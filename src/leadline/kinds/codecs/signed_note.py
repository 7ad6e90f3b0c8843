"""Signed notes: a short text, a blank line, and one line a signature (C2SP signed-note, Ed25519)."""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leadline.errors import IntegrityError, UsageError

ED25519 = b"\x01"
"""The algorithm byte of Ed25519 in key ids and verifier keys (C2SP signed-note, section Signature types)."""

_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


def key_id(name: str, public: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, newline, algorithm byte and the 32 key bytes."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_text(name: str, public: bytes) -> str:
    """The public key as one line of text: ``name+keyid+base64``; UsageError for a name with blanks or a plus."""
    if not _NAME.fullmatch(name) or len(public) != 32:
        raise UsageError("not a key name or not an Ed25519 public key", remedy="a name without blanks and '+'")
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def verifier(text: str) -> tuple[str, bytes]:
    """(name, 32 public key bytes) of a line that `verifier_text` wrote; UsageError when it is none."""
    name, _, rest = text.strip().partition("+")
    digest, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise UsageError("a public key does not read as base64") from error
    if not _NAME.fullmatch(name) or len(raw) != 33 or raw[:1] != ED25519 or key_id(name, raw[1:]).hex() != digest:
        raise UsageError(
            "not a public key in the form name+keyid+base64", remedy="pass the file `leadline key new` wrote"
        )
    return name, raw[1:]


def sign(text: str, name: str, public: bytes, signing: Callable[[bytes], bytes]) -> str:
    """`text` (ending in a newline) with one signature line; `signing` gives the 64 signature bytes over its UTF-8.

    UsageError for a text or a name that a note cannot hold.
    """
    if not text.endswith("\n") or not _NAME.fullmatch(name):
        raise UsageError("a note ends in a newline and its signer's name holds neither blanks nor '+'")
    signature = base64.b64encode(key_id(name, public) + signing(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def opened(note: str, known: Sequence[tuple[str, bytes]]) -> tuple[str, str]:
    """(text, signer's name) of a note signed by one of `known` (name, public key); IntegrityError otherwise.

    An empty `known` refuses: a note nobody is trusted to sign proves nothing.
    """
    if not known:
        raise IntegrityError("no signer is trusted, so no signature can be", remedy="name the signer's public key")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise IntegrityError("not a signed note")
    text += "\n"
    keys = {(name, key_id(name, public)): public for name, public in known}
    for line in lines.splitlines():
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise IntegrityError("a signature line of the note does not parse")
        try:
            raw = base64.b64decode(found[2], validate=True)
        except ValueError as error:
            raise IntegrityError("a signature of the note does not read as base64") from error
        public = keys.get((found[1], raw[:4]))
        if public is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise IntegrityError(
                "the signature does not fit the note", remedy="ask the sender for the package again"
            ) from error
        return text, found[1]
    raise IntegrityError("the note is not signed by a known signer", remedy="compare the key with its holder")
