"""A ledger's columns held to their digests: whatever is changed is named with its place, however the ledger grew."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.cli import call
from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.building import grow
from leadline.engines.ledger.building.proof import blamed, prove
from leadline.engines.ledger.storage import digests, meta
from leadline.errors import IntegrityError, UsageError
from leadline.kinds.bitcoin.tx import sha256d
from leadline.model.ledger import BY_NAME
from leadline.model.progress import silent
from leadline.scenario.plan import NETWORK

SEGMENT = 1 << 10
"""Bytes of a segment here, so that small columns have many."""


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "SEGMENT", SEGMENT)
        yield


@pytest.fixture(scope="module")
def whole(blocks: list[bytes], regtest: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their ledger, built at once; whoever changes it puts it right again."""
    folder = tmp_path_factory.mktemp("whole")
    build(folder / "ledger", [regtest.write(folder / "files", regtest.framed(blocks))], NETWORK)
    return folder / "ledger"


def columns_of(ledger: Path) -> Path:
    return ledger / str(meta.read(ledger)["columns"])


def expected(ledger: Path) -> dict[str, list[str]]:
    """The digests of a ledger's columns, computed here from its files and opened columns."""
    held, folder = open_ledger(ledger)._held, columns_of(ledger)
    data = {name: (folder / f"{name}.bin").read_bytes()[: held[name].nbytes] for name in BY_NAME}
    return {
        name: [hashlib.sha256(raw[k : k + SEGMENT]).hexdigest() for k in range(0, len(raw), SEGMENT)]
        for name, raw in data.items()
    }


def flip(file: Path, at: int, bits: int = 1) -> None:
    with file.open("r+b") as handle:
        handle.seek(at)
        byte = handle.read(1)[0] ^ bits
        handle.seek(at)
        handle.write(bytes([byte]))


def places(ledger: Path) -> list[tuple[str, int, int]]:
    facts = prove(ledger)
    assert facts["ok"] is (not facts["damaged"])
    return [(d["file"], d["at"], d["size"]) for d in facts["damaged"]]


def test_a_whole_ledger_is_whole(whole: Path) -> None:
    facts = prove(whole)
    held = meta.read(whole)
    assert facts["ok"] is True
    assert facts["damaged"] == []
    assert held["digests"] == {"segment": SEGMENT, "sha256": expected(whole)}
    assert facts["segments"] == sum(map(len, expected(whole).values()))
    assert facts["bytes"] == open_ledger(whole).size
    assert facts["seal"] == json.loads((whole / meta.META).read_text())["seal"]
    assert facts["columns"] == len(BY_NAME)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_changed_is_named_and_nothing_else(whole: Path, data: st.DataObject) -> None:
    """A byte flipped, a file cut, two segments or bytes of them swapped: in any column, at any place."""
    folder = columns_of(whole)
    names = sorted(p.stem for p in folder.iterdir() if p.stat().st_size)
    file = folder / f"{data.draw(st.sampled_from(names))}.bin"
    before = file.read_bytes()
    after = bytearray(before)
    how = data.draw(st.sampled_from(["flip", "cut", "swap", "longer"]))
    at = data.draw(st.integers(0, len(before) - 1))
    if how == "flip":
        after[at] ^= data.draw(st.integers(1, 255))
    elif how == "cut":
        del after[at:]
    elif how == "swap":
        other = data.draw(st.integers(0, len(before) // SEGMENT - 1)) * SEGMENT if len(before) > SEGMENT else 0
        one = max(0, min(at // SEGMENT, len(before) // SEGMENT - 1)) * SEGMENT
        after[one : one + SEGMENT], after[other : other + SEGMENT] = (
            before[other : other + SEGMENT],
            before[one : one + SEGMENT],
        )
    else:
        after += bytes(at % 99)
    file.write_bytes(after)
    try:
        found = places(whole)
    finally:
        file.write_bytes(before)
    assert found == [
        (f"{folder.name}/{file.name}", k, len(before[k : k + SEGMENT]))
        for k in range(0, len(before), SEGMENT)
        if before[k : k + SEGMENT] != after[: len(before)][k : k + SEGMENT]
    ]


def test_a_missing_and_an_unreadable_column_are_named(whole: Path, tmp_path: Path) -> None:
    ledger = Path(shutil.copytree(whole, tmp_path / "l"))
    folder = columns_of(ledger)
    size = (folder / "tx_id.bin").stat().st_size
    for name in ("tx_id", "stale_hash", "out_value"):
        (folder / f"{name}.bin").unlink()
    (folder / "out_value.bin").mkdir()
    found = {(d["file"], d["why"]): d["size"] for d in prove(ledger)["damaged"]}
    assert found[f"{folder.name}/tx_id.bin", "missing"] == size
    assert found[f"{folder.name}/stale_hash.bin", "missing"] == 0
    assert {name for name, _ in found} == {f"{folder.name}/{n}.bin" for n in ("tx_id", "stale_hash", "out_value")}


@pytest.mark.parametrize("cuts", [(450,), (300, 301, 700)])
def test_a_ledger_that_grew_and_those_it_grew_from_are_whole(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path, cuts: tuple[int, ...]
) -> None:
    """Each earlier state is kept by links of its own to the same files, as whoever copies cheaply would."""
    out, kept = tmp_path / "ledger", []
    for n, (a, b) in enumerate(zip((0, *cuts), (*cuts, len(blocks)), strict=True)):
        build(out, [regtest.write(tmp_path / "files", regtest.framed(blocks[a:b]), f"blk{n:05}.dat")], NETWORK)
        assert meta.read(out)["digests"] == {"segment": SEGMENT, "sha256": expected(out)}
        kept.append(Path(shutil.copytree(out, tmp_path / f"then {n}", copy_function=os.link)))
    for ledger in kept:
        assert places(ledger) == []
    flip(columns_of(out) / "out_value.bin", 5)
    for ledger in kept:
        assert [p[1:] for p in places(ledger)] == [(0, SEGMENT)]


def test_whole_segments_of_what_only_grows_are_not_read_again(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ledger"
    build(out, [regtest.write(tmp_path / "a", regtest.framed(blocks[:800]))], NETWORK)
    sizes = {name: a.nbytes for name, a in open_ledger(out)._held.items()}
    read: list[digests.Part] = []
    real = digests._digest
    monkeypatch.setattr(digests, "_digest", lambda folder, part: [read.append(part), real(folder, part)][1])
    build(out, [regtest.write(tmp_path / "b", regtest.framed(blocks[800:]), "blk00001.dat")], NETWORK)
    again = {p.name for p in read if p.end <= sizes[p.name] // SEGMENT * SEGMENT}
    assert not again & (set(grow.GROWING) - set(grow.FOLLOWED))
    assert places(out) == []


@pytest.mark.parametrize("name", ["out_spender", "script_slot", "tx_slot", "cluster_of", "out_script", "block_head"])
def test_damage_is_not_grown_on(blocks: list[bytes], regtest: ModuleType, tmp_path: Path, name: str) -> None:
    """What would pass into new columns: all files build the ledger anew, fewer are refused, nothing is believed."""
    out = tmp_path / "ledger"
    first = regtest.write(tmp_path / "files", regtest.framed(blocks[:700]))
    build(out, [first], NETWORK)
    more = regtest.write(tmp_path / "files", regtest.framed(blocks[700:]), "blk00001.dat")
    flip(columns_of(out) / f"{name}.bin", 40)
    before = (out / meta.META).read_bytes()
    with pytest.raises(UsageError, match="broken") as error:
        build(out, [more], NETWORK)
    assert "ledger check" in error.value.remedy
    assert (out / meta.META).read_bytes() == before
    build(out, [first, more], NETWORK)
    assert places(out) == []
    assert meta.read(out)["digests"]["sha256"] == expected(out)


def test_damage_that_is_not_looked_at_stays_damage(blocks: list[bytes], regtest: ModuleType, tmp_path: Path) -> None:
    out = tmp_path / "ledger"
    build(out, [regtest.write(tmp_path / "a", regtest.framed(blocks[:700]))], NETWORK)
    flip(columns_of(out) / "tx_id.bin", 40)
    build(out, [regtest.write(tmp_path / "b", regtest.framed(blocks[700:]), "blk00001.dat")], NETWORK)
    assert [p[1:] for p in places(out)] == [(0, SEGMENT)]


def test_a_reorganisation_is_whole_and_copies_no_damage(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path
) -> None:
    fork = 600
    other = regtest.chain([[] for _ in range(len(blocks) - fork + 1)], sha256d(blocks[fork - 1][:80]), fork, 601)
    branch = regtest.write(tmp_path / "b", regtest.framed(other), "blk00001.dat")
    out = tmp_path / "ledger"
    build(out, [regtest.write(tmp_path / "a", regtest.framed(blocks))], NETWORK)
    bad = Path(shutil.copytree(out, tmp_path / "bad"))
    build(out, [branch], NETWORK)
    assert places(out) == []
    assert meta.read(out)["digests"]["sha256"] == expected(out)
    flip(columns_of(bad) / "tx_id.bin", 40)
    with pytest.raises(IntegrityError, match="damaged") as error:
        build(bad, [branch], NETWORK)
    assert error.value.where == f"bad/columns-1/tx_id.bin byte:0-{SEGMENT}"
    assert open_ledger(bad).height == len(blocks) - 1


def test_heights_told_later_have_digests_of_their_own(regtest: ModuleType, tmp_path: Path) -> None:
    early = []
    for k in range(300):
        prev = sha256d(early[-1][:80]) if early else b"\x44" * 32
        early.append(regtest.block(prev, [regtest.coinbase(k)], 1_300_000_000 + 600 * k, version=1))
    late = regtest.chain([[], []], prev=sha256d(early[-1][:80]), first=7300, step=200_000)
    build(tmp_path / "l", [regtest.write(tmp_path / "a", regtest.framed(early))], NETWORK)
    build(tmp_path / "l", [regtest.write(tmp_path / "b", regtest.framed(late), "blk00001.dat")], NETWORK)
    assert open_ledger(tmp_path / "l").block_height[0] == 7000
    assert places(tmp_path / "l") == []


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_ledger_json_is_the_same_on_any_number_of_threads(
    whole: Path, tmp_path: Path, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[build.__module__], "THREADS", threads)
    build(tmp_path / "l", [whole.parent / "files"], NETWORK)
    assert (tmp_path / "l" / meta.META).read_bytes() == (whole / meta.META).read_bytes()


def test_an_unforeseen_error_is_the_damage_s_only_where_there_is_some(whole: Path) -> None:
    with pytest.raises(IndexError), blamed(whole, lambda: nullcontext(silent)):
        raise IndexError
    file = columns_of(whole) / "in_prev.bin"
    flip(file, 9)
    try:
        with pytest.raises(IntegrityError) as error, blamed(whole, lambda: nullcontext(silent)):
            raise IndexError
    finally:
        flip(file, 9)
    assert error.value.where == f"ledger/columns-1/in_prev.bin byte:0-{SEGMENT}"
    assert "ledger check" in error.value.remedy


@pytest.mark.parametrize("column", sorted(BY_NAME))
def test_no_command_ends_in_an_unforeseen_error_over_damage(
    whole: Path, column: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every value of a column turned into another: who asks gets an answer or is told of the damage."""
    opened = open_ledger(whole)
    last = len(opened.tx_id) - 1
    asked = [("info",), ("tx", opened.txid_hex(last)), ("find", opened.script_bytes(9).hex()), ("cluster-conflicts",)]
    file = columns_of(whole) / f"{column}.bin"
    before = file.read_bytes()
    file.write_bytes(bytes(b ^ 0x55 for b in before))
    try:
        for command, *what in asked:
            code = call(["ledger", command, str(whole), *what])
            said = capfd.readouterr().err
            assert code in (0, 1, 2), command
            assert "Leadline itself" not in said, (command, said)
            assert code == 0 or "remedy: " in said, (command, said)
    finally:
        file.write_bytes(before)
