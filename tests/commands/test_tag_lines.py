"""Whom tags name beside an address, a transaction and an exposure, with how, who says so and where they differ."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.commands.names import LEDGER
from leadline.commands.tag_lines import LISTED, said
from leadline.engines.ledger import build
from leadline.model.progress import silent

PAID = "12higDjoCCNXSA95xZMWUdPvXNmkAduhWv"
BLOCK_9 = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"
PACK = """title: {title}
creator: hand
tags:
- address: {address}
  label: {label}
  category: exchange
  source: https://example.org/{label}
  confidence: {confidence}
  lastmod: 2018-01-01
  currency: BTC
"""


@pytest.fixture(scope="module")
def ledger(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tagged") / "ledger"
    build(out, [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main", silent)
    return out


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    for label, confidence in (("one", "forensic"), ("two", "web_crawl")):
        text = PACK.format(title=label, address=PAID, label=label, confidence=confidence)
        (folder / f"{label}.yaml").write_text(text)
    (folder / "notes.md").write_text("not a pack")
    return folder


def asked(*words: object) -> str:
    done = CliRunner().invoke(LEDGER, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_name_stands_with_its_source_and_two_names_are_a_conflict(ledger: Path, packs: Path) -> None:
    found = json.loads(asked("find", ledger, PAID, "--tags", packs, "--json"))
    assert [(t["service"], t["by"], t["level"], t["source"], t["pack"]) for t in found["tags"]] == [
        ("service:one", "tag", 50, "https://example.org/one", "one.yaml"),
        ("service:two", "tag", 20, "https://example.org/two", "two.yaml"),
    ]
    text = asked("find", ledger, PAID, "--tags", packs)
    assert "tags name service:one and service:two: nobody has decided which" in text
    assert (
        "service:one, exchange: tagged itself; forensic, level 50; one.yaml: https://example.org/one, 2018-01-01"
        in text
    )


def test_a_transaction_names_the_side_that_is_tagged(ledger: Path, packs: Path) -> None:
    paid = json.loads(asked("find", ledger, PAID, "--json"))["outputs"][0]
    txid, _, number = paid["outpoint"].partition(":")
    found = json.loads(asked("tx", ledger, txid, "--tags", packs / "one.yaml", "--json"))
    named = [(n, t["service"]) for n, row in enumerate(found["outputs"]) for t in row["tags"]]
    assert named == [(int(number), "service:one")]
    assert found["tags"] == []
    assert f"output {number}, {PAID}\n  service:one" in asked("tx", ledger, txid, "--tags", packs / "one.yaml")


def test_an_address_of_no_tag_says_so_and_without_packs_nothing_is_said(ledger: Path, packs: Path) -> None:
    assert asked("find", ledger, BLOCK_9, "--tags", packs).endswith("no tag of the packs named stands on it\n")
    assert "tag" not in asked("find", ledger, BLOCK_9)
    assert "tags" not in json.loads(asked("find", ledger, BLOCK_9, "--json"))


def test_a_pack_that_is_not_there_is_an_error(ledger: Path) -> None:
    done = CliRunner().invoke(LEDGER, ["find", str(ledger), BLOCK_9, "--tags", "nowhere.yaml"])
    assert done.exception is not None
    assert "no such tag pack" in str(done.exception)


def test_many_names_end_in_a_count() -> None:
    tag = {"service": None, "label": "x", "use": "remark", "category": None, "address": None, "by": "tag"}
    tag |= {"confidence": None, "level": 5, "source": None, "lastmod": None, "pack": "p"}
    lines = said([{**tag, "label": str(n)} for n in range(LISTED + 2)])
    assert lines[-1] == "  ... 2 more names; --json has them all"
    assert "no service: 0 (remark), no category: tagged itself; no confidence stated, level 5" in lines[0]
