"""Maps that travel: signed beside themselves, asked for by a case, and of a folder the one that fits."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.errors import MappingError
from leadline.flow import maps, signing
from leadline.steps.intake import load_map
from leadline.store.case import open_case

FORUM = """
name = "forum"
version = {version}
says = "Members of a forum"
reader = "table"
{layout}
[[part]]
columns = ["member"]
[[part.record]]
table = "account"
account = "account:forum/{{member}}"
role = "user"
"""
SHOP = FORUM.replace('"forum"', '"shop"').replace("member", "buyer")
Run = Callable[..., tuple[int, Any]]
MEMBERS, BUYERS = "member,since\nm1,2017\nm2,2018\n", "buyer,city\nb1,x\n"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    return tmp_path / "case"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Maps of two formats, of one two versions and a version for another layout."""
    there = tmp_path / "maps"
    there.mkdir()
    (there / "old.toml").write_text(FORUM.format(version=1, layout=""))
    (there / "forum.toml").write_text(FORUM.format(version=2, layout=""))
    other = '[layout]\nmembers = ["member", "joined"]\n'
    (there / "later.toml").write_text(FORUM.format(version=3, layout=other))
    (there / "shop.toml").write_text(SHOP.format(version=1, layout=""))
    return there


def test_of_a_folder_each_file_is_read_by_the_highest_version_that_fits(
    run: Run, case: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS)
    (tmp_path / "buyers.csv").write_text(BUYERS)
    code, said = run("intake", case, tmp_path / "members.csv", tmp_path / "buyers.csv", "--map", folder)
    assert code == 0, said
    runs = [r for r in open_case(case).current_runs(("intake",)) if "map" in r.params]
    digests = {r.params["map"]: r.params["map_digest"] for r in runs}
    named = {path.name: load_map(str(path)) for path in folder.iterdir()}
    assert digests == {"forum": named["forum.toml"].digest, "shop": named["shop.toml"].digest}  # type: ignore[union-attr]
    accounts = open_case(case).current("account")["account"].to_pylist()
    assert sorted(accounts) == ["account:forum/b1", "account:forum/m1", "account:forum/m2"]


def test_files_of_a_folder_of_evidence_get_their_maps_too(run: Run, case: Path, folder: Path, tmp_path: Path) -> None:
    seized = tmp_path / "seized"
    seized.mkdir()
    (seized / "a.csv").write_text(MEMBERS)
    (seized / "b.csv").write_text(BUYERS)
    (seized / "c.csv").write_text("nothing,known\n1,2\n")
    code, said = run("intake", case, seized, "--map", folder)
    assert code == 0, said
    assert len(open_case(case).current("account")) == 3
    assert [row["path"] for row in said["unread"]] == [str(seized / "c.csv")]


def test_two_names_that_fit_alike_and_two_texts_of_one_version_are_refused(
    run: Run, case: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS)
    (folder / "club.toml").write_text(FORUM.replace('name = "forum"', 'name = "club"').format(version=1, layout=""))
    code, said = run("intake", case, tmp_path / "members.csv", "--map", folder)
    assert (code, "club, forum" in str(said)) == (1, True)
    (folder / "club.toml").write_text(FORUM.format(version=2, layout='network = "main"'))
    code, said = run("intake", case, tmp_path / "members.csv", "--map", folder)
    assert (code, "two maps are forum version 2" in str(said)) == (1, True)
    assert len(open_case(case).current("account")) == 0


def test_a_case_that_asks_for_signed_maps_uses_no_other(run: Run, case: Path, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS)
    at = tmp_path / "forum.toml"
    at.write_text(FORUM.format(version=4, layout=""))
    for name in ("agency", "other"):
        assert run("key", "new", tmp_path / f"{name}.key", "--name", name)[0] == 0
    known = signing.public_line(tmp_path / "agency.key.pub")
    assert run("case", "set", case, f"map_signer+={known}", "--reason", "maps of our office alone")[0] == 0

    def refused() -> str:
        code, said = run("intake", case, tmp_path / "members.csv", "--map", at)
        assert code == 1
        assert len(open_case(case).current("account")) == 0
        return str(said)

    assert "no note lies beside" in refused()
    assert run("map", "sign", at, "--key", tmp_path / "other.key")[0] == 0
    assert "not signed by a known signer" in refused()
    assert run("map", "sign", at, "--key", tmp_path / "agency.key")[0] == 0
    signed = at.read_text()
    at.write_text(signed.replace("user", "operator"))
    assert "signed for another text" in refused()
    at.write_text(signed)
    assert run("intake", case, tmp_path / "members.csv", "--map", at)[0] == 0
    (made,) = (r for r in open_case(case).current_runs(("intake",)) if "map" in r.params)
    assert made.params["map_signer"] == "+".join(known.split("+")[:2])
    assert made.params["map_version"] == 4


def test_a_map_is_shown_with_who_signed_it(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("key", "new", tmp_path / "agency.key", "--name", "agency")[0] == 0
    assert run("map", "sign", folder / "shop.toml", "--key", tmp_path / "agency.key")[0] == 0
    _, said = run("map", "show", folder)
    rows = {row["file"]: row for row in said["maps"]}
    assert {name: (row["name"], row["version"], row["signed"], row["layout"]) for name, row in rows.items()} == {
        "old.toml": ("forum", 1, False, False),
        "forum.toml": ("forum", 2, False, False),
        "later.toml": ("forum", 3, False, True),
        "shop.toml": ("shop", 1, True, False),
    }
    code, said = run("map", "show", folder / "shop.toml", "--signer", tmp_path / "agency.key.pub")
    assert code == 0
    assert said["maps"][0]["signer"].startswith("agency+")
    assert run("map", "show", folder, "--signer", tmp_path / "agency.key.pub")[0] == 1


def test_no_version_but_a_whole_number_from_one(tmp_path: Path) -> None:
    at = tmp_path / "m.toml"
    for wrong in ("0", "true", '"2"', "1.5"):
        at.write_text(FORUM.format(version=wrong, layout=""))
        with pytest.raises(MappingError, match="version is no number"):
            load_map(str(at))


def test_a_map_with_an_open_question_is_not_signed(run: Run, tmp_path: Path) -> None:
    assert run("key", "new", tmp_path / "agency.key", "--name", "agency")[0] == 0
    at = tmp_path / "m.toml"
    at.write_text(FORUM.format(version=1, layout="") + '[answer.site]\nquestion = "which?"\nvalue = "?"\n')
    assert run("map", "sign", at, "--key", tmp_path / "agency.key")[0] == 1
    assert not maps.note_of(at).exists()
