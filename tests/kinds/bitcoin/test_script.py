"""Script kinds: one example a kind, and near misses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.bitcoin import script

KEY, LONG = b"\x02" + bytes(range(32)), b"\x04" + bytes(64)


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (b"", "nonstandard"),
        (b"\x51", "nonstandard"),
        (script.p2pk(KEY), "p2pk"),
        (script.p2pk(LONG), "p2pk"),
        (script.p2pk(b"\x05" + bytes(32)), "nonstandard"),
        (script.p2pkh(bytes(20)), "p2pkh"),
        (script.p2pkh(bytes(20))[:-1], "nonstandard"),
        (script.p2sh(bytes(20)), "p2sh"),
        (script.witness(0, bytes(20)), "p2wpkh"),
        (script.witness(0, bytes(32)), "p2wsh"),
        (script.witness(0, bytes(21)), "nonstandard"),
        (script.witness(1, bytes(32)), "p2tr"),
        (script.witness(1, bytes(20)), "witness_unknown"),
        (script.witness(2, bytes(32)), "witness_unknown"),
        (script.PAY_TO_ANCHOR, "p2a"),
        (script.multisig(1, (KEY, LONG)), "multisig"),
        (script.multisig(2, (KEY,)), "nonstandard"),
        (script.multisig(1, (KEY, LONG))[:-1] + b"\xac", "nonstandard"),
        (b"\x01\x11" + (b"\x21" + KEY) * 17 + b"\x01\x11\xae", "multisig"),
        (b"\x6a", "op_return"),
        (b"\x6a\x4c", "op_return"),
    ],
)
def test_kind(output: bytes, kind: str) -> None:
    assert script.kind(output) == kind


def test_multisig_keys_in_order() -> None:
    assert script.multisig_keys(script.multisig(1, (LONG, KEY))) == (LONG, KEY)
    assert script.multisig_keys(script.p2pk(KEY)) == ()


@given(st.binary(max_size=120))
def test_any_bytes_have_a_kind(output: bytes) -> None:
    assert script.kind(output) in script.KINDS


def test_nobody_owns_what_anyone_or_nobody_can_spend() -> None:
    owned = {script.KINDS[k] for k in script.OWNED}
    assert owned.isdisjoint({"nonstandard", "p2a", "op_return", "witness_unknown"})
