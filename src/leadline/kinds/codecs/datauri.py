"""Base64 as it stands in pages, dumps and cells: tolerant of white space, both alphabets and missing padding."""

import base64
import binascii
import re

_FOREIGN = re.compile(r"[^A-Za-z0-9+/]")


def base64_bytes(text: str) -> bytes:
    """The bytes of base64 text; nothing when no byte can be decoded. Letters outside both alphabets are skipped."""
    tight = _FOREIGN.sub("", text.replace("-", "+").replace("_", "/"))
    tight = tight[: len(tight) - (len(tight) % 4 == 1)]
    try:
        return base64.b64decode(tight + "=" * (-len(tight) % 4))
    except binascii.Error:
        return b""
