"""Time stamps of a case's checkpoints (RFC 3161): asked for in a file, and the reply checked and kept as it came.

The request and the reply travel by whatever way there is to an authority; nothing here opens a connection. A stamp says
that the checkpoint existed when the authority says so, and thereby the log's entries up to it; not who wrote them.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from leadline.errors import IntegrityError, UsageError
from leadline.kinds.codecs.stamp_order import in_order
from leadline.store import checkpoint, durable, export
from leadline.store.case import Case

ASKED = "a time stamp asked for"
STAMPED = "stamped"
LARGEST = 1 << 16
"""Bytes of a reply that are read: with its certificates one has some thousands."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: when, by whom (the subject of the certificate that signed), and entries of the log it covers."""

    at: datetime
    authority: str
    entries: int


def ask(case: Case, point: Path, to: Path) -> int:
    """Writes a request for a stamp of the checkpoint in a file, in DER; the entries of the log that it covers.

    IntegrityError where the checkpoint is not one of this case's log.
    """
    text = _text(point)
    size = _covers(case, text)
    request = TimestampRequestBuilder(data=text.encode(), hash_algorithm=HashAlgorithm.SHA256).build()
    case.note("exported", what=ASKED, checkpoint_sha256=_digest(text), nonce=str(request.nonce))
    export.write(to, request.as_bytes())
    return size


def accept(case: Case, point: Path, reply: Path, authority: Path) -> Stamp:
    """Checks the reply to a request of this case and keeps it in the log, as it came, with the checkpoint.

    `authority` is a file of the certificates, in PEM, that whoever checks trusts for this.

    Raises:
        IntegrityError: the reply is none, was refused, is about other bytes, answers another request, or is signed by
            nobody whom these certificates vouch for.
        UsageError: a file cannot be read, or no request for this checkpoint stands in the log.
    """
    text = _text(point)
    size = _covers(case, text)
    nonces = [
        int(str(e.note["nonce"]))
        for e in case.log.entries
        if e.note.get("what") == ASKED and e.note.get("checkpoint_sha256") == _digest(text)
    ]
    if not nonces:
        raise UsageError(
            "no request for a stamp of this checkpoint stands in the log",
            remedy="leadline case stamp CASE CP --request F",
        )
    raw = _bytes(reply)
    found = _checked(raw, text, nonces, _roots(authority), size)
    case.note(
        STAMPED,
        at=found.at.isoformat(),
        authority=found.authority,
        entries=size,
        checkpoint=text,
        reply=base64.b64encode(raw).decode(),
    )
    return found


def stamps(case: Case, authority: Path) -> list[Stamp]:
    """Every stamp that the log keeps, checked anew against these certificates and the log as it is.

    IntegrityError for one that does not hold.
    """
    case.note("viewed", what="time stamps")
    roots = _roots(authority)
    found = []
    for entry in case.log.entries:
        if entry.act != STAMPED:
            continue
        try:
            raw = base64.b64decode(str(entry.note["reply"]), validate=True)
        except binascii.Error:
            raise IntegrityError("a stamp in the log does not read as base64", where=f"entry {entry.n}") from None
        text = str(entry.note["checkpoint"])
        found.append(_checked(raw, text, None, roots, _covers(case, text)))
    return found


def _checked(
    raw: bytes, text: str, nonces: Sequence[int] | None, roots: Sequence[x509.Certificate], size: int
) -> Stamp:
    """The stamp in a reply about a checkpoint's text; IntegrityError says what does not hold."""
    try:
        reply = decode_timestamp_response(in_order(raw))
    except ValueError:
        raise IntegrityError("not a reply to a request for a time stamp", remedy="pass the reply in DER") from None
    if reply.status not in (0, 1):
        raise IntegrityError("the authority refused the request", remedy="ask again: leadline case stamp --request")
    if nonces is not None and reply.tst_info.nonce not in nonces:
        raise IntegrityError("the reply answers another request", remedy="pass the reply to the newest request")
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(reply, text.encode())
    except VerificationError as error:
        raise IntegrityError(
            f"the stamp does not hold: {error}", remedy="compare the checkpoint and the authority's certificates"
        ) from None
    return Stamp(reply.tst_info.gen_time.astimezone(UTC), _signer(reply), size)


def _signer(reply: TimeStampResponse) -> str:
    """The subject of the certificate that signed a reply that was checked."""
    (info,) = reply.signed_data.signer_infos
    for der in reply.signed_data.certificates:
        cert = x509.load_der_x509_certificate(der)
        if cert.issuer == info.issuer and cert.serial_number == info.serial_number:
            return cert.subject.rfc4514_string()
    return "unknown"


def _roots(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_bytes(path))
    except ValueError:
        raise UsageError("not certificates in PEM", where=str(path), remedy="the authority publishes them") from None


def _covers(case: Case, text: str) -> int:
    """Entries of the log that a checkpoint covers; IntegrityError where it is another log's, or the log was changed."""
    point = checkpoint.parse(text)
    if why := checkpoint.differs(point, case.log.lines):
        raise IntegrityError(why, remedy="pass a checkpoint of this case: leadline case log CASE --checkpoint FILE")
    return point.size


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(
            "not a checkpoint", where=str(path), remedy="leadline case log CASE --checkpoint FILE"
        ) from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise durable.unreadable(error, str(path)) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
