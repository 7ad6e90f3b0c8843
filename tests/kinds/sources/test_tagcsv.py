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
    assert [(r["entry"], r["label"], r["confidence_level"], r["cluster_definer"]) for r in rows] == [
        (2, "first", 50, True), (3, "second (Acme claims)", 0, None),
    ]  # fmt: skip
    assert rows[1]["confidence"] == tagcsv.VENDOR


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
    assert (len(lines), source.read("tag", path).num_rows) == (435, 434)  # one of them is another chain's address
