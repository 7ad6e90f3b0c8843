"""The media engine on good, broken, hostile and absent files."""

import hashlib
import io
import json
import struct
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leadline.confinement import landlock
from leadline.engines.media import hash_files, pool
from leadline.engines.media.tasks import Answer, Tasks
from leadline.kinds.hashers import pdq
from leadline.model.meanings import MEDIA_REASONS
from leadline.model.progress import silent


def pattern(seed: int, size: tuple[int, int] = (200, 160)) -> Image.Image:
    rng = np.random.Generator(np.random.PCG64(seed))
    small = Image.fromarray(rng.integers(0, 256, (12, 15, 3), dtype=np.uint8))
    return small.resize(size, Image.Resampling.NEAREST)


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of every sort."""
    path = tmp_path_factory.mktemp("media")
    pattern(1).save(path / "a.png")
    pattern(1).save(path / "b.jpg", quality=70)
    frames = [pattern(s, (90, 80)) for s in (2, 2, 3, 4)]
    frames[0].save(path / "c.gif", save_all=True, append_images=frames[1:], duration=100)
    frames[0].save(path / "d.webp", save_all=True, append_images=frames[1:], duration=40, lossless=True)
    whole = (path / "b.jpg").read_bytes()
    (path / "e.jpg").write_bytes(whole[: len(whole) // 2])
    (path / "f.jpg").write_bytes(b"")
    (path / "g.jpg").write_bytes(b"plain words, no picture\n")
    (path / "h.png").write_bytes(png_claiming(60_000, 60_000))
    (path / "i.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + bytes(64))
    (path / "j.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    pattern(5).convert("L").save(path / "k.png")
    pattern(6).convert("CMYK").save(path / "l.jpg")
    Image.fromarray(np.arange(6400, dtype=np.uint16).reshape(80, 80) * 10).save(path / "m.png")
    return path


def test_every_file_is_accounted_for(folder: Path) -> None:
    paths = [*sorted(folder.iterdir()), folder / "absent.jpg"]
    before = {p: p.read_bytes() for p in paths[:-1]}
    hashed = hash_files(paths, silent)
    rows = hashed.files.to_pylist()
    assert [r["index"] for r in rows] == list(range(len(paths)))
    state = {p.name: (r["status"], r["reason"]) for p, r in zip(paths, rows, strict=True)}
    assert state == {
        "a.png": ("decoded", None), "b.jpg": ("decoded", None), "c.gif": ("decoded", None), "d.webp": ("decoded", None),
        "e.jpg": ("decoded", "partial"), "f.jpg": ("undecodable", "empty"), "g.jpg": ("undecodable", "not_media"),
        "h.png": ("undecodable", "too_many_pixels"), "i.mp4": ("undecodable", "truncated"),
        "j.png": ("undecodable", "broken"), "k.png": ("decoded", None), "l.jpg": ("decoded", None),
        "m.png": ("decoded", None), "absent.jpg": ("undecodable", "unreadable"),
    }  # fmt: skip
    assert 0 < rows[4]["decoded_rows"] < rows[4]["stated_rows"] == 160
    assert all(r["stated_rows"] is None for n, r in enumerate(rows) if n != 4)
    assert not [s for s in hashed.signatures.to_pylist() if s["index"] == 4 and s["hasher"] == pdq.NAME]
    for path, row in zip(paths[:-1], rows, strict=False):
        assert row["sha256"] == hashlib.sha256(before[path]).digest()
        assert row["size"] == len(before[path])
    assert {p: p.read_bytes() for p in sorted(folder.iterdir())} == before
    signatures = hashed.signatures.to_pylist()
    md5 = {s["index"]: s["value"] for s in signatures if s["hasher"] == "md5"}
    assert md5[0] == hashlib.md5(before[paths[0]], usedforsecurity=False).digest()
    timed = [(s["frame"], s["t_ms"]) for s in signatures if s["index"] == 2 and s["hasher"] == pdq.NAME]
    assert timed == [(0, 0), (1, 200), (2, 300)]
    assert hash_files(paths, silent, workers=1).signatures.equals(hashed.signatures)


def test_the_hash_is_that_of_the_package_on_the_decoded_array(folder: Path, oracle: object) -> None:
    package = oracle("pdqhash")
    hashed = hash_files([folder / "b.jpg"], silent).signatures.to_pylist()[-1]
    vector, quality = package.compute(np.asarray(Image.open(folder / "b.jpg").convert("RGB")))
    assert (hashed["value"], hashed["quality"]) == (np.packbits(vector.astype(np.uint8)).tobytes(), quality)


HOSTILE = """
import os, signal, time
from leadline.engines.media import worker
real = worker.decode
def decode(path, *rest):
    if "crash" in path.name:
        os.abort()
    if "spin" in path.name:
        os.kill(os.getpid(), signal.SIGXCPU)
    if "hang" in path.name:
        time.sleep(60)
    if "hungry" in path.name:
        bytearray(8 << 30)
    if "write" in path.name:
        open(path.with_suffix(".out"), "wb").write(b"x")
    return real(path, *rest)
worker.decode = decode
worker.main()
"""


def answered(paths: list[Path]) -> list[Answer]:
    """What hostile workers say of the files."""
    with closing(Tasks(paths)) as tasks:
        pool.run(tasks, silent, 1, (sys.executable, "-c", HOSTILE))
        return [answer for _, answer in tasks.answers()]


def test_a_hostile_file_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WALL_SECONDS", 1.0)
    names = ["0.png", "1crash.png", "2.png", "3hang.png", "4.png", "5hungry.png", "6.png", "8spin.png"]
    for n, name in enumerate(names):
        pattern(n).save(tmp_path / name)
    paths = [tmp_path / n for n in names]
    answers = answered(paths)
    assert len(answers) == len(names) and all(known for known, _ in answers)
    state = {n: (seen["status"], seen["reason"]) for n, (_, seen) in zip(names, answers, strict=True)}
    assert {n: s for n, s in state.items() if s != ("decoded", None)} == {
        "1crash.png": ("undecodable", "crashed"),
        "3hang.png": ("timeout", "timeout"),
        "5hungry.png": ("undecodable", "memory"),
        "8spin.png": ("timeout", "timeout"),
    }
    assert set(MEDIA_REASONS) >= {s[1] for s in state.values() if s[1]}


def test_a_worker_can_write_no_file(tmp_path: Path) -> None:
    pattern(1).save(tmp_path / "write.png")
    assert answered([tmp_path / "write.png"])[0][1]["reason"] == "unreadable"  # what a refused call of the system gives
    assert not (tmp_path / "write.out").exists()


def test_a_worker_is_confined_and_says_so(folder: Path, tmp_path: Path) -> None:
    hashed = hash_files([folder / "a.png"], silent)
    if landlock.version():
        assert hashed.confined == dict.fromkeys(("network", "reading", "writing", "programs"), "closed")
    assert hash_files([], silent).confined == {}


def test_a_worker_reads_nothing_beside_the_folders_of_its_files(folder: Path, tmp_path: Path) -> None:
    if not landlock.version():
        pytest.skip("Landlock is of Linux; CI's Linux runs this")
    pattern(1).save(tmp_path / "elsewhere.png")
    lines = [
        {"i": n, "path": str(p), "video": "dense"} for n, p in enumerate([folder / "a.png", tmp_path / "elsewhere.png"])
    ]
    done = subprocess.run(
        pool.confined(pool.WORKER, [folder / "a.png"]),
        input=b"".join(json.dumps(line).encode() + b"\n" for line in lines),
        capture_output=True,
        check=True,
    )
    said = [json.loads(x) for x in io.BytesIO(done.stdout)]
    assert [x["status"] for x in said if "status" in x] == ["decoded", "undecodable"]
    assert said[-1]["reason"] == "unreadable"


def test_a_worker_is_named_few_folders() -> None:
    near = [Path(f"/media/{n}/{m}.png") for n in range(9) for m in range(3)]
    assert pool.confined("x", near)[-9:] == tuple(f"/media/{n}" for n in range(9))
    assert pool.confined("x", [*near, Path("/media/a.png")])[-2:] == ("x", "/media")
    assert pool.confined("x", [Path(f"/media/{n}/a.png") for n in range(999)])[-2:] == ("x", "/media")


COVERED = ("decoded_ms", "decoded_rows", "stated_ms", "stated_rows")


def test_the_protocol_says_nothing_but_hashes_and_facts(folder: Path) -> None:
    line = json.dumps({"i": 0, "path": str(folder / "a.png"), "video": "dense"}).encode() + b"\n"
    done = subprocess.run(pool.confined(pool.WORKER, [folder / "a.png"]), input=line, capture_output=True, check=True)
    lines = [json.loads(x) for x in io.BytesIO(done.stdout)]
    assert [sorted(x) for x in lines] == [
        ["confined", "ready"],
        ["i", "md5", "media_type", "sha1", "sha256", "size"],
        sorted([*("i", "status", "reason", "facts", "inside", "frames"), *COVERED]),
    ]
