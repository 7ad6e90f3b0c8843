"""A picture framed anew is found where the plain one is not, and says so; its chance hits are stated."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from tests.steps.match.conftest import changed, crop, entry, found, frame, ref

from leadline.kinds.hashers import pdq

RNG = np.random.Generator(np.random.PCG64(32))
HASH = RNG.integers(0, 256, (20, 32), dtype=np.uint8)
Seizure = Callable[..., dict[str, pa.Table]]
FRAMES = [
    frame("a", bytes(HASH[0])),
    frame("b", bytes(HASH[1])),
    frame("c", bytes(HASH[2])),
    frame("d", bytes(HASH[3])),
]
ANEW = (
    crop("a", "margin-27", changed(HASH[10], 30)), crop("a", "cut-30", bytes(HASH[15])),
    crop("b", "border-off", changed(HASH[11], 40)), crop("c", "tilt-2.0", changed(HASH[3], 20)),
)  # fmt: skip
LINES = [f",,{bytes(HASH[n]).hex()}" for n in (10, 11)]


def test_a_crop_within_the_radius_is_similar_and_a_further_one_a_lead(seizure: Seizure) -> None:
    tables = seizure(["a", "b", "c", "d"], FRAMES, LINES, ANEW)
    assert found(tables, "similar_to") == {(ref("a"), entry(0)), (ref("c"), ref("d"))} or found(
        tables, "similar_to"
    ) == {(ref("a"), entry(0)), (ref("d"), ref("c"))}
    rows = {r["other"]: r for r in tables["match"].to_pylist()}
    row = rows[entry(0)]
    assert (row["rule"], row["crop"], row["distance"], row["frames"]) == ("crop", "margin-27", 30, 1)
    (lead,) = tables["lead"].to_pylist()
    assert (lead["media"], lead["reason"], lead["crop"], lead["distance"]) == (ref("b"), "alone", "border-off", 40)
    assert {s for s, _ in found(tables, "in_series")} == {ref("c"), ref("d")}
    (pair,) = (r for r in rows.values() if r["other"].startswith("media:"))
    assert (pair["rule"], pair["crop"]) == ("crop", "tilt-2.0")


def test_chance_hits_count_every_crop(seizure: Seizure) -> None:
    tables = seizure(["a", "b", "c", "d"], FRAMES, LINES, ANEW)
    rows = {(r["searched"], r["radius"]): r for r in tables["chance"].to_pylist()}
    assert (rows["crops", 31]["comparisons"], rows["crops", 31]["found"]) == (4 * 2 * len(pdq.FORMS), 1)
    assert rows["crops", 42]["found"] == 2
    assert {r["state"] for r in rows.values()} == {"searched"}
    assert len({rows[searched, radius]["comparisons"] for searched, radius in rows if searched == "crops"}) == 1
    assert rows["seizure_crops", 31]["found"] == 1


def test_what_matches_plainly_is_not_asked_again(seizure: Seizure) -> None:
    lines = [f",,{bytes(HASH[0]).hex()}"]
    tables = seizure(["a"], FRAMES[:1], lines, (crop("a", "whole", changed(HASH[0], 3)),))
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["crop"]) == ("frame", None)
    assert ("crops", 31) not in {(r["searched"], r["radius"]) for r in tables["chance"].to_pylist()}
