"""leadline ledger build|info|find|tx on the first mainnet blocks."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from leadline.cli import call
from leadline.commands.names import LEDGER as ledger
from leadline.engines.ledger import build as build_ledger
from leadline.engines.ledger import open_ledger
from leadline.errors import IntegrityError, UsageError
from leadline.kinds.bitcoin.address import encode
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options

FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
REUSED = "12higDjoCCNXSA95xZMWUdPvXNmkAduhWv"
GENESIS = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
OUTSIDE = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
BLOCK_9 = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"


@pytest.fixture(scope="module")
def built(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("cli") / "ledger")
    blocks = str(data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat")
    done = CliRunner().invoke(ledger, ["build", out, blocks], catch_exceptions=False)
    assert done.exit_code == 0
    assert "4,313 blocks, every merkle root checked" in done.stdout
    return out


def test_check_names_what_is_damaged_and_says_so_by_its_exit_code(data_dir: Path, tmp_path: Path) -> None:
    data = bytearray((data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat").read_bytes())
    (tmp_path / "blk00000.dat").write_bytes(data)
    run = partial(CliRunner().invoke, ledger, catch_exceptions=False, standalone_mode=False)
    done = run(["check", str(tmp_path)])
    assert done.return_value == 0
    assert done.stdout.startswith("every block and undo record is whole\n1 block file of main: 4,313 whole blocks")
    data[500] ^= 1
    (tmp_path / "blk00001.dat").write_bytes(data)
    done = run(["check", str(tmp_path)])
    assert done.return_value == 1
    assert "  damaged: blk00001.dat byte:293-516, a whole copy stands at blk00000.dat byte:293; block" in done.stdout
    done = run(["check", str(tmp_path / "blk00001.dat"), "--json"])
    assert done.return_value == 1
    (row,) = json.loads(done.stdout)["damaged"]
    assert (row["file"], row["at"], row["size"], row["whole_copy"]) == ("blk00001.dat", 293, 223, None)
    done = run(["build", str(tmp_path / "l"), str(tmp_path / "blk00001.dat"), "--leave-out-damaged"])
    assert "damaged, left out: blk00001.dat byte:293-516" in done.stdout
    assert "2 runs of blocks, with gaps between them" in done.stdout


def test_check_of_a_ledger_names_what_is_damaged_and_says_so_by_its_exit_code(built: str, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(built, tmp_path / "mine"))
    run = partial(CliRunner().invoke, ledger, standalone_mode=False)
    done = run(["check", str(mine)])
    assert done.return_value == 0
    assert done.stdout.startswith(
        "every byte is as it was written\nledger of main up to height 4,312: 4,313 blocks, 40 col"
    )
    (file,) = mine.glob("columns-*/out_value.bin")
    size = file.stat().st_size
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(data)
    done = run(["check", str(mine)])
    assert done.return_value == 1
    assert done.stdout.startswith("damaged: build it again in a new folder")
    assert f"  damaged: columns-1/out_value.bin byte:0-{size}, not the bytes that were written" in done.stdout
    done = run(["check", str(mine), "--json"])
    assert done.return_value == 1
    (row,) = json.loads(done.stdout)["damaged"]
    assert (row["file"], row["at"], row["size"]) == ("columns-1/out_value.bin", 0, size)
    for more in ([str(tmp_path)], ["--network", "main"]):
        assert isinstance(run(["check", str(mine), *more]).exception, UsageError)
    (mine / "ledger.json").unlink()
    assert isinstance(run(["check", str(mine)]).exception, IntegrityError)


def test_a_changed_amount_is_seen_by_info(built: str, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(built, tmp_path / "mine"))
    opened = open_ledger(mine)
    (file,) = mine.glob("columns-*/out_value.bin")
    data = np.fromfile(file, np.int64)
    data[opened.in_prev[opened.in_prev >= 0][0]] += 1
    data.tofile(file)
    error = CliRunner().invoke(ledger, ["info", str(mine)], standalone_mode=False).exception
    assert isinstance(error, IntegrityError)
    assert (error.where, error.remedy) == ("mine", "run `leadline ledger check mine`")


def asked(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(ledger, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return dict(json.loads(done.stdout))


def test_info_has_the_promised_keys(built: str) -> None:
    info = asked("info", built)
    promised = (
        "network",
        "height",
        "blocks",
        "transactions",
        "inputs",
        "outputs",
        "spends_resolved",
        "value_spent_sat",
    )
    assert {
        *promised,
        "merkle_roots_ok",
        "clusters",
        "digest",
        "segments",
        "unresolved",
        "scripts",
        "coinjoins",
    } <= set(info)
    assert info["value_spent_sat"] == 1_244_956_000_000
    assert asked("info", built, "--height", "170")["height"] == 170
    for height in ("-1", "4313"):
        assert call(["ledger", "info", built, "--height", height]) == 2


def test_tx(built: str) -> None:
    found = asked("tx", built, FIRST_PAYMENT)
    assert found["fee_sat"] == 0
    assert found["height"] == 170
    assert [o["value_sat"] for o in found["outputs"]] == [1_000_000_000, 4_000_000_000]
    assert asked("find", built, FIRST_PAYMENT) == found
    lines = CliRunner().invoke(ledger, ["tx", built, FIRST_PAYMENT], catch_exceptions=False).stdout
    assert "50.00000000  p2pk" in lines
    with pytest.raises(UsageError):
        CliRunner().invoke(ledger, ["tx", built, "00" * 32], catch_exceptions=False)


def test_find(built: str) -> None:
    seen = CliRunner().invoke(ledger, ["find", built, OUTSIDE], catch_exceptions=False)
    assert seen.stdout.startswith("no output of the ledger pays this script; of blocks it lacks")
    found = asked("find", built, REUSED)
    assert found["found"] is True
    assert found["kind"] == "p2pkh"
    assert len(found["outputs"]) == 7
    assert found["received_sat"] == 497_500_000_000
    assert found["cluster"]["scripts"] >= 1
    with pytest.raises(UsageError):
        CliRunner().invoke(ledger, ["find", built, "not an address"], catch_exceptions=False)


def test_find_shows_outputs_to_the_key_itself(built: str) -> None:
    found = asked("find", built, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert found["found"] is True
    assert found["outputs"] == []
    (genesis,) = found["same_key"]
    assert genesis["kind"] == "p2pk"
    assert [o["outpoint"] for o in genesis["outputs"]] == [GENESIS + ":0"]
    shown = CliRunner().invoke(ledger, ["find", built, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"], catch_exceptions=False)
    assert len(asked("find", built, BLOCK_9)["same_key"][0]["outputs"]) == 6
    assert "of the same key, p2pk 4104678afdb0" in shown.stdout
    assert "1 output, received 50.00000000 BTC" in shown.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ledger of the tiny training chain."""
    folder = tmp_path_factory.mktemp("trained")
    plan, _ = draw_plan(Options(SIZES["tiny"], 5))
    build_chain(folder / "chain", plan)
    build_ledger(folder / "ledger", sorted((folder / "chain").glob("*.dat")), "regtest")
    return str(folder / "ledger")


def test_conflicts_name_the_merge_of_two_actors(trained: str, tmp_path: Path) -> None:
    opened = open_ledger(Path(trained))
    label = int(np.bincount(opened.cluster_of).argmax())
    members = opened.members_of([label])
    addresses = [encode(opened.script_bytes(int(s)), "regtest") for s in (members[0], members[-1])]
    tags = "".join(
        f"  - {{address: {a}, label: {n}, currency: BTC, confidence: forensic, source: 'x'}}\n"
        for a, n in zip(addresses, ("alpha", "beta"), strict=True)
    )
    pack = tmp_path / "tags.yaml"
    pack.write_text(f"title: t\ncreator: c\ntags:\n{tags}")
    (noted,) = asked("cluster-conflicts", trained, "--tags", str(pack))["conflicts"]
    assert sorted(noted["actors"]) == ["alpha", "beta"]
    assert noted["txid"] in opened.merge_txs_of(label)
    (again,) = asked("cluster", trained, str(addresses[0]), "--tags", str(pack))["conflicts"]
    assert again == noted
    cannot_link = asked(
        "cluster", trained, str(addresses[0]), "--cannot-link", *map(str, addresses), "--tags", str(pack)
    )
    assert cannot_link["conflicts"] == []
    assert noted["txid"] in {r["txid"] for r in cannot_link["refused"]}
    lines = (
        CliRunner().invoke(ledger, ["cluster-conflicts", trained, "--tags", str(pack)], catch_exceptions=False).stdout
    )
    assert f"look at {noted['txid']}: it joins clusters tagged" in lines
    many = asked("cluster-conflicts", trained, "--huge", "2")["conflicts"]
    assert many and all(a["huge"] for a in many)
    assert asked("cluster-conflicts", trained)["conflicts"] == []


def test_change_of_the_first_payment(built: str) -> None:
    found = asked("change", built, FIRST_PAYMENT)
    assert found["outputs"][1]["value_sat"] == 4_000_000_000
    assert "address_reuse" in found["outputs"][1]["rules"], "the rest went back to the key it came from"
    assert len(found["rules"]) == 26
    shown = CliRunner().invoke(ledger, ["change", built, FIRST_PAYMENT], catch_exceptions=False).stdout
    assert "address_reuse: Pays a script that the payment spends from" in shown
    for wrong in ("00" * 32, GENESIS):
        with pytest.raises(UsageError):
            CliRunner().invoke(ledger, ["change", built, wrong], catch_exceptions=False)


def test_cluster(built: str) -> None:
    found = asked("cluster", built, REUSED)
    assert REUSED in found["scripts"]
    assert len(found["scripts"]) == asked("find", built, REUSED)["cluster"]["scripts"]
    merges = [m["txid"] for m in found["merges"]]
    if merges:
        fewer = asked("cluster", built, REUSED, "--without", merges[0])
        assert len(fewer["scripts"]) <= len(found["scripts"])
    none = asked("cluster", built, REUSED, "--without-rule", "multi_input", "--without-rule", "same_key")
    assert (none["scripts"], none["merges"]) == ([REUSED], [])
    assert none["without_rules"] == ["multi_input", "same_key"]
    assert {m["rule"] for m in found["merges"]} <= {"multi_input", "same_key"}
    others = [s for s in found["scripts"] if s != REUSED and s.startswith("1")]
    if others:
        cannot_link = asked("cluster", built, REUSED, "--cannot-link", REUSED, others[0])
        assert others[0] not in cannot_link["scripts"]
        assert cannot_link["refused"]
    with pytest.raises(UsageError):
        CliRunner().invoke(ledger, ["cluster", built, OUTSIDE], catch_exceptions=False)


def test_the_network_is_told_by_the_files_and_named_for_bare_blocks(data_dir: Path, tmp_path: Path) -> None:
    blocks = data_dir / "chain" / "blocks"
    bare = str(blocks / "core_block413567.raw")
    with pytest.raises(UsageError, match="do not tell their network") as error:
        CliRunner().invoke(ledger, ["build", str(tmp_path / "l"), bare], catch_exceptions=False)
    assert "--network" in error.value.remedy
    assert not (tmp_path / "l").exists()
    assert asked("build", str(tmp_path / "l"), bare, "--network", "main")["height"] == 413567
    other = str(blocks / "bcoin_482683.raw")
    grown = asked("build", str(tmp_path / "l"), other)
    assert (grown["network"], grown["blocks"]) == ("main", 2)
    testnet = str(blocks / "bcoin_928816.raw")
    with pytest.raises(UsageError, match="of the network main"):
        CliRunner().invoke(ledger, ["build", str(tmp_path / "l"), testnet, "--network", "test"], catch_exceptions=False)
    assert asked("info", str(tmp_path / "l"))["blocks"] == 2


def test_build_says_what_it_did_about_the_key(data_dir: Path, tmp_path: Path) -> None:
    raw = (data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat").read_bytes()
    key = bytes.fromhex("8a1f00c3d97e2255")
    masked = bytes(b ^ key[i % 8] for i, b in enumerate(raw))
    folder = tmp_path / "blocks"
    folder.mkdir()
    (folder / "blk00000.dat").write_bytes(masked)
    said = CliRunner().invoke(ledger, ["build", str(tmp_path / "a"), str(folder)], catch_exceptions=False).stdout
    assert "the xor key of 1 recovered from the files" in said
    (folder / "xor.dat").write_bytes(key)
    said = CliRunner().invoke(ledger, ["build", str(tmp_path / "b"), str(folder)], catch_exceptions=False).stdout
    assert "the xor key of 1 taken from xor.dat" in said
    assert "blocks of 2009-01-03 to 2009-02-14" in said


def test_runs_of_blocks_are_listed_with_their_days(data_dir: Path, tmp_path: Path) -> None:
    names = ("bitcoinj_block169482.dat", "bitcoinj_block227835.dat", "bitcoinj_block227836.dat", "core_block413567.raw")
    files = [str(data_dir / "chain" / "blocks" / n) for n in names]
    made = CliRunner().invoke(
        ledger, ["build", str(tmp_path / "l"), *files, "--network", "main"], catch_exceptions=False
    )
    assert "3 runs of blocks, with gaps between them:" in made.stdout
    assert "  1 block of unknown height, 2012-03-03 to 2012-03-03" in made.stdout
    assert "  heights 227,835 to 227,836, 2013-03-24 to 2013-03-24" in made.stdout
