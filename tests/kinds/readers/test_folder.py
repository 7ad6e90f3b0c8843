"""A folder's manifest: what cannot be read has its line, and everything after it too."""

import hashlib
from pathlib import Path

from leadline.kinds.codecs.manifest import TITLE
from leadline.kinds.containers.folder import manifest
from leadline.kinds.readers.folder import listed


def test_every_file_after_one_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    """A link, and a file that goes away while the folder is read, stand among ten files."""
    for n in range(10):
        (tmp_path / f"{n}.bin").write_bytes(bytes([n]))
    (tmp_path / "2.bin").unlink()
    (tmp_path / "2.bin").symlink_to("nowhere")

    def progress(_what: str, done: int, _total: int) -> None:
        if done == 5:
            (tmp_path / "6.bin").unlink()

    lines = manifest(tmp_path, progress).splitlines(keepends=True)
    expected = [f"{hashlib.sha256(bytes([n])).hexdigest()} 1 {n}.bin\n".encode() for n in range(10)]
    expected[2], expected[6] = b"refused link 2.bin\n", b"refused unreadable 6.bin\n"
    assert lines == [TITLE, *expected]


def test_lines_of_a_manifest_add_up(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").write_bytes(b"c")
    rows = list(listed(manifest(tmp_path, lambda *_: None) + b"nonsense\n"))
    assert [row[3] for row in rows if isinstance(row, tuple)] == [b"a", b"c"]
    assert [(row.locator, row.reason) for row in rows if not isinstance(row, tuple)] == [
        ("line:3", "not_a_file"),
        ("line:5", "bad_row"),
    ]


def test_a_size_that_no_file_has_is_a_bad_line() -> None:
    line = b"ab" * 32 + b" %d a.bin\n"
    rows = list(listed(TITLE + line % 7 + line % 10**19))
    assert [getattr(row, "reason", "file") for row in rows] == ["file", "bad_row"]
