"""What a newcomer names by mistake and an attacker on purpose: one error that says what, where and what to do."""

import json
import os
import shutil
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from leadline.cli import call
from leadline.engines.ledger import build, open_ledger
from leadline.errors import ChainError, IntegrityError, SpaceError, UsageError


@pytest.fixture
def good(regtest: ModuleType, tmp_path: Path) -> Path:
    """A ledger of three blocks, its file in `files`."""
    file = regtest.write(tmp_path / "files", regtest.framed([regtest.GENESIS, *regtest.chain([[], []])]))
    build(tmp_path / "good", [file], "regtest")
    return tmp_path / "good"


def junk(folder: Path) -> None:
    folder.mkdir()
    for name in ("blk00000.dat", "rev00000.dat", "notes.txt"):
        (folder / name).write_bytes(np.random.default_rng(3).bytes(50_000))


def folders(folder: Path) -> None:
    (folder / "blk00000.dat").mkdir(parents=True)


def loop(folder: Path) -> None:
    folder.mkdir()
    (folder / "blk00000.dat").symlink_to(folder / "blk00000.dat")
    (folder / "blocks").symlink_to(folder)


def fifo(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "blk00000.dat")


def empty_files(folder: Path) -> None:
    folder.mkdir()
    (folder / "blk00000.dat").touch()
    (folder / "xor.dat").touch()


def bad_key(folder: Path) -> None:
    junk(folder)
    (folder / "xor.dat").write_bytes(b"123")


WRONG = [junk, folders, loop, fifo, empty_files, bad_key]


@pytest.mark.parametrize("make", WRONG, ids=lambda f: f.__name__)
@pytest.mark.parametrize("options", [(), ("--network", "main")])
def test_a_wrong_source_is_one_error_with_place_and_remedy(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, options: tuple[str, ...]
) -> None:
    assert callable(make)
    make(tmp_path / "source")
    for source in (tmp_path / "source", tmp_path / "source" / "blk00000.dat", tmp_path / "source" / "absent"):
        for out in (tmp_path / "new", good):
            before = (good / "ledger.json").read_bytes()
            assert call(["ledger", "build", str(out), str(source), *options]) in (1, 2)
            said = capsys.readouterr().err.splitlines()
            (first,) = [n for n, line in enumerate(said) if line.startswith("leadline: ")]
            assert "Leadline itself" not in said[first]
            assert [line.split(":")[0] for line in said[first + 1 :]] == ["where", "remedy"], said
            assert (good / "ledger.json").read_bytes() == before
            assert not (tmp_path / "new").exists()


def test_a_file_without_blocks_beside_good_ones_is_named_not_fatal(good: Path, tmp_path: Path) -> None:
    (tmp_path / "files" / "blk00001.dat").touch()
    (tmp_path / "files" / "blk00002.dat").write_bytes(b"short")
    (tmp_path / "files" / "blk00003.dat").mkdir()
    (tmp_path / "files" / "rev00000.dat").touch()
    build(tmp_path / "l", [tmp_path / "files"], "regtest")
    sources = open_ledger(tmp_path / "l").sources()["sources"]
    assert [(s["file"], s["blocks"]) for s in sources] == [
        ("blk00000.dat", 3),
        ("blk00001.dat", 0),
        ("blk00002.dat", 0),
    ]


def test_an_unreadable_file_is_named(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(np, "memmap", refuse)
    with pytest.raises(ChainError, match="permission denied") as error:
        build(tmp_path / "l", [tmp_path / "files"], "regtest")
    assert error.value.where == "blk00000.dat"
    assert error.value.remedy


def test_an_undo_file_of_another_folder_with_a_broken_key_file(good: Path, tmp_path: Path) -> None:
    junk(tmp_path / "other")
    (tmp_path / "other" / "xor.dat").write_bytes(b"1")
    with pytest.raises(ChainError, match="eight-byte key"):
        build(tmp_path / "l", [tmp_path / "files", tmp_path / "other" / "rev00000.dat"], "regtest")


@pytest.mark.parametrize("version", [1, 0x20000000])
def test_a_header_alone_is_a_block_that_cannot_be_read(regtest: ModuleType, tmp_path: Path, version: int) -> None:
    block = regtest.block(regtest.GENESIS_HASH, [regtest.coinbase(1)], 1_300_000_000, version)
    for size in (80, 81, 84):
        file = regtest.write(tmp_path, block[:size], f"{size}.dat")
        with pytest.raises(ChainError, match="cannot be read") as error:
            build(tmp_path / "l", [file], "regtest")
        assert error.value.where in {f"{size}.dat byte:{at}-{size}" for at in range(80, size + 1)}


def test_a_file_of_headers_is_no_block(regtest: ModuleType, tmp_path: Path) -> None:
    """As light wallets keep: it begins like a block, and is larger than one can be."""
    file = regtest.write(tmp_path, regtest.GENESIS[:80] * 60_000, "headers.dat")
    with pytest.raises(ChainError, match="no block"):
        build(tmp_path / "l", [file], "regtest")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"format": 7}', "{" * 5000, '{"format": "FORMAT"}', '{"format": "FORMAT", "columns": 7}'],
)
def test_a_folder_that_is_no_ledger(good: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    told = json.loads((good / "ledger.json").read_text())["format"]
    (good / "ledger.json").write_text(text.replace("FORMAT", told))
    with pytest.raises(IntegrityError) as error:
        open_ledger(good)
    assert error.value.where == "good"
    assert error.value.remedy
    assert call(["ledger", "info", str(good), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "IntegrityError"


@pytest.mark.parametrize(
    "change",
    [
        {"rows": {}},
        {"rows": None},
        {"rows": "x"},
        {"info": 3},
        {"columns": "../../elsewhere"},
        {"starts": []},
        {"sources": None},
        {"script_key": "zz"},
        {"seal": "00" * 32},
    ],
)
def test_a_ledger_json_that_says_something_else(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    meta = json.loads((good / "ledger.json").read_text())
    (good / "ledger.json").write_text(json.dumps(meta | change))
    with pytest.raises(IntegrityError, match="damaged, or was changed by hand") as error:
        open_ledger(good)
    assert (error.value.where, bool(error.value.remedy)) == ("good", True)
    assert call(["ledger", "info", str(good)]) == 1
    assert call(["ledger", "build", str(good), str(tmp_path / "files")]) == 0, "from the blocks themselves"
    assert open_ledger(good).height == 2


def test_any_flipped_byte_of_ledger_json_is_seen(good: Path) -> None:
    whole = (good / "ledger.json").read_bytes()
    for at in range(0, len(whole), 7):
        (good / "ledger.json").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            info = open_ledger(good).info()
        except IntegrityError:
            continue
        assert whole[at : at + 1].isspace(), at
        assert info["height"] == 2
    (good / "ledger.json").write_bytes(whole)
    assert open_ledger(good).height == 2


def test_a_ledger_in_place_of_a_file_and_a_case(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "files" / "blk00000.dat"
    assert call(["ledger", "build", str(file), str(file)]) == 2
    assert call(["ledger", "build", str(file / "below"), str(file)]) == 2
    assert call(["ledger", "info", str(file)]) == 1
    shutil.copytree(good, tmp_path / "copy")
    said = capsys.readouterr().err
    assert said.count("leadline: ") == 3
    assert "Leadline itself" not in said


@pytest.mark.parametrize("what", ["", "x", "00" * 31, "zz" * 32, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "\x1b[2J" * 16])
def test_what_is_no_address_and_no_id(good: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    for command in ("find", "tx", "cluster"):
        assert call(["ledger", command, str(good), what]) in (1, 2)
        said = capsys.readouterr()
        assert said.out == ""
        assert "Leadline itself" not in said.err
        assert "\x1b" not in said.err
        assert "remedy: " in said.err


def test_too_small_a_disk_is_told_before_anything_is_written(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(SpaceError, match="bytes of disk, 1,000 are free") as error:
        build(tmp_path / "l", [tmp_path / "files"], "regtest")
    assert "slice" in error.value.remedy
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("how", ["format", "column"])
def test_a_ledger_that_cannot_grow_is_not_replaced_by_less(
    good: Path, tmp_path: Path, regtest: ModuleType, how: str
) -> None:
    """One new file named for an old ledger must not leave a slice in its place; all of its files build it again."""
    meta = json.loads((good / "ledger.json").read_text())
    if how == "format":
        (good / "ledger.json").write_text(json.dumps(meta | {"format": "leadline-ledger/1"}))
    else:
        (good / meta["columns"] / "out_value.bin").unlink()
    before = sorted(p.name for p in good.rglob("*"))
    few = regtest.write(tmp_path / "few", regtest.framed([regtest.GENESIS, *regtest.chain([[]])]))
    with pytest.raises(UsageError, match="more blocks than the files named"):
        build(good, [few], "regtest")
    assert sorted(p.name for p in good.rglob("*")) == before
    build(good, [tmp_path / "files"], "regtest")
    assert open_ledger(good).height == 2


def test_a_folder_that_cannot_be_written_is_named(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regtest: ModuleType
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    more = regtest.write(tmp_path / "more", regtest.framed([regtest.GENESIS, *regtest.chain([[], [], []])]))
    monkeypatch.setattr(Path, "mkdir", refuse)
    for out in (good, tmp_path / "new"):
        with pytest.raises(UsageError, match="permission denied") as error:
            build(out, [more], "regtest")
        assert (error.value.where, bool(error.value.remedy)) == (out.name, True)
    monkeypatch.undo()
    assert open_ledger(good).height == 2
