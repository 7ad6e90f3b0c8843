"""The training media: the same seed gives the same bytes, and match sorts them as they were made."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pytest

from leadline.engines.media import hash_files
from leadline.kinds.codecs.entries import QUARANTINE
from leadline.kinds.source import read
from leadline.model import evidence
from leadline.model.progress import silent
from leadline.model.tables import from_columns
from leadline.scenario.lists import write_lists
from leadline.scenario.media import MEDIA, embedded_image, ready_media, recipes, write_media
from leadline.steps.match import SPEC
from leadline.steps.step import Pin


def digest_of(folder: Path) -> str:
    outer = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            outer.update(str(path.relative_to(folder)).encode() + hashlib.sha256(path.read_bytes()).digest())
    return outer.hexdigest()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pa.Table]:
    folder = tmp_path_factory.mktemp("case")
    media = write_media(folder / "evidence" / "media", 40, 5, silent)
    write_lists(folder / "lists", media, 5)
    return folder, media


def pins(folder: Path) -> list[Pin]:
    return [Pin("list", p.name, p, hashlib.sha256(p.read_bytes()).hexdigest()) for p in sorted(folder.iterdir())]


def records(media: list[dict[str, Any]], signatures: list[dict[str, Any]]) -> dict[str, pa.Table]:
    made = {}
    for spec, rows in ((evidence.MEDIA, media), (evidence.SIGNATURE, signatures)):
        rows = [{"exhibit": bytes(32), **row} for row in rows]
        made[spec.name] = from_columns(spec, {c.name: [r.get(c.name) for r in rows] for c in spec.columns})
    return made


def sorted_by_match(tables: dict[str, pa.Table], folder: Path, hand_inputs: Any) -> dict[str, set[str]]:
    found = SPEC.run(hand_inputs(SPEC, tables, {"list": pins(folder)}))
    rows = found["finding"].to_pylist()
    return {
        "known": {r["subject"] for r in rows if r["predicate"] == "known_as"},
        "similar": {r["subject"] for r in rows if r["predicate"] == "similar_to" and r["object"].startswith("entry:")},
        "never_seen": {r["subject"] for r in rows if r["predicate"] == "never_seen"},
    }


@pytest.fixture
def hand_inputs() -> Any:
    from dataclasses import dataclass, field

    from leadline.engines.sql import duck
    from leadline.model.catalog import TABLES
    from leadline.model.tables import empty

    @dataclass(frozen=True)
    class Hand:
        spec: Any
        tables: dict[str, pa.Table]
        pinned: dict[str, list[Pin]] = field(default_factory=dict)
        withdrawn: frozenset[str] = frozenset()
        progress: Any = silent
        settings: Any = field(default_factory=dict)

        def decisions(self) -> pa.Table:
            return empty(TABLES["decision"])

        def table(self, name: str) -> pa.Table:
            return self.tables.get(name, empty(TABLES[name]))

        def pins(self, kind: str) -> list[Pin]:
            return self.pinned.get(kind, [])

        def sql(self, text: str, **extra: pa.Table) -> pa.Table:
            return duck.query(text, {**{name: self.table(name) for name in self.spec.reads}, **extra})

    return Hand


def test_match_sorts_the_files_as_they_were_made(built: tuple[Path, pa.Table], hand_inputs: Any) -> None:
    folder, media = built
    hashed = hash_files([folder / "evidence" / "media" / p for p in media["path"].to_pylist()], silent)
    files = hashed.files.to_pylist()
    refs = [f"media:{f['sha256'].hex()}" for f in files]
    assert refs == [f"media:{s}" for s in media["sha256"].to_pylist()]
    tables = records(
        [{**f, "media": r, "locator": f"line:{n}"} for n, (f, r) in enumerate(zip(files, refs, strict=True), 1)],
        [{**s, "media": refs[s["index"]], "locator": "line:1"} for s in hashed.signatures.to_pylist()],
    )
    found = sorted_by_match(tables, folder / "lists", hand_inputs)
    for group, subjects in found.items():
        chosen = media.filter(pc.equal(media["group"], group))
        assert subjects == {f"media:{s}" for s in chosen["sha256"].to_pylist()}, group


def test_ready_media_are_sorted_as_they_were_drawn(tmp_path: Path, hand_inputs: Any) -> None:
    media = ready_media(400, 3, tmp_path / "evidence" / "media_signatures.csv", silent)
    write_lists(tmp_path / "lists", media, 3)
    sheet = pc_csv.read_csv(tmp_path / "evidence" / "media_signatures.csv").to_pylist()
    assert [r["sha256"] for r in sheet] == media["sha256"].to_pylist()
    refs = [f"media:{r['sha256']}" for r in sheet]
    tables = records(
        [
            {"media": m, "media_type": "video/mp4", "status": "digest_only", "size": r["size"], "locator": "line:1"}
            for m, r in zip(refs, sheet, strict=True)
        ],
        [
            {"media": m, "hasher": "pdq-1", "value": bytes.fromhex(r["pdq_hex"]), "quality": r["quality"], "frame": 0,
             "locator": "line:1"}
            for m, r in zip(refs, sheet, strict=True)
        ],
    )  # fmt: skip
    found = sorted_by_match(tables, tmp_path / "lists", hand_inputs)
    for group, subjects in found.items():
        chosen = media.filter(pc.equal(media["group"], group))
        assert subjects == {f"media:{s}" for s in chosen["sha256"].to_pylist()}, group


def test_the_same_seed_gives_the_same_bytes(built: tuple[Path, pa.Table], tmp_path: Path) -> None:
    folder, media = built
    again = write_media(tmp_path / "evidence" / "media", 40, 5, silent)
    write_lists(tmp_path / "lists", again, 5)
    assert again.equals(media) and media.schema == MEDIA
    assert digest_of(tmp_path) == digest_of(folder)
    other = write_media(tmp_path / "other", 3, 6, silent)
    same = set(other["sha256"].to_pylist()) & set(media["sha256"].to_pylist())
    assert same == {hashlib.sha256(b"").hexdigest()}
    one = ready_media(100, 4, tmp_path / "a.csv", silent)
    assert one.equals(ready_media(100, 4, tmp_path / "b.csv", silent))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_lists_are_as_bad_as_real_ones(built: tuple[Path, pa.Table]) -> None:
    folder, media = built
    plain = read("list", folder / "lists" / "known_digests.csv")
    vics = read("list", folder / "lists" / "known_vics.json")
    assert set(plain["quarantine"].to_pylist()) - {None} == set(QUARANTINE)
    known = set(media.filter(pc.equal(media["group"], "known"))["sha256"].to_pylist())
    paths = [folder / "evidence" / "media" / r["path"] for r in media.to_pylist() if r["sha256"] in known]
    digests = {hashlib.md5(p.read_bytes(), usedforsecurity=False).digest() for p in paths}
    categories = {}
    for name, table in (("plain", plain), ("vics", vics)):
        for value, category in zip(table["value"].to_pylist(), table["category"].to_pylist(), strict=True):
            if value in digests:
                categories.setdefault(value, {})[name] = category
    assert any(len(c) == 2 and len(set(c.values())) == 2 for c in categories.values())
    notes = [n for n in vics["note"].to_pylist() if n and "miniature" in n]
    assert len(set(notes)) == 1
    assert hashlib.sha256(embedded_image(5_900, "png")).hexdigest() in notes[0]
    with_pdq = sum(h == "pdq-1" for h in plain["hasher"].to_pylist())
    assert with_pdq * 4 < len(set(plain["entry"].to_pylist()))


@pytest.mark.parametrize("count", [0, 1, 2, 21, 400])
def test_counts(count: int) -> None:
    assert len(recipes(count)) == count


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_embedded_images(kind: str) -> None:
    assert embedded_image(1, kind) == embedded_image(1, kind) != embedded_image(2, kind)
