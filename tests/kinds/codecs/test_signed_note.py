"""Signed notes: a published example verifies, any change is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import IntegrityError, UsageError
from leadline.kinds.codecs import signed_note

# The example of the Go package golang.org/x/mod/sumdb/note, which wrote the format first.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()


def test_the_published_example_verifies():
    text, who = signed_note.opened(PUBLISHED, [signed_note.verifier(PUBLISHED_KEY)])
    assert who == "PeterNeumann" and PUBLISHED.startswith(text)
    assert signed_note.verifier_text(*signed_note.verifier(PUBLISHED_KEY)) == PUBLISHED_KEY


@given(st.text().map(lambda t: t.replace("\r", "") + "\n"), st.integers(0, 400))
def test_round_trip_and_any_changed_character_is_refused(text, at):
    signed = signed_note.sign(text, "example.org/key", PUBLIC, KEY.sign) if _utf8(text) else None
    if signed is None:
        return
    assert signed_note.opened(signed, [("example.org/key", PUBLIC)]) == (text, "example.org/key")
    at %= len(signed)
    changed = signed[:at] + ("a" if signed[at] != "a" else "b") + signed[at + 1 :]
    with pytest.raises(IntegrityError):
        signed_note.opened(changed, [("example.org/key", PUBLIC)])


def _utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_nobody_trusted_refuses():
    with pytest.raises(IntegrityError):
        signed_note.opened(PUBLISHED, [])


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", PUBLISHED_KEY[:-4] + "AAAA", "a b+c74f20a3+ARpc"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(UsageError):
        signed_note.verifier(text)
