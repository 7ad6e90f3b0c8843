"""Match on hand-made records: known, similar, series, never seen, and nothing dropped."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.steps.match.conftest import rejections

from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.model.tables import digest
from leadline.steps.match import SPEC
from leadline.steps.step import Pin

RNG = np.random.Generator(np.random.PCG64(7))
HASH = {name: RNG.integers(0, 256, 32, dtype=np.uint8) for name in "abcdefgh"}


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def md5(name: str) -> bytes:
    return hashlib.md5(name.encode(), usedforsecurity=False).digest()


def changed(value: np.ndarray, bits: int, start: int = 0) -> bytes:
    """The hash with so many bits turned."""
    spread = np.unpackbits(value)
    spread[start : start + bits] ^= 1
    return np.packbits(spread).tobytes()


def turned(value: bytes) -> bytes:
    """The hash of the picture turned by a quarter."""
    return pdq.turned(np.frombuffer(value, np.uint8)[None], "rotate90")[0].tobytes()


def media(name: str, status: str = "decoded", **more: Any) -> dict[str, Any]:
    return {
        "media": f"media:{sha(name)}",
        "media_type": "image/png",
        "status": status,
        "locator": f"item:{name}",
        **more,
    }


def frame(name: str, value: bytes, quality: int = 90, number: int = 0) -> dict[str, Any]:
    return {
        "media": f"media:{sha(name)}", "hasher": pdq.NAME, "value": value, "quality": quality, "frame": number,
        "locator": f"item:{name}>item:{number}",
    }  # fmt: skip


def upload(n: int, name: str, day: int | None) -> dict[str, Any]:
    at = None if day is None else datetime(2016, 1, day, tzinfo=UTC)
    return {
        "event": f"event:site/upload/{n}", "subject": "account:site/1", "kind": "upload",
        "object": f"media:{sha(name)}", "utc_low": at, "utc_high": at, "doubt": "none" if at else "unknown",
        "locator": f"row:files/{n}",
    }  # fmt: skip


def pin(path: Path, name: str) -> Pin:
    return Pin("list", name, path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def case(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Callable[..., Any]:
    """A function: extra arguments of HandInputs to the inputs of a small seizure with two pinned lists."""
    tables = {
        "media": records(
            "media",
            *(media(n) for n in ("known", "similar", "old", "copy", "turned", "alone", "twice")),
            media("md5", "undecodable", reason="no_decoder"),
            media("flat"),
            media("gone", "digest_only", reason=None),
            media("old", "digest_only", locator="row:files/1"),
        ),
        "signature": records(
            "signature",
            frame("known", bytes(HASH["a"])),
            frame("similar", changed(HASH["b"], 31)),
            frame("similar", changed(HASH["b"], 20), number=1),
            frame("old", bytes(HASH["c"])),
            frame("copy", changed(HASH["c"], 31)),
            frame("turned", turned(changed(HASH["c"], 9, 200))),
            frame("alone", changed(HASH["b"], 32)),
            frame("twice", bytes(HASH["e"])),
            frame("flat", bytes(HASH["b"]), quality=49),
            {"media": f"media:{sha('md5')}", "hasher": "md5", "value": md5("md5"), "frame": -1, "locator": "item:md5"},
        ),
        "event": records(
            "event", upload(1, "old", 5), upload(2, "copy", 9), upload(3, "copy", 7), upload(4, "alone", 6),
            upload(5, "twice", None), upload(6, "unlisted", 2),
        ),
    }  # fmt: skip
    table = tmp_path / "list.csv"
    table.write_text(
        "sha256,md5,pdq,pdq_quality,category,scheme,note\n"
        f"{sha('known')},,,,1,x,\n"
        f",{md5('md5').hex()},,,2,x,\n"
        f",,{bytes(HASH['b']).hex()},80,1,x,\n"
        f",,{bytes(HASH['e']).hex()},30,1,x,\n"
        f"{hashlib.sha256(b'').hexdigest()},,,,1,x,\n"
    )
    vics = tmp_path / "list.json"
    value = [{"MediaID": 1, "Category": 5, "MD5": md5("md5").hex().upper()}, {"MD5": md5("none").hex()}]
    vics.write_text(json.dumps({"@odata.context": "x/ProjectVic/2.0.xml/UK/$metadata#Media", "value": value}))
    pins = [pin(table, "a"), pin(vics, "b")]

    def make(**more: Any) -> Any:
        return hand_inputs(SPEC, **{"tables": tables, "pinned": {"list": pins}, **more})

    return make


def found(tables: dict[str, pa.Table], predicate: str) -> set[tuple[str, str]]:
    rows = tables["finding"].to_pylist()
    return {(r["subject"], r["object"]) for r in rows if r["predicate"] == predicate}


def ref(name: str) -> str:
    return f"media:{sha(name)}"


def test_known_similar_series_and_never_seen(case: Callable[..., Any]) -> None:
    inputs = case()
    tables = SPEC.run(inputs)
    one, two = (p.digest for p in inputs.pinned["list"])
    assert found(tables, "known_as") == {
        (ref("known"), f"entry:{one}/0"),
        (ref("md5"), f"entry:{one}/1"),
        (ref("md5"), f"entry:{two}/0"),
    }
    assert found(tables, "similar_to") == {
        (ref("similar"), f"entry:{one}/2"),
        (ref("similar"), ref("alone")),
        (ref("copy"), ref("old")),
        (ref("turned"), ref("old")),
    }
    series = f"series:{sha('old')}"
    pair = f"series:{sha('alone')}"
    assert found(tables, "in_series") == {
        (ref("old"), series), (ref("copy"), series), (ref("turned"), series), (ref("alone"), pair),
        (ref("similar"), pair),
    }  # fmt: skip
    searched = "list:" + hashlib.sha256("\n".join(sorted((one, two))).encode()).hexdigest()
    assert found(tables, "never_seen") == {
        (ref(n), searched) for n in ("old", "copy", "turned", "alone", "twice", "flat")
    }
    queue = sorted(tables["review"].to_pylist(), key=lambda r: r["place"])
    names = {ref(n): n for n in ("old", "copy", "turned", "alone", "twice", "flat")}
    order = [names[r["media"]] for r in queue]
    assert order[:4] == ["old", "copy", "turned", "alone"] and set(order[4:]) == {"twice", "flat"}
    assert [r["uploads"] for r in queue[:5]] == [3, 3, 3, 1, 1]
    matches = {(r["media"], r["other"], r["method"]): r for r in tables["match"].to_pylist()}
    equal = matches[ref("md5"), f"entry:{two}/0", "md5"]
    assert (equal["category"], equal["distance"], equal["frames"]) == ("vics-uk: 5", 0, 1)
    near = matches[ref("similar"), f"entry:{one}/2", pdq.NAME]
    assert (near["distance"], near["frame"], near["quality"], near["transform"]) == (20, 1, 80, "identity")
    assert matches[ref("copy"), ref("old"), pdq.NAME]["distance"] == 31
    assert matches[ref("turned"), ref("old"), pdq.NAME]["transform"] == "rotate90"


def test_every_file_is_accounted_for(case: Callable[..., Any]) -> None:
    inputs = case()
    tables = SPEC.run(inputs)
    reasons = {r["media"]: (r["status"], r["reason"]) for r in tables["unsearched"].to_pylist()}
    assert reasons == {
        ref("md5"): ("undecodable", "no_decoder"),
        ref("flat"): ("decoded", "low_quality"),
        ref("gone"): ("digest_only", "digest_only"),
        ref("unlisted"): ("digest_only", "digest_only"),
    }
    one, two = (f"list:{p.digest}" for p in inputs.pinned["list"])
    counted = {(r["list"], r["hasher"], r["state"]): r["hashes"] for r in tables["searched"].to_pylist()}
    assert counted == {
        (one, "sha256", "compared"): 1, (one, "sha256", "empty_file"): 1, (one, "md5", "compared"): 1,
        (one, pdq.NAME, "compared"): 1, (one, pdq.NAME, "low_quality"): 1, (two, "md5", "compared"): 2,
    }  # fmt: skip


def test_what_findings_rest_on(case: Callable[..., Any]) -> None:
    inputs = case()
    tables = SPEC.run(inputs)
    one = inputs.pinned["list"][0].digest
    rests = {}
    for row in tables["basis"].to_pylist():
        rests.setdefault(row["finding"], set()).add((row["kind"], row["ref"], row["locator"]))
    exhibit = f"exhibit:{(bytes(31) + bytes([1])).hex()}"
    assert rests[finding_id(ref("known"), "known_as", f"entry:{one}/0")] == {
        ("exhibit", exhibit, "item:known"),
        ("list", f"list:{one}", "entry:0"),
    }
    assert rests[finding_id(ref("similar"), "similar_to", f"entry:{one}/2")] == {
        ("exhibit", exhibit, "item:similar>item:1"),
        ("list", f"list:{one}", "entry:2"),
    }
    series = f"series:{sha('old')}"
    near = finding_id(ref("copy"), "similar_to", ref("old")).hex()
    oldest = finding_id(ref("old"), "in_series", series)
    assert rests[finding_id(ref("copy"), "in_series", series)] == {
        ("finding", f"finding:{near}", ""),
        ("finding", f"finding:{oldest.hex()}", ""),
    }
    assert ("exhibit", exhibit, "row:files/1") in rests[oldest]


def test_a_withdrawn_entry_matches_nothing(case: Callable[..., Any]) -> None:
    one = case().pinned["list"][0].digest
    tables = SPEC.run(case(withdrawn=frozenset({f"list:{one}#entry:0", f"list:{one}#entry:2"})))
    assert found(tables, "known_as") & {(ref("known"), f"entry:{one}/0")} == set()
    assert ref("known") in {s for s, _ in found(tables, "never_seen")}
    counted = {(r["hasher"], r["state"]): r["hashes"] for r in tables["searched"].to_pylist() if one in r["list"]}
    assert counted["sha256", "withdrawn"] == counted[pdq.NAME, "withdrawn"] == 1


def test_a_rejected_digest_makes_nothing_known(case: Callable[..., Any]) -> None:
    one = case().pinned["list"][0].digest
    claim = (ref("known"), "known_as", f"entry:{one}/0")
    tables = SPEC.run(case(decided=rejections(claim)))
    assert (claim[0], claim[2]) in found(tables, "known_as")
    assert ref("known") in {s for s, _ in found(tables, "never_seen")}


def test_without_lists_nothing_is_called_never_seen(case: Callable[..., Any]) -> None:
    tables = SPEC.run(case(pinned={}))
    assert not found(tables, "never_seen") and not tables["review"].num_rows
    assert len(found(tables, "in_series")) == 5


def test_nothing_at_all(case: Callable[..., Any]) -> None:
    tables = SPEC.run(case(tables={}))
    assert set(tables) == {spec.name for spec in SPEC.writes}
    assert not tables["finding"].num_rows


def test_the_same_inputs_give_the_same_digests(case: Callable[..., Any]) -> None:
    first, second = SPEC.run(case()), SPEC.run(case())
    for spec in SPEC.writes:
        assert digest(spec, first[spec.name]) == digest(spec, second[spec.name])
