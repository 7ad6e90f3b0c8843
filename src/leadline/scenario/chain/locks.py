"""Locks: output scripts of every kind with the keys that open them, derived from the seed and a label only.

Signed cases hold real secp256k1 keys; the record-sized case holds drawn bytes of the same shape, which open nothing.
"""

import hashlib
import hmac
from dataclasses import dataclass

from coincurve import PrivateKey

from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import base58check_encode

FORMS = (
    "p2pk", "p2pk_long", "p2pkh", "p2sh_multisig", "p2sh_p2wpkh", "p2wpkh", "p2wsh", "p2tr", "multisig", "p2a", "open",
)  # fmt: skip
"""Every way an output of the training chain is locked; p2pk_long is the uncompressed key, open a bare OP_TRUE."""
KEYS_OF = {"p2sh_multisig": 3, "p2wsh": 2, "multisig": 2, "p2a": 0, "open": 0}
"""Keys in a lock, one unless said: 2 of 3 in p2sh, 2 of 2 in p2wsh, 1 of 2 bare."""
NEEDED = {"p2sh_multisig": 2, "p2wsh": 2, "multisig": 1}
"""Signatures a multisig lock needs."""
INPUT_VBYTES = {
    "p2pk": 115, "p2pk_long": 115, "p2pkh": 149, "p2sh_multisig": 299, "p2sh_p2wpkh": 91, "p2wpkh": 69, "p2wsh": 97,
    "p2tr": 58, "multisig": 116, "p2a": 41, "open": 41,
}  # fmt: skip
"""Virtual size of an input of each form, rounded up: what wallets reckon fees with."""
SCRIPT_BYTES = {
    "p2pk": 35, "p2pk_long": 67, "p2pkh": 25, "p2sh_multisig": 23, "p2sh_p2wpkh": 23, "p2wpkh": 22, "p2wsh": 34,
    "p2tr": 34, "multisig": 71, "p2a": 4, "open": 1,
}  # fmt: skip
"""Length of each form's output script."""
SEGWIT = ("p2sh_p2wpkh", "p2wpkh", "p2wsh", "p2tr")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order of the secp256k1 group (SEC 2)."""
_TAP_TWEAK = hashlib.sha256(b"TapTweak").digest() * 2


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and, in a signed case, the private key that goes with it."""

    public: bytes
    private: PrivateKey | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a script: its form, keys, and the inner script of p2sh and p2wsh."""

    form: str
    script: bytes
    keys: tuple[Key, ...]
    inner: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one training case."""

    seed: int
    signed: bool

    def key(self, label: str) -> Key:
        """The key called `label`."""
        secret = hashlib.sha256(f"{self.seed}\x1fkey\x1f{label}".encode()).digest()
        if not self.signed:
            return Key(bytes([2 + (secret[0] & 1)]) + hashlib.sha256(secret).digest(), None)
        private = PrivateKey(secret)
        return Key(private.public_key.format(), private)

    def opening(self, form: str, label: str) -> Opening:
        """The lock of `form` called `label`."""
        count = KEYS_OF.get(form, 1)
        keys = tuple(self.key(f"{label}/{i}" if i else label) for i in range(count))
        if form == "p2tr":
            keys = (_tweaked(keys[0]),)
        elif form == "p2pk_long":
            keys = (_long(keys[0]),)
        script, inner = _script(form, keys)
        return Opening(form, script, keys, inner)


class Branch:
    """The addresses of one extended key in turn (BIP32, BIP44): child 0, then its children 0, 1, 2 ...

    Its private half opens them on the training chain; `public` is the extended key a record may hold.
    """

    def __init__(self, seed: int, label: str) -> None:
        drawn = hashlib.sha512(f"{seed}\x1fbranch\x1f{label}".encode()).digest()
        self._root = drawn
        self._given = _child(drawn, 0)
        self._next = 0

    @property
    def public(self) -> str:
        """The extended public key of the account, as test networks write it."""
        return self._text(0x043587CF, PrivateKey(self._root[:32]).public_key.format())

    @property
    def private(self) -> str:
        """The extended private key of the account, as test networks write it."""
        return self._text(0x04358394, b"\0" + self._root[:32])

    def opening(self, form: str, label: str) -> Opening:
        """The next lock; `label` tells it from no other, the place on the branch does."""
        del label
        private = PrivateKey(_child(self._given, self._next)[:32])
        self._next += 1
        keys = (Key(private.public_key.format(), private),)
        script, inner = _script(form, keys)
        return Opening(form, script, keys, inner)

    def _text(self, version: int, key: bytes) -> str:
        head = version.to_bytes(4) + b"\3" + hashlib.sha256(self._root).digest()[:4] + (1 << 31).to_bytes(4)
        return base58check_encode(head + self._root[32:] + key)


def _child(parent: bytes, number: int) -> bytes:
    """Private key and chain code of a child, from its parent's (BIP32)."""
    public = PrivateKey(parent[:32]).public_key.format()
    digest = hmac.digest(parent[32:], public + number.to_bytes(4), hashlib.sha512)
    secret = (int.from_bytes(digest[:32]) + int.from_bytes(parent[:32])) % ORDER
    return secret.to_bytes(32) + digest[32:]


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def _script(form: str, keys: tuple[Key, ...]) -> tuple[bytes, bytes]:
    """The output script of a form over keys, and its inner script."""
    public = tuple(k.public for k in keys)
    if form in ("p2pk", "p2pk_long"):
        return sc.p2pk(public[0]), b""
    if form == "p2pkh":
        return sc.p2pkh(hash160(public[0])), b""
    if form == "p2wpkh":
        return sc.witness(0, hash160(public[0])), b""
    if form == "p2tr":
        return sc.witness(1, public[0][1:]), b""
    if form == "p2sh_p2wpkh":
        inner = sc.witness(0, hash160(public[0]))
        return sc.p2sh(hash160(inner)), inner
    if form in NEEDED:
        inner = sc.multisig(NEEDED[form], public)
        if form == "multisig":
            return inner, b""
        if form == "p2wsh":
            return sc.witness(0, hashlib.sha256(inner).digest()), inner
        return sc.p2sh(hash160(inner)), inner
    return (sc.PAY_TO_ANCHOR if form == "p2a" else b"\x51"), b""


def _tweaked(key: Key) -> Key:
    """The output key of BIP341 for an internal key without scripts."""
    if key.private is None:
        return key
    even = int.from_bytes(key.private.secret)
    if key.public[0] == 3:
        even = ORDER - even
    tweak = int.from_bytes(hashlib.sha256(_TAP_TWEAK + key.public[1:]).digest())
    private = PrivateKey(((even + tweak) % ORDER).to_bytes(32))
    return Key(private.public_key.format(), private)


def _long(key: Key) -> Key:
    """The same key with its public half in 65 bytes."""
    if key.private is None:
        return Key(b"\x04" + key.public[1:] + hashlib.sha256(key.public).digest(), None)
    return Key(key.private.public_key.format(compressed=False), key.private)
