"""Address text and the script it stands for, both ways: Base58Check, bech32 (BIP173), bech32m (BIP350).

An address is an alias of a script. Scripts without one (p2pk, bare multisig, op_return, nonstandard) encode to None.
"""

import hashlib

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.prefixes import Prefixes, prefixes

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {c: i for i, c in enumerate(_BASE58)}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_VALUE = {c: i for i, c in enumerate(_BECH32)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
"""Of the checksum's code (BIP173)."""
_BECH32_CONST, _BECH32M_CONST = 1, 0x2BC830A3
"""What a valid checksum leaves: BIP173 and BIP350."""
_MAX_LENGTH = 90
"""Longest bech32 text (BIP173)."""


def decode(text: str, network: str) -> bytes:
    """The output script that address `text` stands for on `network`; EvidenceError when it is no address there."""
    net = prefixes(network)
    if text.lower().startswith(net.hrp + "1"):
        return _decode_witness(text, net)
    payload = base58check_decode(text)
    if len(payload) == 21 and payload[0] == net.p2pkh_version:
        return sc.p2pkh(payload[1:])
    if len(payload) == 21 and payload[0] == net.p2sh_version:
        return sc.p2sh(payload[1:])
    raise _bad("the version byte is of another network or kind")


def encode(script: bytes, network: str) -> str | None:
    """The address of an output script on `network`, or None when its kind has none."""
    net = prefixes(network)
    kind = sc.classify(script)
    if kind == sc.P2PKH:
        return base58check_encode(bytes([net.p2pkh_version]) + script[3:23])
    if kind == sc.P2SH:
        return base58check_encode(bytes([net.p2sh_version]) + script[2:22])
    if kind in (sc.P2WPKH, sc.P2WSH, sc.P2TR, sc.P2A, sc.WITNESS_UNKNOWN):
        version = script[0] - 0x50 if script[0] else 0
        return _bech32_encode(net.hrp, [version, *_regroup(script[2:], 8, 5, pad=True)], version)
    return None


def is_address(text: str, network: str) -> bool:
    """Whether `text` is an address of `network`, checksum included."""
    try:
        decode(text, network)
    except EvidenceError:
        return False
    return True


def base58check_encode(payload: bytes) -> str:
    """`payload` and its four-byte checksum as Base58 text."""
    data = payload + _checksum(payload)
    number, out = int.from_bytes(data), []
    while number:
        number, digit = divmod(number, 58)
        out.append(_BASE58[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(out))


def base58check_decode(text: str) -> bytes:
    """The payload of Base58Check `text`; EvidenceError for a wrong letter or checksum."""
    if not 5 <= len(text) <= 120:
        raise _bad("the length is of no address")
    number = 0
    for place, c in enumerate(text, 1):
        digit = _BASE58_VALUE.get(c)
        if digit is None:
            raise _bad(f"letter {place} is outside the Base58 alphabet")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    data = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
    if len(data) < 5 or _checksum(data[:-4]) != data[-4:]:
        raise _bad("the checksum is wrong")
    return data[:-4]


def _decode_witness(text: str, net: Prefixes) -> bytes:
    if len(text) > _MAX_LENGTH:
        raise _bad("it is too long")
    if not text.isascii():
        raise _bad("it is not ASCII")
    if text not in (text.lower(), text.upper()):
        raise _bad("upper and lower case are mixed")
    values = [_BECH32_VALUE.get(c, -1) for c in text.lower()[len(net.hrp) + 1 :]]
    if -1 in values:
        raise _bad(f"letter {len(net.hrp) + 2 + values.index(-1)} is outside the bech32 alphabet")
    if len(values) < 7:
        raise _bad("it is too short")
    version = values[0]
    if _polymod(_expand(net.hrp) + values) != (_BECH32M_CONST if version else _BECH32_CONST):
        raise _bad("the checksum is wrong for its witness version")
    program = bytes(_regroup(values[1:-6], 5, 8, pad=False))
    if version > 16 or not 2 <= len(program) <= 40 or (version == 0 and len(program) not in (20, 32)):
        raise _bad("no such witness program")
    return sc.witness(version, program)


def _bech32_encode(hrp: str, values: list[int], version: int) -> str:
    constant = _BECH32M_CONST if version else _BECH32_CONST
    rest = _polymod(_expand(hrp) + values + [0] * 6) ^ constant
    return hrp + "1" + "".join(_BECH32[v] for v in values + [(rest >> 5 * (5 - i)) & 31 for i in range(6)])


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            if top >> i & 1:
                check ^= generator
    return check


def _expand(hrp: str) -> list[int]:
    return [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]


def _regroup(data: bytes | list[int], width: int, to: int, *, pad: bool) -> list[int]:
    """Bits of `data` in groups of `width` regrouped by `to`; EvidenceError for padding that is too long or not zero."""
    held, bits, out = 0, 0, []
    for value in data:
        held = (held << width | value) & 0xFFFF
        bits += width
        while bits >= to:
            bits -= to
            out.append(held >> bits & ((1 << to) - 1))
    left = held & ((1 << bits) - 1)
    if pad and bits:
        out.append(left << (to - bits))
    if not pad and (bits >= width or left):
        raise _bad("the padding is wrong")
    return out


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]


def _bad(why: str) -> EvidenceError:
    return EvidenceError(f"not an address of this network: {why}")
