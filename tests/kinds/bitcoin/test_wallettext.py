"""Key material in text: found whole, read when public, told and dropped when private."""

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import descriptors, wallettext
from leadline.scenario.chain.locks import Branch

BRANCH = Branch(1, "test")
PUBLIC, PRIVATE = BRANCH.public, BRANCH.private
WHOLE = f"wpkh([deadbeef/84h/1h/0h]{PUBLIC}/<0;1>/*)"


def found(text: str) -> list[str]:
    data = text.encode()
    return [data[a:b].decode() for a, b in wallettext.spans(data)]


def test_keys_and_descriptors_are_found_in_free_text() -> None:
    signed = f"{WHOLE}#{descriptors.checksum(WHOLE)}"
    text = f'wallet="{signed}"; old: {PUBLIC}, seed {PRIVATE}. sh(x) tr(y)'
    assert found(text) == [signed, PUBLIC, PRIVATE]
    assert found(f"f({PUBLIC})") == [PUBLIC]
    assert found("pkh(" + "a" * 20_000) == []


def test_public_text_is_kept_and_private_text_is_not() -> None:
    assert wallettext.read(PUBLIC, "regtest") == ("extended_key", PUBLIC)
    assert wallettext.read(WHOLE, "regtest") == ("descriptor", WHOLE)
    for text in (PRIVATE, f"pkh({PRIVATE}/0/*)", f"wsh(multi(2,{PUBLIC}/0,{PRIVATE}/0))"):
        assert wallettext.read(text, "regtest") == ("private", None)


@pytest.mark.parametrize("text", [PUBLIC[:-1] + "2", f"{WHOLE}#00000000", f"pkh({PUBLIC}/0h/*)", "wallet", ""])
def test_what_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(EvidenceError):
        wallettext.read(text, "regtest")


def test_another_networks_key_is_refused() -> None:
    for text in (PUBLIC, WHOLE):
        with pytest.raises(EvidenceError, match="another network"):
            wallettext.read(text, "main")
