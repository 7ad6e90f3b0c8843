"""What a media file says of its own making: device, serial numbers, software, times, place; inside a worker only.

EXIF 3.0 (CIPA DC-008) of pictures, and the metadata of containers as ffmpeg names them. Each fact is a kind of KINDS
and a short text. What a file says of itself can be wrong or forged, and a copy made by a site mostly says nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import ExifTags, Image

from leadline.model.words import CHANGED, CREATED

KINDS = {
    "make": "maker of the device",
    "model": "model of the device",
    "serial": "serial number of the camera body",
    "lens_serial": "serial number of the lens",
    "software": "software that wrote the file",
    "owner": "owner or author as set in the device",
    "taken": "when the picture was taken, by the device's clock",
    "created": "when the container was made",
    "changed": "when the file was last changed by software that says so",
    "gps_time": "time of the position, by satellite, in UTC",
    "gps": "latitude and longitude in degrees",
    "hidden_frames": "frames of a film that its edit list leaves out, of those it stores",
    "clean_aperture": "lines that the container crops off each frame: left, right, top and bottom",
    "pictures": "pictures that a file says it is made of, or that stand beside its film, and those that were hashed",
    "bytes_behind": "bytes behind a picture that are no film and no picture",
}
"""The closed list of facts; the last four are counted here, and not in the file's own words."""
MOST, LONGEST = 32, 200
"""Facts of a file, and characters of one, that are kept: more is no camera's."""
Fact = tuple[str, str]

_BASE = ExifTags.Base
_PLAIN = {
    _BASE.Make: "make",
    _BASE.Model: "model",
    _BASE.Software: "software",
    _BASE.Artist: "owner",
    _BASE.CameraOwnerName: "owner",
    _BASE.BodySerialNumber: "serial",
    _BASE.LensSerialNumber: "lens_serial",
}
_TIMES = {
    _BASE.DateTimeOriginal: ("taken", _BASE.OffsetTimeOriginal),
    _BASE.DateTime: ("changed", _BASE.OffsetTime),
}
_TAGS = {
    "make": "make",
    "com.apple.quicktime.make": "make",
    "com.android.manufacturer": "make",
    "model": "model",
    "com.apple.quicktime.model": "model",
    "com.android.model": "model",
    "software": "software",
    "com.apple.quicktime.software": "software",
    "encoder": "software",
    "com.android.version": "software",
    "serial": "serial",
    "artist": "owner",
    "author": "owner",
    "com.apple.quicktime.creationdate": "taken",
    "date": "taken",
    "date_recorded": "taken",
    "creation_time": "created",
    "modification_time": "changed",
    "location": "gps",
    "com.apple.quicktime.location.iso6709": "gps",
}
"""Names of container metadata as ffmpeg gives them, in lower case."""
_ISO6709 = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)")
"""Latitude and longitude in degrees (ISO 6709, annex H), as telephones write them."""


def of_picture(image: Image.Image) -> list[Fact]:
    """The facts of a picture's EXIF; none where it is absent or makes no sense."""
    try:
        exif = image.getexif()
        inside = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file then says nothing
        return []
    return _kept([*_stated(inside), *_position(position)])


def of_film(metadata: str) -> list[Fact]:
    """The facts of a container, from ffmpeg's `ffmetadata` text: global lines and those of streams."""
    return _kept(_tags(metadata))


def _stated(inside: dict[int, Any]) -> Iterator[Fact]:
    for tag, kind in _PLAIN.items():
        if tag in inside:
            yield kind, _text(inside[tag])
    for tag, (kind, offset) in _TIMES.items():
        if tag in inside:
            yield kind, _text(inside[tag]) + _text(inside.get(offset, ""))


def _position(gps: dict[int, Any]) -> Iterator[Fact]:
    names = ExifTags.GPS
    try:
        degrees = [
            _degrees(gps[value], str(gps[side]))
            for value, side in (
                (names.GPSLatitude, names.GPSLatitudeRef),
                (names.GPSLongitude, names.GPSLongitudeRef),
            )
        ]
        yield "gps", "{:+.6f} {:+.6f}".format(*degrees)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        pass
    try:
        hours, minutes, seconds = (int(x) for x in gps[names.GPSTimeStamp])
        yield "gps_time", f"{_text(gps[names.GPSDateStamp])} {hours:02}:{minutes:02}:{seconds:02}Z"
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        pass


def _degrees(parts: Any, side: str) -> float:
    """Degrees, minutes and seconds as degrees, south and west below zero; ValueError for what is no such angle."""
    whole, minutes, seconds = (float(x) for x in parts)
    value = whole + minutes / 60 + seconds / 3600
    if not 0 <= value <= 180:
        raise ValueError
    return -value if side[:1].upper() in ("S", "W") else value


def _tags(metadata: str) -> Iterator[Fact]:
    for line in re.split(r"(?<!\\)\n", metadata):
        name, equals, value = line.partition("=")
        kind = _TAGS.get(name.lower())
        if not equals or kind is None:
            continue
        value = re.sub(r"\\(.)", r"\1", value, flags=re.S)
        if kind == "gps":
            found = _ISO6709.match(value)
            value = f"{float(found[1]):+.6f} {float(found[2]):+.6f}" if found else ""
        yield kind, value.partition(";")[0] if kind in (CREATED, CHANGED) else value


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _kept(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, without control characters and outer spaces, in order of kind and text; empty ones are none."""
    plain = {(kind, " ".join("".join(c if c.isprintable() else " " for c in text).split())) for kind, text in facts}
    return sorted((kind, text[:LONGEST]) for kind, text in plain if text)[:MOST]
