"""What is read of every container: scenes of it found within 31 bits, for the decoders of this machine.

    LEADLINE_PHOTOS=build/photos/pictures python -m benchmarks.matching.containers

Writes docs/containers.json and the table of docs/matching.md. Outside truth: the pictures are photographs, and every
file is made here of them by Pillow, ffmpeg or heif-enc (of libheif, a program of its own: its encoder x265 is GPL and
never loaded here), so what it stores, shows and hides is known. A picture counts as found
when some hash of its file lies within 31 bits of its own; a scene lasts half a second.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from leadline.engines.media import decoders, ffmpeg, hash_files
from leadline.flow.calibrate import files_below
from leadline.kinds.hashers import pdq
from leadline.steps.validation import wilson

ROOT = Path(__file__).resolve().parents[2]
FIGURES, PAGE = ROOT / "docs" / "containers.json", ROOT / "docs" / "matching.md"
BEGIN, END = "<!-- figures of benchmarks/matching/containers.py -->", "<!-- end of containers -->"
COUNT, SIZE, RATE = 40, (384, 288), 10
"""Photographs, pixels of a scene, and frames a second of a film; each stands still for RATE / 2 frames."""
APART = 60
"""Bits by which the pictures differ from each other at least."""
HEIF_ENC = Path(os.environ.get("LEADLINE_HEIF_ENC", "build/photos/encoder/usr/bin/heif-enc"))
"""The encoder of HEIC, where photos.py unpacks it."""
Made = Callable[[list[Image.Image], Path], None]


def pillow(form: str, mode: str = "RGB", **options: Any) -> Made:
    """A file a picture, by Pillow."""

    def make(pictures: list[Image.Image], folder: Path) -> None:
        for n, picture in enumerate(pictures):
            picture.convert(mode).save(folder / f"{n:02}", form, **options)

    return make


def deep(pictures: list[Image.Image], folder: Path) -> None:
    """16-bit grey PNG."""
    for n, picture in enumerate(pictures):
        Image.fromarray(np.asarray(picture.convert("L"), np.uint16) * 257).save(folder / f"{n:02}", "PNG")


def jxl(pictures: list[Image.Image], folder: Path) -> None:
    """A JPEG XL a picture, by ffmpeg."""
    for n, picture in enumerate(pictures):
        _ffmpeg(folder / f"{n:02}.jxl", *_raw(1), "-pix_fmt", "rgb24", "-c:v", "libjxl", data=picture.tobytes())


def moving(form: str) -> Made:
    """One animation of all pictures, by Pillow."""

    def make(pictures: list[Image.Image], folder: Path) -> None:
        first, *rest = pictures
        first.save(folder / "all", form, save_all=True, append_images=rest, duration=500)

    return make


def film(name: str, *options: str, cut: bool = False) -> Made:
    """One film of all pictures, by ffmpeg; `cut` to its last half second by an edit list."""

    def make(pictures: list[Image.Image], folder: Path) -> None:
        whole = folder / name
        frames = b"".join(picture.tobytes() * (RATE // 2) for picture in pictures)
        _ffmpeg(whole, *_raw(RATE), "-pix_fmt", "yuv420p", *options, data=frames)
        if cut:
            _ffmpeg(folder / f"cut-{name}", "-ss", str(len(pictures) / 2 - 0.5), "-i", str(whole), "-c", "copy")
            whole.unlink()

    return make


def behind(pictures: list[Image.Image], folder: Path) -> None:
    """All pictures as a film behind the first as JPEG."""
    film("film.mp4", "-c:v", "libx264", "-crf", "23")(pictures, folder)
    photograph = io.BytesIO()
    pictures[0].save(photograph, "JPEG")
    (folder / "moving.jpg").write_bytes(photograph.getvalue() + (folder / "film.mp4").read_bytes())
    (folder / "film.mp4").unlink()


def heic(pictures: list[Image.Image], folder: Path) -> None:
    """A HEIC a picture, by heif-enc at its default quality."""
    for n, picture in enumerate(pictures):
        source = folder / f"{n:02}.png"
        picture.save(source)
        subprocess.run([HEIF_ENC, "-o", folder / f"{n:02}.heic", source], check=True, capture_output=True)
        source.unlink()


def behind_heic(pictures: list[Image.Image], folder: Path) -> None:
    """All pictures as a film in the `mpvd` box of the first as HEIC (Android, Motion Photo format 1.0)."""
    film("film.mp4", *H264)(pictures, folder)
    heic(pictures[:1], folder)
    data = (folder / "film.mp4").read_bytes()
    with (folder / "00.heic").open("ab") as file:
        file.write((8 + len(data)).to_bytes(4, "big") + b"mpvd" + data)
    (folder / "film.mp4").unlink()


H264 = ("-c:v", "libx264", "-crf", "23", "-g", "10000", "-sc_threshold", "0")
CONTAINERS: dict[str, Made] = {
    "JPEG, quality 75": pillow("JPEG", quality=75),
    "JPEG, progressive": pillow("JPEG", quality=75, progressive=True),
    "JPEG, CMYK": pillow("JPEG", "CMYK", quality=90),
    "PNG": pillow("PNG"),
    "PNG, palette": pillow("PNG", "P"),
    "PNG, 16-bit grey": deep,
    "GIF": pillow("GIF"),
    "WebP": pillow("WEBP", quality=75),
    "AVIF": pillow("AVIF", quality=70, speed=9),
    "TIFF": pillow("TIFF"),
    "BMP": pillow("BMP"),
    "JPEG 2000": pillow("JPEG2000"),
    "JPEG XL": jxl,
    "HEIC": heic,
    "GIF, animated": moving("GIF"),
    "WebP, animated": moving("WEBP"),
    "AVIF, animated": moving("AVIF"),
    "MP4, H.264": film("a.mp4", *H264),
    "MP4, H.265": film("a.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "MP4, H.266 (VVC)": film("a.mp4", "-c:v", "libvvenc", "-preset", "faster"),
    "MP4, AV1": film("a.mp4", "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"),
    "MP4, H.264, all but the last scene left out by its edit list": film("a.mp4", *H264, cut=True),
    "QuickTime, H.264, all but the last scene left out by its edit list": film("a.mov", *H264, cut=True),
    "JPEG with a film behind it (Motion Photo)": behind,
    "HEIC with a film in its `mpvd` box (Motion Photo)": behind_heic,
    "Matroska, H.264": film("a.mkv", *H264),
    "WebM, VP8": film("a.webm", "-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M"),
    "WebM, VP9": film("a.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"),
    "AVI, MPEG-4": film("a.avi", "-c:v", "mpeg4", "-q:v", "4"),
    "MPEG-TS, H.264": film("a.ts", *H264),
    "MPEG, MPEG-2": film("a.mpg", "-r", "25", "-c:v", "mpeg2video", "-q:v", "4"),
    "3GP, H.263": film("a.3gp", "-s", "352x288", "-c:v", "h263", "-q:v", "4"),
    "WMV 8": film("a.wmv", "-c:v", "wmv2", "-q:v", "4"),
    "Flash, FLV1": film("a.flv", "-c:v", "flv", "-q:v", "4"),
    "Ogg, Theora": film("a.ogv", "-c:v", "libtheora", "-q:v", "7"),
}
"""How a file of each kind is made."""


def main() -> int:
    """Measures every container and writes the figures and the table."""
    pictures = list(chosen([Path(p) for p in os.environ["LEADLINE_PHOTOS"].split()]))
    own = [pdq.hash_rgb(np.asarray(picture))[0] for picture in pictures]
    rows = []
    for name, make in CONTAINERS.items():
        with tempfile.TemporaryDirectory() as scratch:
            make(pictures, Path(scratch))
            hashed = hash_files(files_below(Path(scratch)), lambda *_: None)
        kept = [s["value"] for s in hashed.signatures.to_pylist() if s["hasher"] == pdq.NAME]
        found = sum(any(_bits(value, one) <= pdq.RADIUS for one in kept) for value in own)
        low, high = wilson(found, len(own))
        rows.append({"what": name, "n": len(own), "found": found, "low_ppm": low, "high_ppm": high})
        print(f"{name}: {found} of {len(own)}", file=sys.stderr)
    said = subprocess.run([HEIF_ENC, "--help"], check=False, capture_output=True, text=True)
    version = (said.stdout + said.stderr).partition("libheif version: ")[2].split()[0]
    figures = {"decoders": decoders(), "heif_enc": version, "rows": rows}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{section(figures)}{rest.partition(END)[2]}", encoding="utf-8")
    return 0


def chosen(places: list[Path]) -> Iterator[Image.Image]:
    """The first COUNT photographs of good quality that resemble none before, each as a scene."""
    values: list[bytes] = []
    for path in (path for place in places for path in files_below(place)):
        try:
            with Image.open(path) as image:
                picture = image.convert("RGB").resize(SIZE)
        except Exception:  # noqa: BLE001 - what is no picture is not tried
            continue
        value, quality = pdq.hash_rgb(np.asarray(picture))
        if quality < 90 or any(_bits(value, other) <= APART for other in values):
            continue
        values.append(value)
        yield picture
        if len(values) == COUNT:
            return


def section(figures: dict[str, Any]) -> str:
    """The table as the page shows it."""
    with_ = ", ".join(f"{name} {version}" for name, version in figures["decoders"].items())
    made = f"HEIC written by heif-enc {figures['heif_enc']}"
    lines = [BEGIN, "", f"Measured with {with_}; {made}:", "", "| file | pictures found within 31 bits |", "|---|---|"]
    for row in figures["rows"]:
        interval = f"{row['low_ppm'] / 1e4:.1f} to {row['high_ppm'] / 1e4:.1f}"
        share = row["found"] * 100 / row["n"]
        lines.append(f"| {row['what']} | {share:.1f} % ({row['found']} of {row['n']}; {interval}) |")
    return "\n".join([*lines, "", END])


def _raw(rate: int) -> tuple[str, ...]:
    return ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(rate), "-i", "pipe:0")


def _ffmpeg(out: Path, *arguments: str, data: bytes = b"") -> None:
    command = [ffmpeg.program(), "-v", "error", "-y", *arguments, "-bitexact", str(out)]
    subprocess.run(command, input=data, check=True)


def _bits(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


if __name__ == "__main__":
    sys.exit(main())
