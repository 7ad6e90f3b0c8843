"""Tag packs as a pinned source: sniffing, reading, and the real public packs."""

import tarfile
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds.codecs.entries import TAG
from leadline.kinds.sources import tagpack


def test_a_pack_is_read_in_entry_order(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text(
        "title: t\ncreator: c\nlabel: north\nactor: northgate\ncategory: exchange\nconfidence: forensic\n"
        "tags:\n- address: b\n- address: a\n"
    )
    assert tagpack.sniff(path)
    table = tagpack.read(path)
    assert table.schema == TAG.schema
    assert table.column("address").to_pylist() == ["b", "a"]


def test_other_files_are_not_sniffed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"", b"date,close\n", b"\0title: t\ncreator: c\n"):
        path.write_bytes(data)
        assert not tagpack.sniff(path)


def test_a_missing_pack_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(KindError):
        tagpack.read(tmp_path / "absent.yaml")


@pytest.mark.slow
def test_the_real_packs(data_dir: Path, tmp_path: Path) -> None:
    archive = data_dir / "chain" / "tags" / "graphsense_tagpacks_2026-05-12_without_bitmex.tar.xz"
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    packs = sorted((tmp_path / "packs").rglob("*.yaml"))
    tables = [tagpack.read(p) for p in packs if tagpack.sniff(p)]
    assert len(tables) == len(packs)
    actors = tagpack.read(tmp_path / "actors" / "graphsense.actorpack.yaml")
    assert actors.num_rows > 400 and actors.column("fault").null_count == actors.num_rows
    networks: dict[str, int] = {}
    for table in tables:
        for network in table.column("network").to_pylist():
            networks[network] = networks.get(network, 0) + 1
    assert networks["main"] > 100_000
    assert networks.get("unknown", 0) < 100
