"""A small seizure and one list, from names, frames and lines."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from leadline.kinds.hashers import pdq
from leadline.model import findings
from leadline.model.findings import finding_id
from leadline.model.tables import from_columns
from leadline.steps.match import SPEC
from leadline.steps.step import Pin

DIGEST = "ab" * 32


def ref(name: str) -> str:
    """The media ref of a file of this name."""
    return f"media:{hashlib.sha256(name.encode()).hexdigest()}"


def entry(number: int) -> str:
    """The ref of an entry of the list."""
    return f"entry:{DIGEST}/{number}"


def changed(value: np.ndarray, bits: int) -> bytes:
    """The hash with so many bits turned."""
    spread = np.unpackbits(value)
    spread[:bits] ^= 1
    return np.packbits(spread).tobytes()


def frame(
    name: str, value: bytes, number: int = 0, t_ms: int | None = None, until: int | None = None
) -> dict[str, Any]:
    """A row of signature."""
    return {
        "media": ref(name), "hasher": pdq.NAME, "value": value, "quality": 90, "frame": number, "t_ms": t_ms,
        "until_ms": until, "locator": f"item:{name}>item:{number}",
    }  # fmt: skip


def crop(name: str, way: str, value: bytes) -> dict[str, Any]:
    """A row of crop."""
    return {
        "media": ref(name), "hasher": pdq.NAME, "crop": way, "value": value, "quality": 90,
        "frame": 0, "locator": f"item:{name}",
    }  # fmt: skip


def found(tables: dict[str, pa.Table], predicate: str) -> set[tuple[str, str]]:
    """(subject, object) of the findings of a predicate."""
    rows = tables["finding"].to_pylist()
    return {(r["subject"], r["object"]) for r in rows if r["predicate"] == predicate}


def rejections(*claims: tuple[str, str, str]) -> pa.Table:
    """Decisions that reject these (subject, predicate, object)."""
    n = len(claims)
    columns = {
        "id": [bytes([i]) * 32 for i in range(n)], "finding": [finding_id(*claim) for claim in claims],
        "verdict": ["rejected"] * n, "reason": ["x"] * n, "basis_digest": [bytes(32)] * n, "decided_by": ["x"] * n,
        "decided_at": [0] * n, "scripted": [False] * n,
    }  # fmt: skip
    return from_columns(findings.DECISION, columns)


@pytest.fixture
def seizure(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Callable[..., dict[str, pa.Table]]:
    """A function: media names, frames, lines of a list (id, t_ms, pdq), crops, more arguments to match's tables."""

    def made(
        names: list[str],
        frames: list[dict[str, Any]],
        lines: list[str],
        anew: tuple[dict[str, Any], ...] = (),
        **more: Any,
    ) -> dict[str, pa.Table]:
        path = tmp_path / "list.csv"
        path.write_text("id,t_ms,pdq,quality,category,scheme,note\n" + "".join(f"{x},90,1,x,ask\n" for x in lines))
        files = [
            {"media": ref(n), "media_type": "video/mp4", "status": "decoded", "locator": f"item:{n}"} for n in names
        ]
        tables = {
            "media": records("media", *files),
            "signature": records("signature", *frames),
            "crop": records("crop", *anew),
        }
        pins = {"list": [Pin("list", "a", path, DIGEST)]}
        return dict(SPEC.run(hand_inputs(SPEC, tables=tables, pinned=pins, **more)))

    return made
