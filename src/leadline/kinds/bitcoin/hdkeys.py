"""Extended public keys: their text, and the child keys that follow from them without any secret (BIP32).

Nothing here holds or derives a private key: text that is one is told apart by its version bytes or its checksum, and
that is all that is ever said of it.
"""

import hashlib
import hmac
from dataclasses import dataclass

from coincurve import PublicKey

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin.address import base58check_decode

HARDENED = 1 << 31
"""Child numbers from here on need the private key (BIP32)."""
_PUBLIC = {
    0x0488B21E: ("main", ""), 0x049D7CB2: ("main", "sh_wpkh"), 0x04B24746: ("main", "wpkh"),
    0x0295B43F: ("main", "multi"), 0x02AA7ED3: ("main", "multi"),
    0x043587CF: ("test", ""), 0x044A5262: ("test", "sh_wpkh"), 0x045F1CF6: ("test", "wpkh"),
    0x024289EF: ("test", "multi"), 0x02575483: ("test", "multi"),
}  # fmt: skip
"""Version bytes of xpub, ypub, zpub, Ypub, Zpub and their test forms: network, and the script the version asks for
(empty: the version says nothing). Sources: BIP32, BIP49, BIP84, SLIP-0132."""
_PRIVATE = frozenset(
    {
        0x0488ADE4, 0x049D7878, 0x04B2430C, 0x0295B005, 0x02AA7A99,
        0x04358394, 0x044A4E28, 0x045F18BC, 0x024285B5, 0x02575048,
    }
)  # fmt: skip
"""Version bytes of the private halves of the same keys."""
_WIF = frozenset({0x80, 0xEF})
"""Version bytes of a single private key as text (Bitcoin Core, chainparams.cpp, SECRET_KEY)."""


@dataclass(frozen=True, slots=True)
class ExtendedKey:
    """A public key and its chain code; network is main or test, form the script its version asks for (empty: none)."""

    public: bytes
    chain_code: bytes
    depth: int = 0
    network: str = "main"
    form: str = ""

    def child(self, number: int) -> "ExtendedKey":
        """The child key of that number; EvidenceError for a hardened one, or where the number gives no key."""
        if not 0 <= number < HARDENED:
            raise EvidenceError("a hardened child follows from the private key only")
        digest = hmac.digest(self.chain_code, self.public + number.to_bytes(4), hashlib.sha512)
        try:
            public = PublicKey(self.public).add(digest[:32]).format()
        except ValueError:
            raise EvidenceError("this child number gives no key") from None
        return ExtendedKey(public, digest[32:], self.depth + 1, self.network, self.form)


def parse(text: str) -> ExtendedKey:
    """The extended public key in `text`; EvidenceError for a wrong checksum, another kind of key, no curve point, or a
    master key that names a parent or a child number (BIP32, test vector 5)."""
    payload = base58check_decode(text)
    found = _PUBLIC.get(int.from_bytes(payload[:4])) if len(payload) == 78 else None
    if found is None:
        raise EvidenceError("not an extended public key")
    public = payload[45:]
    if public[0] not in (2, 3):
        raise EvidenceError("not an extended public key")
    if payload[4] == 0 and any(payload[5:13]):
        raise EvidenceError("an extended key of depth zero that names a parent or a child number")
    on_curve(public)
    return ExtendedKey(public, payload[13:45], payload[4], *found)


def is_private(text: str) -> bool:
    """Whether `text` is an extended private key, or a single one in wallet import format; its value is not kept."""
    try:
        payload = base58check_decode(text)
    except EvidenceError:
        return False
    if len(payload) == 78:
        return int.from_bytes(payload[:4]) in _PRIVATE
    return payload[0] in _WIF and (len(payload) == 33 or (len(payload) == 34 and payload[33] == 1))


def on_curve(public: bytes) -> bytes:
    """`public`, a key of 33 or 65 bytes; EvidenceError when it is no point of secp256k1."""
    try:
        PublicKey(public)
    except ValueError:
        raise EvidenceError("the public key is no point of the curve") from None
    return public


def tweaked(x_only: bytes) -> bytes:
    """The output key (32 bytes) of a taproot output without scripts, for an internal key of 32 bytes (BIP341)."""
    tag = hashlib.sha256(b"TapTweak").digest()
    tweak = hashlib.sha256(tag + tag + x_only).digest()
    return PublicKey(b"\x02" + x_only).add(tweak).format()[1:]
