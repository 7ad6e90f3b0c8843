"""Signing keys: an Ed25519 private key in a file of its own, its public key beside it as ``name+keyid+base64``."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leadline.errors import CaseError, UsageError
from leadline.kinds.codecs import signed_note
from leadline.store import durable
from leadline.store.layout import lies_in_a_case

_LABEL = b"leadline-key-name: "


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: its name, its 32 public key bytes, and the private half, which is never shown."""

    name: str
    public: bytes
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Key({self.name!r})"

    def sign(self, message: bytes) -> bytes:
        """64 signature bytes over `message`."""
        return self.private.sign(message)

    def sign_note(self, text: str) -> str:
        """`text` as a signed note."""
        return signed_note.sign(text, self.name, self.public, self.sign)


def new(path: Path, name: str, password: str = "") -> Key:
    """A new key, its private half written to `path` (mode 0600) and its public half to ``path.pub``.

    A private key of this name without its public half is what an interrupted call left, and gets it now.

    CaseError when a file is there already or when `path` lies in a case: whoever holds a case must not be able to sign.
    """
    if lies_in_a_case(path):
        raise CaseError("a key may not lie in a case", where=str(path), remedy="name a file outside every case")
    public = path.with_name(path.name + ".pub")
    if public.exists():
        raise CaseError("a key is there already", where=str(path), remedy="name a new file")
    key = _left(path, name, password) if path.exists() else _made(path, name, password)
    durable.replace(public, f"{signed_note.verifier_text(name, key.public)}\n".encode())
    return key


def _made(path: Path, name: str, password: str) -> Key:
    """A new key, its private half at `path`, whole or not at all."""
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    signed_note.verifier_text(name, raw)  # which refuses a name that is none
    lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    durable.replace(path, _LABEL + name.encode() + b"\n" + pem, private=True)
    return Key(name, raw, private)


def _left(path: Path, name: str, password: str) -> Key:
    """The key whose private half lies at `path` alone; CaseError when that is another's, or none."""
    try:
        key = load(path, password)
    except UsageError:
        key = None
    if key is None or key.name != name:
        raise CaseError("a key is there already", where=str(path), remedy="name a new file")
    return key


def load(path: Path, password: str = "") -> Key:
    """The key of a private key file; UsageError when it is none or the password does not open it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError("no key lies there", where=str(path), remedy=f"leadline key new {path}") from None
    except OSError as error:
        raise durable.unreadable(error, str(path)) from error
    label, _, pem = data.partition(b"\n")
    try:
        private = serialization.load_pem_private_key(pem, password.encode() or None)
    except (ValueError, TypeError):
        raise UsageError(
            "not a private key, or not its password", where=str(path), remedy="set LEADLINE_KEY_PASSWORD, or make one"
        ) from None
    if not label.startswith(_LABEL) or not isinstance(private, Ed25519PrivateKey):
        raise UsageError("not a key Leadline made", where=str(path), remedy="leadline key new FILE")
    return Key(label.removeprefix(_LABEL).decode(), private.public_key().public_bytes_raw(), private)


def public(path: Path) -> tuple[str, bytes]:
    """(name, 32 public key bytes) of a public key file; UsageError when it is none."""
    beside = path.with_name(path.name + ".pub")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError("not a public key", where=str(path), remedy="the .pub file `leadline key new` wrote") from None
    except OSError as error:
        raise durable.unreadable(error, str(path)) from error
    if text.encode().startswith(_LABEL):
        raise UsageError("a private key, which nobody else should hold", where=str(path), remedy=f"pass {beside}")
    return signed_note.verifier(text)
