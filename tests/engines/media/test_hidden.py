"""What a container stores, what it shows, and what lies behind: each is hashed, or said to be hidden."""

import hashlib
import io
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leadline.engines.media import boxes, ffmpeg, hash_crops, hash_files
from leadline.engines.media.behind import behind
from leadline.engines.media.decoded import CROPPED, SHOWN, STORED
from leadline.kinds.hashers import pdq
from leadline.model.progress import silent

SIZE = (320, 240)
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p")
SCENES = 5


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A drawn picture of blocks."""
    rng = np.random.Generator(np.random.PCG64(seed))
    small = Image.fromarray(rng.integers(0, 256, (12, 15, 3), dtype=np.uint8))
    return small.resize(size, Image.Resampling.NEAREST)


def hashes(seeds: Sequence[int], box: tuple[int, int, int, int] | None = None) -> list[bytes]:
    return [pdq.hash_rgb(np.asarray(scene(s).crop(box) if box else scene(s)))[0] for s in seeds]


def ffmpeg_run(*arguments: str, data: bytes = b"") -> bytes:
    command = [ffmpeg.program(), "-v", "error", "-y", *arguments]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def near(a: bytes, b: bytes) -> bool:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count() <= pdq.RADIUS


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """whole.mp4: scenes of a second each, every frame of one decoded from the scene's first; and what is made of it."""
    folder = tmp_path_factory.mktemp("hidden")
    raw = b"".join(np.asarray(scene(s)).tobytes() * 25 for s in range(SCENES))
    shape = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "320x240", "-r", "25", "-i", "pipe:0")
    whole = folder / "whole.mp4"
    ffmpeg_run(*shape, *H264, "-bf", "2", "-g", "1000", "-sc_threshold", "0", "-bitexact", str(whole), data=raw)
    ffmpeg_run("-ss", "4.5", "-i", str(whole), "-c", "copy", str(folder / "cut.mp4"))
    ffmpeg_run("-ss", "4.5", "-i", str(whole), "-c", "copy", str(folder / "cut.mov"))
    ffmpeg_run("-itsoffset", "2", "-i", str(whole), "-c", "copy", str(folder / "late.mp4"))
    (folder / "clap.mp4").write_bytes(with_clap(whole.read_bytes()))
    ffmpeg_run("-i", str(folder / "clap.mp4"), "-c", "copy", str(folder / "clap.mkv"))
    return folder


def with_clap(film: bytes, width: int = 320, height: int = 180) -> bytes:
    """The film with a clean aperture (ISO/IEC 14496-12, 12.1.4) in its sample entry; its moov box stands last."""
    more = struct.pack(">I4s8i", 40, b"clap", width, 1, height, 1, 0, 1, 0, 1)
    out, start, end = bytearray(film), 0, len(film)
    for kind, inner in (
        (b"moov", 0),
        (b"trak", 0),
        (b"mdia", 0),
        (b"minf", 0),
        (b"stbl", 0),
        (b"stsd", 8),
        (b"avc1", 78),
    ):
        at = start
        while film[at + 4 : at + 8] != kind:
            at += int.from_bytes(film[at : at + 4])
        size = int.from_bytes(film[at : at + 4])
        out[at : at + 4] = (size + len(more)).to_bytes(4)
        start, end = at + 8 + inner, at + size
    return bytes(out[:end]) + more + bytes(out[end:])


def views(path: Path) -> tuple[dict[str, object], dict[str, list[dict[str, object]]], dict[str, str]]:
    """(row of the file, its frames by view, its facts)."""
    hashed = hash_files([path], silent, workers=1)
    (row,) = hashed.files.to_pylist()
    frames: dict[str, list[dict[str, object]]] = {}
    for one in hashed.signatures.to_pylist():
        if one["hasher"] == pdq.NAME:
            frames.setdefault(one["view"], []).append(one)
    numbers = [one["frame"] for each in frames.values() for one in each]
    assert numbers == sorted(set(numbers))
    return row, frames, {f["kind"]: f["value"] for f in hashed.facts.to_pylist()}


def counted(path: Path, *options: str) -> int:
    """Frames that ffmpeg gives of a film: the oracle of what an edit list leaves out."""
    raw = ffmpeg_run(*options, "-i", str(path), "-fps_mode", "passthrough", "-vf", "scale=2:2,format=gray", "-f",
                     "rawvideo", "-")  # fmt: skip
    return len(raw) // 4


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mov"])
def test_what_an_edit_list_leaves_out_is_hashed_and_counted(films: Path, name: str) -> None:
    path = films / name
    row, frames, facts = views(path)
    shown, stored = counted(path), counted(path, "-ignore_editlist", "1")
    assert (shown, stored) == (12, 125)
    assert (row["status"], row["reason"]) == ("decoded", "hidden")
    assert facts["hidden_frames"] == f"{stored - shown} of {stored}"
    assert list(frames) == [SHOWN, STORED]
    (last,) = frames[SHOWN]
    assert near(last["value"], hashes([SCENES - 1])[0]) and last["t_ms"] == 0  # type: ignore[arg-type]
    assert len(frames[STORED]) == SCENES
    for n, (frame, value) in enumerate(zip(frames[STORED], hashes(range(SCENES)), strict=True)):
        assert near(frame["value"], value) and abs(int(str(frame["t_ms"])) - 1000 * n) <= 120  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["whole.mp4", "late.mp4"])
def test_a_film_whose_edit_list_hides_nothing_is_decoded_once(films: Path, name: str) -> None:
    row, frames, facts = views(films / name)
    assert (row["reason"], list(frames)) == (None, [SHOWN])
    assert not {"hidden_frames", "clean_aperture"} & set(facts)


@pytest.mark.parametrize("start", [0.0, 1.02, 2.5, 4.96])
def test_hidden_frames_are_those_that_ffmpeg_does_not_give(films: Path, tmp_path: Path, start: float) -> None:
    cut = tmp_path / "cut.mp4"
    ffmpeg_run("-ss", str(start), "-t", "1.5", "-i", str(films / "whole.mp4"), "-c", "copy", str(cut))
    stored, shown = counted(cut, "-ignore_editlist", "1"), counted(cut)
    with cut.open("rb") as file:
        found = boxes.hidden(file, 0, cut.stat().st_size)
    assert found == ((stored - shown, stored) if stored > shown else None)


def test_tables_that_make_no_sense_hide_nothing(films: Path) -> None:
    whole = (films / "cut.mp4").read_bytes()
    rng = np.random.Generator(np.random.PCG64(5))
    moov = whole.index(b"moov")
    for _ in range(400):
        data = bytearray(whole)
        for at in rng.integers(moov, len(data), 8):
            data[at] = rng.integers(256)
        found = boxes.hidden(io.BytesIO(bytes(data)), 0, len(data))  # never raises
        assert found is None or 0 < found[0] <= found[1] <= boxes.MOST_SAMPLES


@pytest.mark.parametrize("name", ["clap.mp4", "clap.mkv"])
def test_a_clean_aperture_is_hashed_as_a_second_and_the_whole_first(films: Path, name: str) -> None:
    row, frames, facts = views(films / name)
    assert (row["status"], row["reason"], facts["clean_aperture"]) == ("decoded", "hidden", "0 0 30 30")
    assert list(frames) == [SHOWN, CROPPED]
    whole, cropped = hashes(range(SCENES)), hashes(range(SCENES), (0, 30, 320, 210))
    for each, values in ((frames[SHOWN], whole), (frames[CROPPED], cropped)):
        assert len(each) == SCENES
        assert all(near(one["value"], value) for one, value in zip(each, values, strict=True))  # type: ignore[arg-type]
    assert not near(whole[0], cropped[0])


def test_a_cover_beside_a_film_is_said_and_not_hashed(films: Path, tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.png", tmp_path / "covered.mp4"
    scene(60).save(cover)
    both = ("-i", str(films / "whole.mp4"), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy")
    ffmpeg_run(*both, "-disposition:v:1", "attached_pic", str(path))
    row, frames, facts = views(path)
    assert (row["reason"], facts["pictures"]) == (None, "1 beside the film, 0 hashed")
    assert len(frames[SHOWN]) == SCENES


def jpeg(seed: int, **options: object) -> bytes:
    out = io.BytesIO()
    scene(seed).save(out, "JPEG", **options)
    return out.getvalue()


def test_the_film_behind_a_photograph_is_a_file_of_its_own(films: Path, tmp_path: Path) -> None:
    film, picture = (films / "cut.mp4").read_bytes(), jpeg(40)
    path = tmp_path / "moving.jpg"
    path.write_bytes(picture + film + b"SEFH trailer" + bytes(9))
    hashed = hash_files([path], silent, workers=1)
    one, inside = hashed.files.to_pylist()
    place = f"byte:{len(picture)}-{len(picture) + len(film)}"
    assert (one["place"], one["media_type"], one["status"], one["reason"]) == ("", "image/jpeg", "decoded", None)
    assert (inside["index"], inside["place"], inside["media_type"]) == (0, place, "video/mp4")
    assert (inside["sha256"], inside["size"]) == (hashlib.sha256(film).digest(), len(film))
    assert (inside["status"], inside["reason"]) == ("decoded", "hidden")
    rows = [r for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME]
    assert [(r["place"], r["view"], r["t_ms"] is None) for r in rows[:2]] == [("", SHOWN, True), (place, SHOWN, False)]
    alone = hash_files([films / "cut.mp4"], silent, workers=1).signatures.to_pylist()
    assert [{**r, "place": ""} for r in hashed.signatures.to_pylist() if r["place"]] == alone
    facts = {(f["place"], f["kind"]): f["value"] for f in hashed.facts.to_pylist()}
    assert facts["", "bytes_behind"] == "12" and (place, "hidden_frames") in facts


def test_a_film_in_the_box_of_a_photograph(films: Path, tmp_path: Path) -> None:
    film = (films / "whole.mp4").read_bytes()
    path = tmp_path / "moving.avif"
    scene(41).save(path, "AVIF", speed=9)
    picture = path.read_bytes()
    path.write_bytes(picture + struct.pack(">I4s", len(film) + 8, b"mpvd") + film)
    one, inside = hash_files([path], silent, workers=1).files.to_pylist()
    assert (one["status"], one["reason"], inside["sha256"]) == ("decoded", None, hashlib.sha256(film).digest())
    assert inside["place"] == f"byte:{len(picture) + 8}-{len(picture) + 8 + len(film)}"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_a_picture_behind_a_picture(tmp_path: Path, form: str) -> None:
    path = tmp_path / "two"
    scene(42).save(path, form)
    first = path.read_bytes()
    path.write_bytes(first + jpeg(43))
    hashed = hash_files([path], silent, workers=1)
    one, inside = hashed.files.to_pylist()
    assert (one["status"], inside["status"], inside["place"]) == (
        "decoded",
        "decoded",
        f"byte:{len(first)}-{path.stat().st_size}",
    )
    values = {r["place"]: r["value"] for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME}
    assert near(values[""], hashes([42])[0]) and near(values[inside["place"]], hashes([43])[0])
    assert not hashed.facts.num_rows


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_lies_behind_a_plain_picture(tmp_path: Path, form: str) -> None:
    path = tmp_path / "plain"
    scene(44).save(path, form)
    kind = f"image/{form.lower()}"
    assert behind(path, kind).inside == () and behind(path, kind).other == 0
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert (behind(path, kind).inside, behind(path, kind).other) == ((), 0)
    path.write_bytes(path.read_bytes()[:-4100])
    assert behind(path, kind).inside == ()


def test_pictures_side_by_side_are_no_film(tmp_path: Path) -> None:
    pair, pages = tmp_path / "eyes.jpg", tmp_path / "pages.tif"
    scene(45).save(pair, "MPO", save_all=True, append_images=[scene(46)])
    scene(45).save(pages, save_all=True, append_images=[scene(46)])
    hashed = hash_files([pair, pages], silent, workers=1)
    rows = [r for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME]
    assert [(r["index"], r["frame"], r["t_ms"], r["until_ms"]) for r in rows] == [
        (i, frame, None, None) for i in (0, 1) for frame in (0, 1)
    ]
    assert all(near(r["value"], value) for r, value in zip(rows, hashes([45, 46]) * 2, strict=True))
    assert hashed.facts.to_pylist() == [{"index": 0, "kind": "pictures", "value": "2 stated, 2 hashed", "place": ""}]
    assert hashed.files.num_rows == 2 and hashed.files["decoded_ms"].to_pylist() == [None, None]


def test_a_gain_map_is_counted_and_makes_no_second_picture(films: Path, tmp_path: Path) -> None:
    """A gain map is declared as the others are; the film that telephones put behind it is found all the same."""
    out = io.BytesIO()
    scene(47).save(out, "MPO", save_all=True, append_images=[scene(47).convert("L").convert("RGB").resize((80, 60))])
    # offsets count from the header of the multi-picture segment: what stands before it moves none of them
    told = b'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>'
    mapped = out.getvalue()
    at = mapped.index(b"\xff\xe2")
    segment = b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told
    path, film = tmp_path / "gain.jpg", (films / "whole.mp4").read_bytes()
    path.write_bytes(mapped[:at] + segment + mapped[at:] + film)
    with Image.open(path) as image:
        assert image.format == "JPEG"
    hashed = hash_files([path], silent, workers=1)
    assert [r["media_type"] for r in hashed.files.to_pylist()] == ["image/jpeg", "video/mp4"]
    facts = [(f["kind"], f["value"]) for f in hashed.facts.to_pylist() if not f["place"]]
    assert facts == [("pictures", "2 stated, 1 hashed")]


def test_every_brand_of_avif_decodes(tmp_path: Path) -> None:
    paths = []
    for brand in (b"avif", b"mif1", b"msf1"):
        path = tmp_path / f"{brand.decode()}.avif"
        scene(48).save(path, "AVIF", speed=9)
        data = path.read_bytes()
        path.write_bytes(data[:8] + brand + data[12:])
        paths.append(path)
    hashed = hash_files(paths, silent, workers=1)
    assert hashed.files["status"].to_pylist() == ["decoded"] * 3
    rows = [r["value"] for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME]
    assert rows[0] == rows[1] == rows[2] and near(rows[0], hashes([48])[0])


def test_jpeg_xl_and_vvc_and_animated_webp_decode(films: Path, tmp_path: Path) -> None:
    still, vvc, moving = tmp_path / "a.jxl", tmp_path / "b.mp4", tmp_path / "c.webp"
    ffmpeg_run("-i", str(films / "whole.mp4"), "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "libjxl", str(still))
    ffmpeg_run(
        "-t", "2", "-i", str(films / "whole.mp4"), "-s", "160x120", "-c:v", "libvvenc", "-preset", "faster", str(vvc)
    )
    scene(0).save(moving, save_all=True, append_images=[scene(1), scene(2)], duration=500)
    hashed = hash_files([still, vvc, moving], silent, workers=1)
    assert [(r["status"], r["reason"]) for r in hashed.files.to_pylist()] == [("decoded", None)] * 3
    rows = [(r["index"], r["t_ms"], r["value"]) for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME]
    assert [i for i, _, _ in rows] == [0, 1, 1, 2, 2, 2] and rows[0][1] is None
    assert all(near(value, wanted) for (_, _, value), wanted in zip(rows, hashes([0, 0, 1, 0, 1, 2]), strict=True))
    framed = hash_crops([still], silent, workers=1).to_pylist()
    assert framed[0]["crop"] == "whole" and near(framed[0]["value"], rows[0][2]) and len(framed) > 20
