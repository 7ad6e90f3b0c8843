"""Films of drawn patterns: JPEG pictures in a Matroska file (RFC 9559), the same bytes on every machine.

No encoder is run, so that a film depends on nothing but the pictures. Each is shown for drawings.FRAME_MS.
"""

import io
import struct
from collections.abc import Sequence

from PIL import Image

from leadline.scenario.drawings import FRAME_MS, SCENE, encoded

QUALITY = 90
"""JPEG quality of a film as it was made; a copy has less."""
SCENES = 8
"""Scenes of a film, each another pattern: four seconds, so that a trimmed copy still shares more than two."""
_START = b"\xff\xd8\xff\xe0"
"""How every picture in our films begins: a JPEG's start and its JFIF segment."""


def film(pictures: Sequence[Image.Image], quality: int = QUALITY) -> bytes:
    """The pictures (all of drawings.SCENE's size) as a film; its copies differ from it in every byte of a picture."""
    frames = [encoded(picture, "JPEG", quality) for picture in pictures]
    head = _master(
        0x1A45DFA3,
        (0x4286, b"\x01"), (0x42F7, b"\x01"), (0x42F2, b"\x04"), (0x42F3, b"\x08"),
        (0x4282, b"matroska"), (0x4287, b"\x02"), (0x4285, b"\x02"),
    )  # fmt: skip
    facts = _master(
        0x1549A966,
        (0x2AD7B1, (1_000_000).to_bytes(3)),
        (0x4489, struct.pack(">d", float(FRAME_MS * len(frames)))),
        (0x4D80, b"drawn"),
        (0x5741, b"drawn"),
    )
    shape = _master(0xE0, (0xB0, SCENE[0].to_bytes(2)), (0xBA, SCENE[1].to_bytes(2)))
    lasting = (FRAME_MS * 1_000_000).to_bytes(4)
    track = _inside(0xD7, b"\x01") + _inside(0x73C5, b"\x01") + _inside(0x83, b"\x01") + _inside(0x86, b"V_MJPEG")
    tracks = _inside(0x1654AE6B, _inside(0xAE, track + _inside(0x23E383, lasting) + shape))
    blocks = b"".join(
        _inside(0xA3, b"\x81" + (n * FRAME_MS).to_bytes(2) + b"\x80" + frame) for n, frame in enumerate(frames)
    )
    cluster = _inside(0x1F43B675, _inside(0xE7, b"\x00") + blocks)
    return head + _inside(0x18538067, facts + tracks + cluster)


def scenes(data: bytes) -> list[Image.Image]:
    """The pictures of a film made by `film`."""
    starts = [at for at in range(len(data)) if data.startswith(_START, at)]
    return [Image.open(io.BytesIO(data[at:])).convert("RGB") for at in starts]


def _master(id_: int, *children: tuple[int, bytes]) -> bytes:
    return _inside(id_, b"".join(_inside(child, content) for child, content in children))


def _inside(id_: int, content: bytes) -> bytes:
    """An element: id, size in eight bytes, content."""
    return id_.to_bytes((id_.bit_length() + 7) // 8) + b"\x01" + len(content).to_bytes(7) + content
