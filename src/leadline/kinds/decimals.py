"""Decimal numbers as text, exactly: no float anywhere."""

import re

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,40})(?:\.(?P<part>[0-9]{0,400}))?(?:[eE](?P<power>[+-]?[0-9]{1,3}))?"
)


def scaled(text: str, places: int) -> int | None:
    """The number times ten to the power of `places`; None where it is no whole one then, or the text is no number.

    ``1e-8`` at eight places is 1, and ``0.000000015`` is None.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    part = found["part"] or ""
    digits = found["whole"] + part
    shift = places + int(found["power"] or 0) - len(part)
    if shift < 0 and digits[shift:].strip("0"):
        return None
    value = int(digits + "0" * shift if shift >= 0 else digits[:shift] or "0")
    return -value if found["sign"] == "-" else value
