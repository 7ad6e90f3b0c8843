"""Extended public keys: BIP32's own vectors, every version of SLIP-0132, and the private side's answer as oracle."""

import hashlib
import hmac

import pytest
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import hdkeys
from leadline.kinds.bitcoin.address import base58check_decode, base58check_encode

BIP32 = (
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
    "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ",
)
"""Vector 1: m/0H and its child 1."""
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
PAYLOAD = base58check_decode(BIP32[0])[4:]


def test_bip32_vector_1() -> None:
    child = hdkeys.parse(BIP32[0]).child(1)
    payload = base58check_decode(BIP32[1])
    assert (child.chain_code, child.public, child.depth) == (payload[13:45], payload[45:], 2)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(0, 2**31 - 1))
def test_public_children_are_the_private_ones_public_halves(secret: bytes, chain: bytes, number: int) -> None:
    if not 0 < int.from_bytes(secret) < ORDER:
        return
    public = PrivateKey(secret).public_key.format()
    digest = hmac.new(chain, public + number.to_bytes(4, "big"), hashlib.sha512).digest()
    mine = (int.from_bytes(digest[:32]) + int.from_bytes(secret)) % ORDER
    child = hdkeys.ExtendedKey(public, chain).child(number)
    assert child.public == PrivateKey(mine.to_bytes(32)).public_key.format() and child.chain_code == digest[32:]


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0488b21e", ("main", "")), ("049d7cb2", ("main", "sh_wpkh")), ("04b24746", ("main", "wpkh")),
        ("02aa7ed3", ("main", "multi")), ("043587cf", ("test", "")), ("044a5262", ("test", "sh_wpkh")),
        ("045f1cf6", ("test", "wpkh")), ("02575483", ("test", "multi")),
    ],
)  # fmt: skip
def test_versions_name_network_and_script(version: str, says: tuple[str, str]) -> None:
    key = hdkeys.parse(base58check_encode(bytes.fromhex(version) + PAYLOAD))
    assert (key.network, key.form) == says


@pytest.mark.parametrize("version", ["0488ade4", "049d7878", "04b2430c", "04358394", "02575048"])
def test_private_keys_are_told_apart_and_never_read(version: str) -> None:
    text = base58check_encode(bytes.fromhex(version) + PAYLOAD[:41] + b"\0" + bytes(31) + b"\1")
    assert hdkeys.is_private(text)
    with pytest.raises(EvidenceError):
        hdkeys.parse(text)
    assert hdkeys.is_private("KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn")
    assert not hdkeys.is_private(BIP32[0])


def test_what_is_no_extended_public_key_is_refused() -> None:
    for text in (BIP32[0][:-1] + "x", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", base58check_encode(b"\1\2\3\4" + PAYLOAD)):
        with pytest.raises(EvidenceError):
            hdkeys.parse(text)
    off_curve = base58check_encode(bytes.fromhex("0488b21e") + PAYLOAD[:41] + b"\2" + b"\xff" * 32)
    with pytest.raises(EvidenceError):
        hdkeys.parse(off_curve)
    with pytest.raises(EvidenceError):
        hdkeys.parse(BIP32[0]).child(2**31)


@pytest.mark.parametrize(
    "text",
    [
        "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn",
        "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4",
        "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ",
        "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8",
    ],
)
def test_bip32_vector_5(text: str) -> None:
    """Right checksums, and no keys: a private key's bytes, a wrong prefix, a master with a parent, with a number."""
    assert len(base58check_decode(text)) == 78
    with pytest.raises(EvidenceError):
        hdkeys.parse(text)
