"""No image embedded in the evidence reaches a run, the log, a decision or a package; each becomes its digest."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.kinds.codecs.sniff import HEAD, is_visual, sniff
from leadline.scenario import truth
from leadline.store.case import open_case


def embedded(folder: Path) -> dict[str, bytes]:
    """Every embedded image by its digest, cut out of the evidence by its own bytes, base64 text or hex text."""
    wanted = set(truth.read(folder / "truth", "embedded")["sha256"].to_pylist())
    found = {}
    places = [p for part in ("evidence", "lists") for p in (folder / part).rglob("*") if p.is_file()]
    for path in places:
        data = path.read_bytes()
        texts = [base64.b64decode(m) for m in re.findall(rb"(?:iVBOR|/9j/)[A-Za-z0-9+/\r\n]{200,}={0,2}", data) if m]
        hexes = [bytes.fromhex(m.decode()) for m in re.findall(rb"0x((?:89504E47|FFD8FF)(?:[0-9A-F]{2})+)", data)]
        starts = [m.start() for m in re.finditer(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff", data)]
        for image in (*texts, *hexes, *(data[a : a + n] for a in starts for n in _lengths(data[a:]))):
            digest = hashlib.sha256(image).hexdigest()
            if digest in wanted:
                found[digest] = image
    return found


def _lengths(data: bytes) -> Iterator[int]:
    """How long the image at the start of `data` may be."""
    for end in (b"IEND\xaeB\x60\x82", b"\xff\xd9"):
        yield from (m.end() for m in re.finditer(re.escape(end), data[:20_000]))


def outside_exhibits(case: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a case but the exhibits, Parquet files as their uncompressed cells too."""
    for path in sorted(case.rglob("*")):
        if not path.is_file() or path.is_relative_to(case / "exhibits"):
            continue
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            for column in pq.read_table(path).columns:
                for chunk in column.chunks:
                    for buffer in chunk.buffers():
                        if buffer is not None:
                            yield path, buffer.to_pybytes()


def test_each_embedded_image_is_a_digest_and_nothing_else(played: Path) -> None:
    images = embedded(played)
    assert len(images) >= 4, "the test cuts out too few embedded images to mean anything"
    media = open_case(played / "case").current("media")
    listed = dict(zip(media["media"].to_pylist(), media["status"].to_pylist(), strict=True))
    for digest in images:
        assert listed.get(f"media:{digest}") == "embedded"
    needles = []
    for image in images.values():
        middle = image[len(image) // 3 :][:48]
        text = base64.b64encode(image)
        needles += [middle, text[200:248], middle.hex().encode(), middle.hex().upper().encode()]
    for path, data in outside_exhibits(played / "case"):
        assert not any(needle in data for needle in needles), path.name


def test_no_cell_and_no_packaged_file_is_an_image(played: Path) -> None:
    for path in (played / "case").glob("runs/*/*.parquet"):
        table = pq.read_table(path)
        for column in table.columns:
            if pa.types.is_binary(column.type) or pa.types.is_string(column.type):
                for value in column.to_pylist():
                    head = (value.encode() if isinstance(value, str) else value or b"")[:HEAD]
                    assert not is_visual(sniff(head)), path.name
    for path in (played / "case" / "packages").rglob("*"):
        assert not path.is_file() or not is_visual(sniff(path.read_bytes()[:HEAD])), path.name


def test_the_lists_miniature_stays_where_it_is(played: Path) -> None:
    text = (played / "lists" / "known_vics.json").read_bytes()
    match = re.search(rb"iVBOR[A-Za-z0-9+/=]{100,}", text)
    if match is None:
        pytest.fail("the list holds no miniature: the test means nothing")
    needle = match[0][40:90]
    assert all(needle not in data for _, data in outside_exhibits(played / "case"))
