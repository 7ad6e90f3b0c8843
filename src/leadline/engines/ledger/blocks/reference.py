"""What the kernel that reads undo records does, in plain Python: slow, and what the tests hold it to."""

from leadline.kinds.bitcoin import script as sc

PRIME = 2**256 - 2**32 - 977
"""Of secp256k1's field."""


def undo(record: bytes) -> list[list[tuple[int, bytes]]]:
    """(satoshi, script) of what every input spent, by transaction without the coinbase, from an undo record."""
    at = 0

    def varint() -> int:
        nonlocal at
        n = 0
        while record[at] & 0x80:
            n = (n << 7 | record[at] & 0x7F) + 1
            at += 1
        at += 1
        return n << 7 | record[at - 1]

    def count() -> int:
        nonlocal at
        size = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(record[at], 0)
        at += 1 + size
        return int.from_bytes(record[at - size : at], "little") if size else record[at - 1]

    def coin() -> tuple[int, bytes]:
        nonlocal at
        if varint() > 1:
            varint()
        packed, kind = varint(), varint()
        size = 20 if kind < 2 else 32 if kind < 6 else kind - 6
        at += size
        held = record[at - size : at]
        if kind in (4, 5):
            y = pow(int.from_bytes(held, "big") ** 3 + 7, (PRIME + 1) // 4, PRIME)
            held = b"\4" + held + (y if y % 2 == kind % 2 else PRIME - y).to_bytes(32, "big")
        elif kind in (2, 3):
            held = bytes([kind]) + held
        makers = (sc.p2pkh, sc.p2sh, sc.p2pk, sc.p2pk, sc.p2pk, sc.p2pk)
        return satoshi(packed), makers[kind](held) if kind < 6 else held

    return [[coin() for _ in range(count())] for _ in range(count())]


def satoshi(packed: int) -> int:
    """Satoshi from their compressed form (Bitcoin Core, DecompressAmount)."""
    if not packed:
        return 0
    rest, zeros = divmod(packed - 1, 10)
    digits = rest // 9 * 10 + rest % 9 + 1 if zeros < 9 else rest + 1
    return int(digits * 10**zeros)
