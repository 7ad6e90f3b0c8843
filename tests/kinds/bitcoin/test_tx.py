"""Transactions: bytes both ways, ids of published transactions, and bytes cut short."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import ChainError
from leadline.kinds.bitcoin import tx

GENESIS_COINBASE = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f7220"
    "62616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f"
    "4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
INPUTS = st.builds(
    tx.TxIn,
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=40),
    st.integers(0, 2**32 - 1),
    st.lists(st.binary(max_size=300), max_size=3).map(tuple),
)
OUTPUTS = st.builds(tx.TxOut, st.integers(0, 21 * 10**14), st.binary(max_size=300))
TXS = st.builds(
    tx.Tx,
    st.integers(-(2**31), 2**31 - 1),
    st.lists(INPUTS, min_size=1, max_size=4).map(tuple),
    st.lists(OUTPUTS, min_size=1, max_size=4).map(tuple),
    st.integers(0, 2**32 - 1),
)


def test_genesis_coinbase() -> None:
    parsed, end = tx.parse(GENESIS_COINBASE)
    assert end == len(GENESIS_COINBASE)
    assert tx.id_text(tx.txid(parsed)) == "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    assert parsed.outputs[0].value == 50 * 10**8
    assert tx.txid(parsed) == tx.wtxid(parsed)


@given(TXS)
def test_bytes_come_back(value: tx.Tx) -> None:
    data = tx.serialise(value)
    assert tx.parse(b"??" + data, 2) == (value, len(data) + 2)
    bare = tx.serialise(value, witness=False)
    assert tx.txid(value) == hashlib.sha256(hashlib.sha256(bare).digest()).digest()
    assert (tx.txid(value) == tx.wtxid(value)) is (not value.has_witness)


@given(TXS, st.data())
def test_bytes_cut_short_are_refused(value: tx.Tx, data: st.DataObject) -> None:
    raw = tx.serialise(value)
    with pytest.raises(ChainError):
        tx.parse(raw[: data.draw(st.integers(0, len(raw) - 1))])


@given(st.binary(max_size=400))
def test_any_bytes_parse_or_are_refused(raw: bytes) -> None:
    try:
        _, end = tx.parse(raw)
    except ChainError:
        return
    assert end <= len(raw)


@pytest.mark.parametrize("text", ["0200000000000000000000", "020000000002" + "00" * 30, "02000000000100" + "00" * 20])
def test_what_spends_nothing_is_no_transaction(text: str) -> None:
    with pytest.raises(ChainError):
        tx.parse(bytes.fromhex(text))


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31, "4a" * 31 + " 4a"])
def test_what_is_no_txid_is_refused(text: str) -> None:
    with pytest.raises(ChainError):
        tx.id_bytes(text)
