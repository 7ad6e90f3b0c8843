"""No module grows past what a reader takes in at once."""

from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"
MOST = 300
"""Lines of a module; one that is longer answers two questions, and is split where they meet."""


def test_no_module_is_longer_than_a_reader_takes_in() -> None:
    lines = {
        str(path.relative_to(SRC)): len(path.read_text(encoding="utf-8").splitlines()) for path in SRC.rglob("*.py")
    }
    assert len(lines) > 500, "modules are looked at"
    assert {name: n for name, n in lines.items() if n > MOST} == {}
