"""Makes a folder of more than 200 media files as no one would wish them, each with what may become of it.

`make(folder)` gives {name: the statuses and reasons allowed}; entries that are no files come on top. The same bytes
every time: patterns are drawn, damage is drawn from a seed. ``python torture.py FOLDER`` makes it by hand.
"""

import gzip
import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from leadline.engines.media import ffmpeg

Made = tuple[str, bytes, str]
"""Name, bytes, and a word for what may become of it: see ALLOWED."""
WHOLE = frozenset({("decoded", None)})
FAILED = frozenset(
    ("undecodable", reason)
    for reason in ("broken", "truncated", "no_decoder", "no_video", "memory", "too_many_pixels", "crashed")
) | {("timeout", "timeout")}
ALLOWED = {
    "whole": WHOLE,
    "hurt": WHOLE | FAILED | {("decoded", "partial"), ("decoded", "damaged")},
    "cut": FAILED | {("decoded", "partial")},
    "no": FAILED,
    "not media": frozenset({("undecodable", "not_media")}),
    "empty": frozenset({("undecodable", "empty")}),
    "capped": frozenset({("decoded", "capped")}),
    "pixels": frozenset({("undecodable", "too_many_pixels"), ("undecodable", "memory"), ("undecodable", "broken")}),
}


def pattern(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A drawn pattern of blocks."""
    rng = np.random.Generator(np.random.PCG64(seed))
    small = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    return small.resize(size, Image.Resampling.NEAREST)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def film(*options: str, form: str, scenes: int = 3, size: tuple[int, int] = (160, 120), first: int = 0) -> bytes:
    """Scenes of half a second each, encoded by ffmpeg."""
    raw = b"".join(pattern(s, size).tobytes() * 6 for s in range(first, first + scenes))
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"torture-{os.getpid()}.{form}"
    command = [ffmpeg.program(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{size[0]}x{size[1]}", "-r", "12", "-i", "-", *options, "-bitexact", str(place)]
    try:
        subprocess.run(command, input=raw, check=True)
        return place.read_bytes()
    finally:
        place.unlink(missing_ok=True)


def heic(seed: int) -> bytes:
    """A HEIC picture (ISO/IEC 23008-12): one HEVC frame of ffmpeg's, with its parameter sets, in boxes made by hand."""
    size = (192, 128)
    coded = ("-c:v", "libx265", "-preset", "ultrafast", "-frames:v", "1", "-tag:v", "hvc1", "-pix_fmt", "yuv420p")
    whole = film(*coded, "-x265-params", "log-level=none:qp=8", form="mp4", scenes=1, size=size, first=seed)
    sets, data = _box_at(whole, b"hvcC"), _box_at(whole, b"mdat")[8:]

    def box(kind: bytes, *parts: bytes) -> bytes:
        return struct.pack(">I", 8 + sum(map(len, parts))) + kind + b"".join(parts)

    zero = bytes(4)
    head = box(b"ftyp", b"heic", zero, b"mif1heic")
    handler = box(b"hdlr", zero, zero, b"pict", bytes(13))
    entry = box(b"infe", b"\x02\0\0\0", struct.pack(">HH", 1, 0), b"hvc1", b"\0")
    extent = box(b"ispe", zero, struct.pack(">II", *size))
    owned = box(b"iprp", box(b"ipco", sets, extent), box(b"ipma", zero, struct.pack(">IHBBB", 1, 1, 2, 0x81, 2)))

    def meta(offset: int) -> bytes:
        where = struct.pack(">HHHHHII", 0x4400, 1, 1, 0, 1, offset, len(data))
        return box(b"meta", zero, handler, box(b"pitm", zero, b"\0\1"), box(b"iloc", zero, where),
                   box(b"iinf", zero, b"\0\1", entry), owned)  # fmt: skip

    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", data)


def _box_at(data: bytes, kind: bytes) -> bytes:
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4])]


def png(width: int, height: int, *chunks: tuple[bytes, bytes], depth: int = 8, kind: int = 2) -> bytes:
    """A PNG whose header says what it likes."""
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def samples() -> dict[str, bytes]:
    """A sound file of every sort, by extension."""
    image = pattern(1)
    pages = [pattern(s, (64, 48)) for s in range(4)]
    many = {"save_all": True, "append_images": pages[1:]}
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "6", "-pix_fmt", "yuv420p")
    return {
        "jpg": encoded(image, "JPEG", quality=80),
        "progressive.jpg": encoded(image, "JPEG", quality=80, progressive=True),
        "png": encoded(image, "PNG"),
        "gif": encoded(pages[0], "GIF", duration=80, **many),
        "webp": encoded(pages[0], "WEBP", duration=80, **many),
        "apng": encoded(pages[0], "PNG", duration=80, **many),
        "avif": encoded(image, "AVIF"),
        "heic": heic(1),
        "tif": encoded(pages[0], "TIFF", **many),
        "bmp": encoded(image, "BMP"),
        "jp2": encoded(image, "JPEG2000"),
        "mp4": film(*h264, form="mp4"),
        "mkv": film(*h264, form="mkv"),
        "avi": film("-c:v", "mpeg4", form="avi"),
        "ts": film(*h264, form="ts"),
        "webm": film("-c:v", "libvpx", "-deadline", "realtime", form="webm"),
        "mpg": film("-c:v", "mpeg1video", "-r", "25", form="mpg"),
        "flv": film("-c:v", "flv", form="flv"),
    }


def modes() -> Iterator[Made]:
    """Odd colour modes, tiny and thin pictures."""
    image = pattern(2)
    for mode, form in (
        ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("CMYK", "JPEG"), ("YCbCr", "JPEG"),
        ("L", "JPEG"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("1", "TIFF"), ("F", "TIFF"), ("RGBA", "WEBP"), ("P", "GIF"),
    ):  # fmt: skip
        odd = image.convert("RGB").convert("L").convert(mode) if mode == "F" else _converted(image, mode)
        yield f"mode-{mode}.{form.lower()}", encoded(odd, form), "whole"
    deep = Image.fromarray((np.arange(4800, dtype=np.uint16) * 13).reshape(60, 80))
    yield "mode-16.png", encoded(deep, "PNG"), "whole"
    yield "mode-16.tif", encoded(deep, "TIFF"), "whole"
    for width, height in ((1, 1), (1, 900), (900, 1), (3, 2), (64, 64)):
        yield f"size-{width}-{height}.png", encoded(pattern(3, (width, height)), "PNG"), "whole"
    turned = Image.Exif()
    turned[0x0112] = 6
    yield "orientation.jpg", encoded(image, "JPEG", exif=turned), "whole"


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if mode != "LAB":
        return image.convert(mode)
    return Image.merge("LAB", image.split())


def damaged(sound: dict[str, bytes]) -> Iterator[Made]:
    """Each sample cut, zero-filled and with flipped bits."""
    for number, (kind, data) in enumerate(sorted(sound.items())):
        draw = random.Random(number)
        film_ = kind in ("mp4", "mkv", "avi", "ts", "webm", "mpg", "flv")
        for share in (10, 50, 90):
            at = len(data) * share // 100
            state = "cut" if not film_ and share == 50 and kind not in ("gif", "webp", "apng", "tif") else "hurt"
            yield f"cut-{share}.{kind}", data[:at], state
            yield f"zero-{share}.{kind}", data[:at] + bytes(len(data) - at), "hurt"
        for times in (8, 200):
            flipped = bytearray(data)
            for _ in range(times):
                flipped[draw.randrange(12, len(data))] ^= 1 << draw.randrange(8)
            yield f"flip-{times}.{kind}", bytes(flipped), "hurt"


def bombs() -> Iterator[Made]:
    """More pixels, pages and bytes than anyone can hold."""
    row = zlib.compress(bytes(30_001 * 3), 9)
    yield "bomb-claims.png", png(60_000, 60_000, (b"IDAT", row)), "pixels"
    yield "bomb-widest.png", png(2**31 - 1, 1, (b"IDAT", row)), "pixels"
    yield "bomb-nothing.png", png(0, 0, (b"IDAT", row)), "no"
    packed = zlib.compressobj(9)
    grey = b"".join(packed.compress(bytes(1 << 20)) for _ in range(900)) + packed.flush()
    yield "bomb-real.png", png(30_000, 30_000, (b"IDAT", grey), kind=0), "pixels"
    text = zlib.compress(bytes(64 << 20), 9)
    sound = encoded(pattern(4), "PNG")
    yield "bomb-text.png", sound[:33] + png(1, 1, (b"zTXt", b"a\0\0" + text))[33:-12] + sound[33:], "hurt"
    profile = b"a\0\0" + zlib.compress(bytes(200 << 20), 9)
    yield "bomb-profile.png", sound[:33] + png(1, 1, (b"iCCP", profile))[33:-12] + sound[33:], "whole"
    jpeg = bytearray(encoded(pattern(4), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    yield "bomb.jpg", bytes(jpeg), "pixels"
    yield "bomb.gif", b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b";", "no"
    gif = encoded(pattern(0, (8, 8)), "GIF", save_all=True, duration=20, loop=0,
                  append_images=[pattern(s, (8, 8)) for s in range(1, 2101)])  # fmt: skip
    yield "many.gif", gif, "capped"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("../../etc/escape.jpg", bytes(32 << 20))
    yield "bomb.zip", whole.getvalue(), "not media"
    yield "bomb.gz", gzip.compress(bytes(32 << 20), mtime=0), "not media"
    wide = film("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", form="mp4", scenes=1)
    at = wide.index(b"avc1") + 28
    yield "bomb.mp4", wide[:at] + struct.pack(">HH", 65_535, 65_535) + wide[at + 4 :], "hurt"
    still = ("-vf", "scale=9000:9000", "-frames:v", "1", "-c:v", "mjpeg", "-strict", "unofficial")
    yield "bomb.avi", film(*still, form="avi", scenes=1), "no"


def strange(sound: dict[str, bytes]) -> Iterator[Made]:
    """Names that lie, files that are two things, and files that are none."""
    yield "empty.jpg", b"", "empty"
    yield "empty.mp4", b"", "empty"
    yield "words.jpg", b"plain words, no picture\n", "not media"
    yield "page.png", b"<!doctype html><p>words</p>", "not media"
    yield "list.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not media"
    yield "parts.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "not media"
    yield "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "no"
    itself = b"Exif\0\0" + struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0x8769, 4, 1, 8, 8)
    yield "exif-loop.jpg", encoded(pattern(5), "JPEG", exif=itself), "whole"
    beyond = struct.pack("<2sHIHIHHHIIHHIII", b"II", 42, 8, 0, 14, 2, 0x0201, 4, 1, 1 << 31, 0x0202, 4, 1, 1 << 31, 0)
    yield "exif-beyond.jpg", encoded(pattern(5), "JPEG", exif=b"Exif\0\0" + beyond)[:-900], "cut"
    tiff = bytearray(encoded(pattern(5, (16, 16)), "TIFF"))
    first = int.from_bytes(tiff[4:8], "little")
    end = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], "little")
    yield "pages-loop.tif", bytes(tiff[:end]) + struct.pack("<I", first) + bytes(tiff[end + 4 :]), "whole"
    wide = film("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", form="ts", size=(320, 240), first=3)
    yield "two-sizes.ts", sound["ts"] + wide, "whole"
    yield "picture.mp4", sound["jpg"], "whole"
    yield "film.jpg", sound["mp4"], "whole"
    yield "film.txt", sound["mkv"], "whole"
    yield "no-extension", sound["png"], "whole"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as pack:
        pack.writestr("a.txt", "words")
    yield "two-things.jpg", sound["jpg"] + zipped.getvalue(), "whole"
    yield "two-films.mp4", sound["mp4"] + sound["mp4"], "hurt"
    yield "head-only.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "no"
    yield "noise.mkv", b"\x1aE\xdf\xa3" + random.Random(5).randbytes(4000), "no"
    yield "noise.jpg", b"\xff\xd8\xff\xe0" + random.Random(6).randbytes(4000), "no"
    yield "noise.webp", b"RIFF\x00\x10\0\0WEBPVP8 " + random.Random(7).randbytes(4000), "no"
    yield "noise.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(8).randbytes(900), "no"
    yield "noise.avif", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + random.Random(9).randbytes(900), "no"
    sine = ("-f", "lavfi", "-t", "1", "-i", "sine")
    yield "sound.mkv", film(*sine, "-map", "1", form="mkv", scenes=1), "no"
    yield "no-times.h264", film("-c:v", "libx264", "-preset", "ultrafast", form="h264"), "whole"
    loop = sound["gif"].replace(b"NETSCAPE2.0\x03\x01\0\0", b"NETSCAPE2.0\x03\x01\xff\xff")
    yield "loop.gif", loop, "whole"
    nested = b"\0\0\0\x10moov" + b"\0\0\0\x08moov" * 4000
    yield "nested.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + nested, "no"
    yield "endless-box.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + struct.pack(">I4sQ", 1, b"mdat", 2**62), "no"
    yield "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", sound["jpg"], "whole"
    yield "line\nbreak %0A.png", sound["png"], "whole"
    yield "-rf.jpg", sound["jpg"], "whole"
    yield "$(reboot);'\".mp4", sound["mp4"], "whole"


def files() -> Iterator[Made]:
    """All of them."""
    sound = samples()
    for kind, data in sorted(sound.items()):
        yield f"sound.{kind}", data, "whole"
    yield from modes()
    yield from bombs()
    yield from strange(sound)
    yield from damaged(sound)


def make(folder: Path) -> dict[str, str]:
    """Writes the files and gives the word for each name."""
    made = {}
    for name, data, state in files():
        (folder / name).write_bytes(data)
        made[name] = state
    return made


def refused(folder: Path) -> int:
    """Adds what is no file to read, and says how many."""
    os.mkfifo(folder / "pipe.jpg")
    (folder / "link.jpg").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.mp4").symlink_to(folder / "absent")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket.png"))
    with (folder / "sparse.mp4").open("wb") as file:
        file.truncate(1 << 43)
    count = 6
    if os.geteuid() == 0:
        os.mknod(folder / "zero.jpg", 0o20600, os.makedev(1, 5))
        count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(Path(sys.argv[1])), indent=1) + "\n")
