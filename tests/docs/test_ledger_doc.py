"""What docs/ledger.md shows is run: its commands, its picture, its lines of Python."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.cli import cli

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ledger.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `blocks` as copied from a node, in which the commands run."""
    (tmp_path / "blocks").mkdir()
    shutil.copy(data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat", tmp_path / "blocks" / "blk00000.dat")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def test_the_page_does_what_it_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = PAGE.split("## A look inside")[1]
    lines = re.findall(r"^    leadline (ledger .*)$", shown, re.M)
    assert [line.split()[1] for line in lines] == ["build", "tx", "find", "cluster"]
    said = {}
    for line in lines:
        done = CliRunner().invoke(cli, shlex.split(line), catch_exceptions=False)
        assert done.exit_code == 0, line
        said[line.split()[1]] = done.stdout
    assert said["tx"] == block("text")
    assert (folder / "ledger" / "ledger.json").is_file()
    exec(block("python"), {})
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "247 of 4,397 outputs are spent"
    assert "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16:1 4000000000" in out


def test_the_figures_of_size_are_those_measured(folder: Path, data_dir: Path) -> None:
    """The table's bytes a byte of block, of the four blocks and of the first ones."""
    blocks = data_dir / "chain" / "blocks"
    names = ("bcoin_300025.raw", "bitcoinj_block363703.dat", "core_block413567.raw", "bitcoinj_block481815.dat")
    ratios = {}
    for what, files in (("four", [blocks / n for n in names]), ("first", [folder / "blocks" / "blk00000.dat"])):
        args = ["ledger", "build", what, *map(str, files), "--network", "main"]
        assert CliRunner().invoke(cli, args, catch_exceptions=False).exit_code == 0
        columns = sum(f.stat().st_size for f in (folder / what).glob("columns-*/*"))
        ratios[what] = columns / sum(f.stat().st_size for f in files)
    assert f"{ratios['four']:.2f} bytes for each byte of block" in PAGE
    assert f"{ratios['first']:.1f} bytes for each" in PAGE
