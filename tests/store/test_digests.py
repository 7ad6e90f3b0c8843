"""Three digests of one reading: those that coreutils print, of files shorter and longer than a block."""

import subprocess
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.store import durable


@pytest.mark.parametrize("size", [0, 1, durable.CHUNK - 1, durable.CHUNK, 3 * durable.CHUNK + 7])
def test_they_are_what_coreutils_print(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(range(251)) * (size // 251 + 1))
    with path.open("r+b") as file:
        file.truncate(size)
    said = [
        subprocess.run([tool, path], capture_output=True, text=True, check=True).stdout.partition(" ")[0]
        for tool in ("md5sum", "sha1sum", "sha256sum")
    ]
    assert durable.digests(path) == tuple(said)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        durable.digests(tmp_path / "none", "exhibit 1")
