"""What media say of their own making: EXIF and containers, serials made comparable, times with every zone there is."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import ExifTags, Image

from leadline.engines.media import ffmpeg, hash_files
from leadline.engines.media.facts import KINDS, LONGEST, MOST, of_film
from leadline.model.progress import silent
from leadline.steps.intake import facts


def picture(path: Path, **tags: object) -> Path:
    """A drawn JPEG whose EXIF holds these tags, those of position under `gps`."""
    exif = Image.Exif()
    inside = exif.get_ifd(ExifTags.IFD.Exif)
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for name, value in tags.items():
        if name == "gps":
            assert isinstance(value, dict)
            position.update({ExifTags.GPS[k].value: v for k, v in value.items()})
        elif name in ("Make", "Model", "Software", "DateTime", "Artist"):
            exif[ExifTags.Base[name].value] = value
        else:
            inside[ExifTags.Base[name].value] = value
    rng = np.random.Generator(np.random.PCG64(1))
    Image.fromarray(rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)).save(path, exif=exif)
    return path


def stated(*paths: Path) -> list[tuple[int, str, str]]:
    hashed = hash_files(list(paths), silent, 1)
    return [(r["index"], r["kind"], r["value"]) for r in hashed.facts.to_pylist()]


def test_a_picture_says_who_made_it(tmp_path: Path) -> None:
    full = picture(
        tmp_path / "a.jpg", Make="Acme ", Model="X 1", Software="Edit\x00 2\n3", BodySerialNumber="0012-34ab",
        DateTimeOriginal="2017:06:01 10:00:00", OffsetTimeOriginal="+02:00", DateTime="2017:06:02 10:00:00",
        gps={"GPSLatitudeRef": "S", "GPSLatitude": (33.0, 30.0, 36.0), "GPSLongitudeRef": "E",
             "GPSLongitude": (151.0, 0.0, 0.0), "GPSDateStamp": "2017:06:01", "GPSTimeStamp": (7.0, 59.0, 58.0)},
    )  # fmt: skip
    plain = picture(tmp_path / "b.jpg")
    assert stated(full, plain) == [
        (0, "changed", "2017:06:02 10:00:00"), (0, "gps", "-33.510000 +151.000000"),
        (0, "gps_time", "2017:06:01 07:59:58Z"), (0, "make", "Acme"), (0, "model", "X 1"),
        (0, "serial", "0012-34ab"), (0, "software", "Edit 2 3"), (0, "taken", "2017:06:01 10:00:00+02:00"),
    ]  # fmt: skip


def test_a_film_says_who_made_it(tmp_path: Path) -> None:
    out = tmp_path / "a.mov"
    drawn = ("-f", "lavfi", "-t", "1", "-i", "testsrc=s=64x48:r=10", "-c:v", "mjpeg", "-movflags", "use_metadata_tags")
    tags = {
        "com.apple.quicktime.make": "Acme", "com.apple.quicktime.model": "X;1=2",
        "com.apple.quicktime.creationdate": "2017-06-01T10:00:00+0200", "location": "+48.8582+002.2945/",
        "creation_time": "2017-06-01T08:00:05Z", "title": "make=forged",
    }  # fmt: skip
    options = [part for name, value in tags.items() for part in ("-metadata", f"{name}={value}")]
    subprocess.run([ffmpeg.program(), "-v", "error", *drawn, *options, str(out)], check=True)
    seen = [(kind, value) for _, kind, value in stated(out)]
    assert {"created", "gps", "make", "model", "software", "taken"} == {kind for kind, _ in seen}
    assert {("make", "Acme"), ("model", "X;1=2"), ("gps", "+48.858200 +2.294500")} <= set(seen)
    assert {("taken", "2017-06-01T10:00:00+0200"), ("created", "2017-06-01T08:00:05.000000Z")} <= set(seen)
    assert {kind for kind, _ in seen} <= set(KINDS)


def test_hostile_facts_stay_short(tmp_path: Path) -> None:
    long = picture(tmp_path / "a.jpg", Make="m" * 9000, BodySerialNumber="\x1b[31m7\u202e8")
    assert [(k, len(v)) for _, k, v in stated(long)] == [("make", LONGEST), ("serial", 7)]
    many = "".join(f"make=m{n}\n" for n in range(500))
    assert len(of_film(";FFMETADATA1\n" + many)) == MOST
    assert of_film("location=+99\ncreation_time\n=x\n\\\n") == []


TIMES = {
    "2017:06:01 10:00:00+02:00": ("2017-06-01 08:00:00", "2017-06-01 08:00:00", "none"),
    "2017-06-01T10:00:00+0200": ("2017-06-01 08:00:00", "2017-06-01 08:00:00", "none"),
    "2017:06:01 07:59:58Z": ("2017-06-01 07:59:58", "2017-06-01 07:59:58", "none"),
    "2017:06:01 10:00:00": ("2017-05-31 20:00:00", "2017-06-01 22:00:00", "no_zone"),
    "2017-06-01T08:00:05.000000Z": ("2017-05-31 18:00:05", "2017-06-01 20:00:05", "no_zone"),
    "0000:00:00 00:00:00": (None, None, "unknown"),
    "yesterday": (None, None, "unknown"),
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_without_a_zone_covers_every_zone(text: str) -> None:
    table = pa.table({"index": [0], "kind": ["taken"], "value": [text]})
    made = {name: column[0].as_py() for name, column in facts.columns(table).items()}
    low, high, doubt = TIMES[text]
    expected = [datetime.fromisoformat(t).replace(tzinfo=UTC) if t else None for t in (low, high)]
    assert [made["utc_low"], made["utc_high"], made["doubt"], made["source_text"]] == [*expected, doubt, text]
    assert made["normal"] is None


def test_serials_are_made_comparable() -> None:
    values = ["0012-34ab", " 001234AB", "0000000", "none", "123456", "XXXX", "A1"]
    table = pa.table({"index": range(7), "kind": ["serial"] * 7, "value": values})
    assert facts.columns(table)["normal"].to_pylist() == ["001234AB", "001234AB", None, None, None, None, "A1"]


def test_makers_are_compared_by_name_and_kept_as_stated(tmp_path: Path) -> None:
    spelt = ("Canon", "Canon Inc.", "CANON\0\0 ", "Canon  ")
    paths = [picture(tmp_path / f"{n}.jpg", Make=text, Model="EOS") for n, text in enumerate(spelt)]
    columns = facts.columns(hash_files(paths, silent, 1).facts)
    rows = [
        (kind, value, normal)
        for kind, value, normal in zip(*(columns[c].to_pylist() for c in ("kind", "value", "normal")), strict=True)
        if kind == "make"
    ]
    assert [r[1] for r in rows] == ["Canon", "Canon Inc.", "CANON", "Canon"] and {r[2] for r in rows} == {"canon"}
