"""A whole training case: the same bytes for the same options, nothing outside its folder, everything in its place."""

import hashlib
import json
import re
import shutil
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.commands.names import SCENARIO as scenario
from leadline.commands.scenario import SHARES
from leadline.errors import UsageError
from leadline.model.progress import silent
from leadline.scenario import truth
from leadline.scenario.build import build
from leadline.scenario.names import SERVER_IP
from leadline.scenario.plan import SIZES, Options, Shares


def files(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenario") / "case"
    build(folder, Options(SIZES["tiny"], 11), silent)
    return folder


def test_the_same_seed_gives_the_same_bytes_from_the_command_line_too(case: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    result = CliRunner().invoke(scenario, ["build", str(again), "--size", "tiny", "--seed", "11", "--json"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["ok"] and answer["files"] == len(files(again))
    assert files(again) == files(case)
    assert [p.name for p in tmp_path.iterdir()] == ["again"]


def test_everything_stands_where_it_is_looked_for(case: Path) -> None:
    assert sorted(p.name for p in case.iterdir()) == [
        "chain", "evidence", "lists", "prices", "reviewer", "tags", "truth",
    ]  # fmt: skip
    listed = tomllib.loads((case / "evidence" / "evidence.toml").read_text())["exhibit"]
    paths = [e["path"] for e in listed]
    assert {"site/market.db", "backup/market.sql", "logs/access.log", "returns/harbour.xlsx", "media"} <= set(paths)
    assert all((case / "evidence" / path).exists() for path in paths)
    named = {p for p in files(case / "evidence") if not p.startswith("media/") and not p.endswith(("-wal", ".toml"))}
    assert named == {path for path in paths if path != "media"}


def test_no_embedded_image_is_another_file_and_each_stands_where_the_truth_says(case: Path) -> None:
    embedded = truth.read(case / "truth", "embedded")
    assert len(set(embedded["sha256"].to_pylist())) == len(embedded) >= 5
    assert not set(embedded["sha256"].to_pylist()) & set(truth.read(case / "truth", "media")["sha256"].to_pylist())
    assert set(embedded["exhibit"].to_pylist()) == {
        "site/market.db", "backup/market.sql", "pages/item.html", "pages/capture.mhtml", "returns/harbour.xlsx",
    }  # fmt: skip


def test_only_reserved_addresses_and_domains_stand_in_the_records(case: Path) -> None:
    for name in files(case / "evidence"):
        data = (case / "evidence" / name).read_bytes()
        if name.startswith("media/") or name.endswith(".xlsx"):
            continue
        for found in re.findall(rb"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", data):
            assert found == b"127.0.0.1" or found.startswith((b"198.18.", b"198.19.", b"10.", b"203.0.113.")), name
        for domain in re.findall(rb"@([a-z0-9.-]+\.[a-z]+)", data):
            assert domain.startswith((b"example.org", b"example.net", b"example.com")), name
    assert sum((case / "evidence" / n).read_bytes().count(SERVER_IP.encode()) for n in files(case / "evidence")) == 2


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    with pytest.raises(UsageError):
        build(tmp_path, Options(SIZES["tiny"], 1), silent)


def test_every_share_is_an_option() -> None:
    assert set(SHARES) == set(Shares.__dataclass_fields__)
    shown = CliRunner().invoke(scenario, ["build", "--help"]).output
    assert all(f"--{name.replace('_', '-')}" in shown for name in SHARES)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_and_extreme_shares_build(seed: int, tmp_path: Path) -> None:
    shares = Shares(**dict.fromkeys(SHARES, 0))
    if seed != 1:
        difficult = dict.fromkeys(("shared_custody", "dust_attack", "imported_keys"), 300_000)
        shares = Shares(bought=500_000, household=300_000, **difficult)
    build(tmp_path / "case", Options(SIZES["tiny"], seed, shares), silent)
    assert truth.read(tmp_path / "case" / "truth", "payments").num_rows >= SIZES["tiny"].payments
    shutil.rmtree(tmp_path / "case")


def test_the_document_names_every_share_and_its_default() -> None:
    text = (Path(__file__).parents[2] / "docs" / "scenario.md").read_text(encoding="utf-8")
    for name, default in asdict(Shares()).items():
        assert re.search(rf"\| `--{name.replace('_', '-')}` \|.*\| {default} \|", text)


def test_what_a_killed_build_left_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / ".case.building").mkdir()
    (tmp_path / ".case.building" / "half").write_text("x")
    build(tmp_path / "case", Options(SIZES["tiny"], 1), silent)
    assert [p.name for p in tmp_path.iterdir()] == ["case"]
    assert not (tmp_path / "case" / "half").exists()
