"""What the wider tiers say, what a person's "no match" does, what is left out, and what chance would give."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.steps.match.conftest import rejections

from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.steps.match import SPEC, common_frames
from leadline.steps.step import Pin

RNG = np.random.Generator(np.random.PCG64(21))
HASH = RNG.integers(0, 256, (400, 32), dtype=np.uint8)


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def ref(name: str) -> str:
    return f"media:{sha(name)}"


def changed(value: np.ndarray, bits: int) -> bytes:
    """The hash with so many bits turned."""
    spread = np.unpackbits(value)
    spread[:bits] ^= 1
    return np.packbits(spread).tobytes()


def media(name: str) -> dict[str, Any]:
    return {"media": ref(name), "media_type": "image/png", "status": "decoded", "locator": f"item:{name}"}


def frame(name: str, value: bytes, number: int = 0, t_ms: int | None = None) -> dict[str, Any]:
    return {
        "media": ref(name), "hasher": pdq.NAME, "value": value, "quality": 90, "frame": number, "t_ms": t_ms,
        "locator": f"item:{name}>item:{number}",
    }  # fmt: skip


@pytest.fixture
def run(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Callable[..., Any]:
    """A function: media names, frames, lines of a list and more arguments to the tables of match."""

    def made(names: list[str], frames: list[dict[str, Any]], lines: list[str], **more: Any) -> dict[str, pa.Table]:
        path = tmp_path / "list.csv"
        path.write_text("md5,pdq,pdq_quality,category,scheme,note\n" + "".join(f"{line}\n" for line in lines))
        pins = [Pin("list", "a", path, "ab" * 32), *more.pop("pins", [])]
        tables = {"media": records("media", *map(media, names)), "signature": records("signature", *frames)}
        inputs = hand_inputs(SPEC, tables=tables, pinned={"list": pins}, **more)
        return dict(SPEC.run(inputs))

    return made


def listed(*values: np.ndarray) -> list[str]:
    return [f",{bytes(v).hex()},80,1,x,{'ask unit-7' if n == 0 else ''}" for n, v in enumerate(values)]


def found(tables: dict[str, pa.Table], predicate: str) -> set[tuple[str, str]]:
    rows = tables["finding"].to_pylist()
    return {(r["subject"], r["object"]) for r in rows if r["predicate"] == predicate}


def entry(number: int) -> str:
    return f"entry:{'ab' * 32}/{number}"


def test_tiers(run: Callable[..., Any]) -> None:
    distances = {"at31": 31, "at32": 32, "at42": 42, "at43": 43, "at50": 50, "at51": 51}
    frames = [frame(name, changed(HASH[n], bits)) for n, (name, bits) in enumerate(distances.items())]
    tables = run(list(distances), frames, listed(*HASH[:6]))
    assert found(tables, "similar_to") == {(ref("at31"), entry(0))}
    assert {s for s, _ in found(tables, "never_seen")} == {ref(n) for n in distances if n != "at31"}
    leads = {(r["media"], r["other"]): (r["reason"], r["distance"]) for r in tables["lead"].to_pylist()}
    assert leads == {
        (ref("at32"), entry(1)): ("alone", 32), (ref("at42"), entry(2)): ("alone", 42),
        (ref("at43"), entry(3)): ("far", 43), (ref("at50"), entry(4)): ("far", 50),
    }  # fmt: skip
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["frames"], row["note"]) == ("frame", 1, "ask unit-7")


def test_two_frames_that_agree_make_a_file_similar(run: Callable[..., Any], tmp_path: Path) -> None:
    one, two = HASH[0], HASH[1]
    vics = tmp_path / "list.json"
    hashes = [{"HashName": "PDQ", "HashValue": bytes(v).hex()} for v in (one, two)]
    hashes.append({"HashName": "PDQQuality", "HashValue": "90"})
    text = str([{"MediaID": 1, "Category": 1, "AlternativeHashes": hashes}]).replace("'", '"')
    vics.write_text('{"@odata.context": "x/ProjectVic/2.0.xml/US/$metadata#Media", "value": ' + text + "}")
    pins = [Pin("list", "b", vics, "cd" * 32)]
    frames = [
        frame("both", changed(one, 40)), frame("both", changed(two, 35), 1),
        frame("same", changed(one, 40)), frame("same", changed(one, 38), 1),
        frame("turned", changed(one, 40)),
        frame("turned", pdq.turned(np.frombuffer(changed(two, 35), np.uint8)[None], "flip_rows")[0].tobytes(), 1),
    ]  # fmt: skip
    tables = run(["both", "same", "turned"], frames, [], pins=pins)
    listed_entry = f"entry:{'cd' * 32}/0"
    assert found(tables, "similar_to") >= {(ref("both"), listed_entry)}
    assert {s for s, o in found(tables, "similar_to") if o == listed_entry} == {ref("both")}
    row = next(r for r in tables["match"].to_pylist() if r["other"] == listed_entry)
    assert (row["rule"], row["frames"], row["distance"]) == ("agreement", 2, 35)
    assert {r["media"] for r in tables["lead"].to_pylist()} == {ref("same"), ref("turned")}


def test_no_match_is_remembered(run: Callable[..., Any]) -> None:
    frames = [frame("a", bytes(HASH[0])), frame("b", changed(HASH[0], 9)), frame("c", changed(HASH[1], 5))]
    names, lines = ["a", "b", "c"], listed(HASH[1])
    before = run(names, frames, lines)
    (pair,) = {p for p in found(before, "similar_to") if p[1].startswith("media:")}
    assert len(found(before, "in_series")) == 2 and ref("c") not in {s for s, _ in found(before, "never_seen")}
    claims = [(s, "similar_to", o) for s, o in (pair, (ref("c"), entry(0)))]
    after = run(names, frames, lines, decided=rejections(*claims))
    assert found(after, "similar_to") == found(before, "similar_to")
    assert not found(after, "in_series")
    assert ref("c") in {s for s, _ in found(after, "never_seen")}
    similar = {finding_id(*pair[:1], "similar_to", pair[1]), finding_id(ref("c"), "similar_to", entry(0))}

    def basis(tables: dict[str, pa.Table]) -> list[dict[str, Any]]:
        return [r for r in tables["basis"].to_pylist() if r["finding"] in similar]

    assert basis(before) == basis(after)


def test_conflicting_categories_stand_side_by_side(run: Callable[..., Any]) -> None:
    tables = run(
        ["a"], [frame("a", bytes(HASH[0]))], [f",{bytes(HASH[0]).hex()},80,{c},{s}," for c, s in ((1, "x"), (3, "y"))]
    )
    assert {(r["other"], r["category"]) for r in tables["match"].to_pylist()} == {
        (entry(0), "x: 1"),
        (entry(1), "y: 3"),
    }


def test_software_is_left_out(run: Callable[..., Any], tmp_path: Path) -> None:
    rds = tmp_path / "NSRLFile.txt"
    known = [hashlib.md5(n.encode(), usedforsecurity=False).hexdigest() for n in ("icon", "both")]
    rds.write_text('"SHA-1","MD5","ProductCode"\n' + "".join(f'"","{m}",1\n' for m in known))
    digests = [
        {"media": ref(n), "hasher": "md5", "value": bytes.fromhex(m), "frame": -1, "locator": f"item:{n}"}
        for n, m in zip(("icon", "both"), known, strict=True)
    ]
    tables = run(["icon", "both", "new"], digests, [f"{known[1]},,,1,x,"], pins=[Pin("list", "b", rds, "cd" * 32)])
    assert found(tables, "known_as") == {(ref("both"), entry(0))}
    assert tables["ignored"].to_pylist() == [{"media": ref("icon"), "other": f"entry:{'cd' * 32}/0", "method": "md5"}]
    assert {s for s, _ in found(tables, "never_seen")} == {ref("new")}


def test_an_opening_title_ties_nothing_together(run: Callable[..., Any]) -> None:
    names = [f"v{n}" for n in range(common_frames.FILES)]
    frames = []
    for n, name in enumerate(names):
        frames.append(frame(name, changed(HASH[399], n % 5), 0, 0))
        frames += [frame(name, bytes(HASH[n * 4 + k]), k + 1, 1000 * (k + 1)) for k in range(4)]
    tables = run(names, frames, listed(HASH[399]))
    assert {(r["media"], r["frame"], r["files"]) for r in tables["common"].to_pylist()} == {
        (ref(n), 0, common_frames.FILES) for n in names
    }
    assert not found(tables, "similar_to") and not found(tables, "in_series")
    copies = [frame(name, changed(HASH[k], n % 5), k, 1000 * k) for n, name in enumerate(names) for k in range(5)]
    tables = run(names, copies, [])
    assert not tables["common"].num_rows and len(found(tables, "in_series")) == len(names)


def test_a_trimmed_copy_says_where_it_stands(run: Callable[..., Any]) -> None:
    whole = [frame("whole", bytes(HASH[k]), k, 1000 * k) for k in range(10)]
    clip = [frame("clip", changed(HASH[k], 7), k - 3, 1000 * k - 3100) for k in range(4, 8)]
    tables = run(["whole", "clip"], whole + clip, [])
    (row,) = [r for r in tables["match"].to_pylist() if r["other"].startswith("media:")]
    sign = 1 if row["media"] == ref("clip") else -1
    assert (row["frames"], row["offset_ms"], row["span_ms"]) == (4, -3100 * sign, 3000)
    assert row["covered_ppm"] == (400_000 if sign == 1 else 1_000_000)


def test_chance_is_stated_beside_what_was_found(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [frame("a", changed(HASH[0], 31)), frame("b", bytes(HASH[1])), frame("c", bytes(HASH[2]))]
    tables = run(["a", "b", "c"], frames, listed(*HASH[:2], *HASH[100:300]))
    rows = {(r["searched"], r["radius"]): r for r in tables["chance"].to_pylist()}
    first = rows["lists", 31]
    assert (first["comparisons"], first["found"]) == (3 * 202 * 8, 2)
    assert first["expected_ppb"] == 3 * 202 * 8 * pdq.CHANCE[31] // 10**9
    assert rows["lists", 42]["comparisons"] == 202 * 8 and rows["lists", 50]["state"] == "searched"
    assert rows["seizure", 31]["comparisons"] == 3 * 8
    monkeypatch.setattr("leadline.steps.match.near.MOST_NANOSECONDS", 1)
    tables = run(["a", "b", "c"], frames, listed(*HASH[:2], *HASH[100:300]))
    assert {r["state"] for r in tables["chance"].to_pylist() if r["radius"] > 31} == {"too_large"}
