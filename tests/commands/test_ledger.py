"""leadline ledger build|info|find|tx on the first mainnet blocks."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from leadline.commands.ledger import ledger
from leadline.errors import UsageError

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
    assert seen.stdout == "no output of the ledger pays this script\n"
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
    assert "p2pk of the same key: 1 outputs, received 50.00000000 BTC" in shown.stdout


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
        apart = asked("cluster", built, REUSED, "--apart", REUSED, others[0])
        assert others[0] not in apart["scripts"]
        assert apart["refused"]
    with pytest.raises(UsageError):
        CliRunner().invoke(ledger, ["cluster", built, OUTSIDE], catch_exceptions=False)
