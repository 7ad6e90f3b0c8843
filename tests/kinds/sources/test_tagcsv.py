"""Tags as CSV and bare lists of sanctioned addresses."""

from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds import source
from leadline.kinds.sources import tagcsv

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
OTHER = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX"


def test_a_table_of_tags(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text(
        "Address,Label,Category,Confidence,Vendor,is_cluster_definer\n"
        f"{GENESIS},first,miner,forensic,,yes\n"
        f"{OTHER},second,exchange,,Acme,\n"
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb,wrong checksum,exchange,,,\n"
        f"{OTHER},,exchange,,,\n"
    )
    assert source.source_of("tag", path).name == "tagcsv"
    rows = source.read("tag", path).to_pylist()
    assert [(r["entry"], r["label"], r["confidence_level"], r["cluster_definer"], r["fault"]) for r in rows] == [
        (2, "first", 50, True, None), (3, "second", 0, None, None), (4, "wrong checksum", None, None, "bad_address"),
        (5, None, None, None, "no_label"),
    ]  # fmt: skip
    assert (rows[1]["confidence"], rows[1]["vendor"]) == (tagcsv.VENDOR, "Acme")


def test_an_export_of_another_tool_is_its_claim(tmp_path: Path) -> None:
    path = tmp_path / "othertool.csv"
    path.write_text(f"Wallet Address,Entity Name,Entity Type,Score\n{GENESIS},Somebody,exchange,3\n{OTHER},a,b,c,d\n")
    assert source.source_of("tag", path).name == "tagcsv"
    rows = source.read("tag", path).to_pylist()
    assert [(r["label"], r["category"], r["vendor"], r["confidence_level"], r["fault"]) for r in rows] == [
        ("Somebody", "exchange", "othertool", 0, None), (None, None, None, None, "bad_line"),
    ]  # fmt: skip


def test_transactions_and_every_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "tx_hash,label,abuse,concepts,tag_type,licence,lastmod,context\n"
        f"{'ab' * 32},theft,service_hack,service_hack;exchange,event,MIT,2020-01-02,why\nzz,theft,,,,,,\n"
    )
    good, bad = source.read("tag", path).to_pylist()
    assert good["tx"] == "ab" * 32 and good["fault"] is None and good["address"] is None
    assert (good["category"], good["concepts"], good["tag_type"]) == ("service_hack", "service_hack,exchange", "event")
    assert (good["licence"], good["lastmod"], good["context"]) == ("MIT", "2020-01-02", "why")
    assert bad["fault"] == "bad_transaction"


def test_a_bare_list_is_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "sanctions.txt"
    path.write_text(f"{GENESIS}\n\n{OTHER}\n")
    rows = source.read("tag", path).to_pylist()
    assert [(r["entry"], r["label"], r["category"], r["network"]) for r in rows] == [
        (1, "sanctions", "sanctioned", "main"), (3, "sanctions", "sanctioned", "main"),
    ]  # fmt: skip
    assert {r["confidence"] for r in rows} == {"authority_data"}


def test_what_is_no_list_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("nothing here\n")
    assert not tagcsv.sniff(path)
    path.write_text("address,label\nnot-an-address,x\n")
    with pytest.raises(KindError):
        tagcsv.read(path)


def test_the_published_list_is_read_whole(data_dir: Path) -> None:
    path = data_dir / "chain" / "tags" / "ofac_sanctioned_addresses_XBT.txt"
    lines = path.read_text().split()
    faults = source.read("tag", path).column("fault").to_pylist()
    assert (len(lines), len(faults), faults.count("bad_address")) == (435, 435, 1)  # one is another chain's address
