"""PhotoDNA: equal values alone are a likeness; with a frame that PDQ finds near, two methods agree: known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.steps.match.conftest import changed, entry, found, frame, ref

from leadline.kinds.hashers import photodna
from leadline.model.findings import finding_id
from leadline.steps.match import SPEC
from leadline.steps.step import Pin

HASH = np.random.Generator(np.random.PCG64(5)).integers(0, 256, (8, 32), dtype=np.uint8)
VALUES = [bytes([n]) + bytes(range(1, 144)) for n in range(4)]
LINES = [f"{HASH[n].tobytes().hex()},90,{VALUES[n].hex()},{n}" for n in range(3)]


def robust(name: str, value: bytes) -> dict[str, Any]:
    """A row of signature as an agency's own library gives it."""
    return {"media": ref(name), "hasher": photodna.NAME, "value": value, "frame": -1, "locator": f"item:{name}"}


@pytest.fixture
def run(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Callable[..., dict[str, pa.Table]]:
    """A function: names, signature rows, more arguments to the tables of match, against a list of three entries."""

    def made(names: list[str], signatures: list[dict[str, Any]], **more: Any) -> dict[str, pa.Table]:
        path = tmp_path / "list.csv"
        path.write_text("pdq,quality,photodna,category\n" + "".join(f"{line}\n" for line in LINES))
        files = [
            {"media": ref(n), "media_type": "image/png", "status": "decoded", "locator": f"item:{n}"} for n in names
        ]
        tables = {"media": records("media", *files), "signature": records("signature", *signatures)}
        pins = {"list": [Pin("list", "a", path, "ab" * 32)]}
        return dict(SPEC.run(hand_inputs(SPEC, tables=tables, pinned=pins, **more)))

    return made


def test_two_methods_make_known_and_one_makes_similar(run: Callable[..., dict[str, pa.Table]]) -> None:
    tables = run(
        ["both", "equal", "near", "apart", "none"],
        [
            frame("both", changed(HASH[0], 20)), robust("both", VALUES[0]),
            frame("equal", changed(HASH[5], 0)), robust("equal", VALUES[1]),
            frame("near", changed(HASH[2], 20)), robust("near", VALUES[3]),
            frame("apart", changed(HASH[0], 20)), robust("apart", VALUES[2]),
            frame("none", changed(HASH[6], 0)), robust("none", VALUES[3]),
        ],
    )  # fmt: skip
    assert found(tables, "known_as") == {(ref("both"), entry(0))}
    lists = {pair for pair in found(tables, "similar_to") if pair[1].startswith("entry:")}
    assert lists == {
        (ref("equal"), entry(1)), (ref("near"), entry(2)), (ref("apart"), entry(0)), (ref("apart"), entry(2)),
    }  # fmt: skip
    rules = {
        (r["media"], r["method"]): r["rule"] for r in tables["match"].to_pylist() if r["other"].startswith("entry:")
    }
    assert rules[ref("both"), photodna.NAME] == "methods" and rules[ref("both"), "pdq-1"] == "methods"
    assert {r["distance"] for r in tables["match"].to_pylist() if r["rule"] == "equal"} == {0}
    assert rules[ref("equal"), photodna.NAME] == "equal" and rules[ref("near"), "pdq-1"] == "frame"
    equal = next(r for r in tables["match"].to_pylist() if r["media"] == ref("equal"))
    said = {
        "media": ref("equal"), "method": photodna.NAME, "distance": 0, "frame": -1, "other": entry(1),
        "category": "unnamed: 1", "transform": "identity", "rule": "equal", "frames": 1,
    }  # fmt: skip
    assert {k: v for k, v in equal.items() if v is not None and k != "finding"} == said
    assert {r["media"] for r in tables["review"].to_pylist()} == {ref("none")}
    known = finding_id(ref("both"), "known_as", entry(0))
    basis = [(r["kind"], r["locator"]) for r in tables["basis"].to_pylist() if r["finding"] == known]
    assert ("exhibit", "item:both") in basis and ("list", "entry:0") in basis


def test_a_value_of_zeros_or_of_a_wrong_length_is_kept_aside(run: Callable[..., Any], tmp_path: Path) -> None:
    LINES.append(f",,{bytes(144).hex()},9")
    LINES.append(f",,{bytes([1] * 143).hex()},9")
    try:
        tables = run(["zero"], [robust("zero", bytes(144))])
    finally:
        del LINES[3:]
    assert not found(tables, "similar_to")
    states = {(r["hasher"], r["state"]): r["hashes"] for r in tables["searched"].to_pylist()}
    assert states[photodna.NAME, "all_zero"] == 1 and states[photodna.NAME, "wrong_length"] == 1
