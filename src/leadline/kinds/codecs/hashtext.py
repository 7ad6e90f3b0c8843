"""Hash values as lists write them: hexadecimal in any case, or base64."""

import base64
import binascii

from leadline.model.meanings import NOT_HEX


def value_of(text: str) -> tuple[bytes, str | None]:
    """(bytes, None), or (the text itself as UTF-8, "not_hex") when it is neither hexadecimal nor base64.

    A base64 text is taken as such only when it is no hexadecimal; surrounding white space is dropped.
    """
    text = text.strip()
    try:
        return bytes.fromhex(text), None
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True), None
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace"), NOT_HEX


def quality_of(text: str) -> int | None:
    """A quality from 0 to 100, or None when the text is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= 100 else None
