"""A digest named in records is the seized file that has it: its uploads count there, and it is no file of its own."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.steps.match.conftest import DIGEST, entry, found, frame, ref, rejections

from leadline.steps.match import SPEC
from leadline.steps.step import Pin

MD5 = {name: hashlib.md5(name.encode(), usedforsecurity=False).digest() for name in ("held", "twin", "away")}
Run = Callable[..., dict[str, pa.Table]]


def bare(name: str) -> str:
    return f"media:md5-{MD5[name].hex()}"


@pytest.fixture
def run(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Run:
    """Two files on a medium, one MD5 of the first and one of none in a chat and in uploads, and a list of `listed`."""

    def made(listed: str, twin: bytes = MD5["twin"], denied: str = "") -> dict[str, pa.Table]:
        path = tmp_path / "list.csv"
        path.write_text(f"md5\n{listed}\n")
        held = [{"media": ref(n), "media_type": "image/png", "status": "decoded"} for n in ("held", "twin")]
        chat = [
            {"media": bare(n), "media_type": "unknown", "status": "digest_only", "locator": f"item:{n}"}
            for n in ("held", "away")
        ]
        digests = [
            {"media": ref(n), "hasher": "md5", "value": value, "frame": -1, "locator": f"item:md5-{n}"}
            for n, value in (("held", MD5["held"]), ("twin", twin))
        ]
        uploads = [
            {"event": f"event:s/upload/{at}", "subject": "account:s/1", "kind": "upload", "object": media,
             "utc_low": at * 1_000_000, "utc_high": at * 1_000_000, "locator": f"item:{at}"}
            for at, media in ((9, ref("held")), (5, bare("held")), (7, bare("away")))
        ]  # fmt: skip
        tables = {
            "media": records("media", *held, *chat),
            "signature": records("signature", *digests, frame("held", b"\x5a\xc3" * 16)),
            "event": records("event", *uploads),
        }
        decided = rejections(*([(bare("held"), "digest_of", ref(denied))] if denied else []))
        pins = {"list": [Pin("list", "a", path, DIGEST)]}
        return dict(SPEC.run(hand_inputs(SPEC, tables=tables, pinned=pins, decided=decided)))

    return made


def test_the_digest_is_the_files(run: Run) -> None:
    tables = run("cd" * 16)
    (tie,) = tables["named_digest"].to_pylist()
    assert (tie["media"], tie["file"], tie["hasher"]) == (bare("held"), ref("held"), "md5")
    assert found(tables, "digest_of") == {(bare("held"), ref("held"))}
    places = {(r["ref"], r["locator"]) for r in tables["basis"].to_pylist() if r["finding"] == tie["finding"]}
    assert {place for _, place in places} == {"item:5", "item:md5-held"}  # the first place of each
    queue = {r["media"]: r for r in tables["review"].to_pylist()}
    assert set(queue) == {ref("held"), ref("twin")}
    assert (queue[ref("held")]["uploads"], queue[ref("held")]["first_upload"].timestamp()) == (2, 5)
    rests = [r for r in tables["basis"].to_pylist() if r["finding"] == queue[ref("held")]["finding"]]
    assert f"finding:{tie['finding'].hex()}" in {r["ref"] for r in rests}
    assert "item:5" in {r["locator"] for r in rests}
    assert {r["media"] for r in tables["unsearched"].to_pylist()} == {bare("away"), ref("twin")}


def test_both_are_known_where_a_list_has_the_digest(run: Run) -> None:
    tables = run(MD5["held"].hex())
    assert found(tables, "known_as") == {(bare("held"), entry(0)), (ref("held"), entry(0))}
    assert {r["media"] for r in tables["review"].to_pylist()} == {ref("twin")}


def test_a_digest_of_two_files_counts_no_uploads(run: Run) -> None:
    tables = run("cd" * 16, twin=MD5["held"])
    assert found(tables, "digest_of") == {(bare("held"), ref("held")), (bare("held"), ref("twin"))}
    assert {r["media"]: r["uploads"] for r in tables["review"].to_pylist()} == {ref("held"): 1, ref("twin"): 0}


def test_a_tie_that_a_person_denied_ties_nothing(run: Run) -> None:
    tables = run("cd" * 16, denied="held")
    assert not tables["named_digest"].num_rows and found(tables, "digest_of") == {(bare("held"), ref("held"))}
    assert {r["media"]: r["uploads"] for r in tables["review"].to_pylist()} == {ref("held"): 1, ref("twin"): 0}
    assert {r["media"] for r in tables["unsearched"].to_pylist()} == {bare("held"), bare("away"), ref("twin")}
    other = run("cd" * 16, twin=MD5["held"], denied="twin")
    assert {(r["media"], r["file"]) for r in other["named_digest"].to_pylist()} == {(bare("held"), ref("held"))}
    assert {r["media"]: r["uploads"] for r in other["review"].to_pylist()} == {ref("held"): 2, ref("twin"): 0}
