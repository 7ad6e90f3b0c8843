"""The certificates of a reply are put in order, whatever order they came in, and nothing else is touched."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs.stamp_order import in_order


def tlv(tag: int, content: bytes) -> bytes:
    """One element in DER (X.690, section 8.1)."""
    n = len(content)
    octets = (n.bit_length() + 7) // 8
    length = bytes([n]) if n < 128 else bytes([0x80 | octets]) + n.to_bytes(octets, "big")
    return bytes([tag]) + length + content


def reply(*certificates: bytes) -> bytes:
    """A TimeStampResp (RFC 3161) around SignedData (RFC 5652), as small as its shape allows."""
    before = tlv(2, b"\x03") + tlv(0x31, b"") + tlv(0x30, b"info")
    signed = tlv(0x30, before + tlv(0xA0, b"".join(certificates)) + tlv(0x31, b"sig"))
    return tlv(0x30, tlv(0x30, tlv(2, b"\x00")) + tlv(0x30, tlv(6, b"\x2a") + tlv(0xA0, signed)))


CERTIFICATES = (tlv(0x30, b"b" * 300), tlv(0x30, b"a" * 300), tlv(0x30, b"c" * 5))


def test_every_order_comes_out_as_the_one_of_der() -> None:
    wanted = reply(*sorted(CERTIFICATES))
    assert {in_order(reply(*some)) for some in permutations(CERTIFICATES)} == {wanted}
    assert in_order(reply(CERTIFICATES[0])) == reply(CERTIFICATES[0])


@given(st.binary(max_size=200))
def test_what_has_not_the_shape_stays_as_it_is(data: bytes) -> None:
    assert sorted(in_order(data)) == sorted(data)


@given(st.integers(0, 700), st.integers(0, 255))
def test_a_damaged_reply_keeps_its_bytes(at: int, byte: int) -> None:
    data = bytearray(reply(*CERTIFICATES))
    data[at % len(data)] = byte
    assert sorted(in_order(bytes(data))) == sorted(data)
