"""What may not be read is named, the rest goes in: as an unprivileged user, because root may read everything."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

NOBODY = 65534
SCRIPT = """
import os
import sys
from pathlib import Path
from leadline.errors import EvidenceError
from leadline.kinds.reader import Source
from leadline.kinds.containers.folder import manifest
from leadline.steps.intake import plan, read_exhibit
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(int(sys.argv[2]))
calls = {
    "closed folder": lambda: [manifest(item.path, lambda *_: None) for item in plan([folder / "closed"])],
    "closed file": lambda: read_exhibit(Source(bytes(32), folder / "closed.db"), None, lambda *_: None),
    "closed listing": lambda: plan([folder / "listed"]),
}
for line in manifest(folder / "open", lambda *_: None).splitlines()[1:]:
    print(line.decode())
for name, call in calls.items():
    try:
        call()
        print(name, "was read")
    except EvidenceError as error:
        assert error.where and error.remedy and "secret" not in str(error), name
        print(name, "refused")
"""


def test_what_may_not_be_read_is_one_clear_error() -> None:
    if os.name != "posix":
        pytest.skip("file modes are POSIX's; runs on Linux and macOS")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path in ("closed", "open/secret", "listed"):
            (folder / path).mkdir(parents=True)
        for path in ("open/a", "open/b", "open/secret/c", "open/z"):
            (folder / path).write_bytes(b"x")
        (folder / "closed.db").write_bytes(b"x")
        (folder / "listed" / "evidence.toml").write_text("")
        for path in ("closed", "open/secret", "open/b", "closed.db", "listed"):
            (folder / path).chmod(0)
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(folder), str(NOBODY)],
            capture_output=True,
            text=True,
            check=False,
        )
        for path in ("closed", "open/secret", "listed"):
            (folder / path).chmod(0o755)
    one = hashlib.sha256(b"x").hexdigest()
    assert ran.stdout.splitlines() == [
        f"{one} 1 a",
        "refused unreadable b",
        "refused folder secret",
        f"{one} 1 z",
        "closed folder refused",
        "closed file refused",
        "closed listing refused",
    ], ran.stderr
