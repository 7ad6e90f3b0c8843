"""A machine without libcrypto: the ledger is built by a slower path, which says so, with the same bytes."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

from leadline.engines.ledger import build, open_ledger

HIDDEN = """
import ctypes, ctypes.util
real, asked = ctypes.CDLL, []
def cdll(name, *more, **named):
    if name and "crypto" in str(name):
        asked.append(name)
        raise OSError("no such library")
    return real(name, *more, **named)
ctypes.CDLL, ctypes.util.find_library = cdll, lambda name: None
from leadline.cli import main
try:
    main()
finally:
    assert asked, "libcrypto was looked for"
"""


def test_a_ledger_built_where_libcrypto_is_not_found(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    blocks = [regtest.GENESIS, *regtest.chain([[], [regtest.spend([(coin, 0)], [(7, b"\x51")])], []])]
    file = regtest.write(tmp_path / "files", regtest.framed(blocks))
    build(tmp_path / "fast", [file], "regtest")
    command = [sys.executable, "-c", HIDDEN, "ledger", "build", str(tmp_path / "slow"), str(file), "--network=regtest"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "slower: libcrypto was not found" in done.stdout
    leadline = Path(sys.executable).with_name("leadline")
    info = subprocess.run([leadline, "ledger", "info", tmp_path / "slow"], capture_output=True, check=False)
    assert b"slower: libcrypto was not found" in info.stdout
    fast, slow = open_ledger(tmp_path / "fast"), open_ledger(tmp_path / "slow")
    assert fast.sources()["sha256"] == "libcrypto"
    assert fast.tx_id.tolist() == slow.tx_id.tolist()
    for column in sorted((tmp_path / "fast" / "columns-1").iterdir()):
        assert column.read_bytes() == (tmp_path / "slow" / "columns-1" / column.name).read_bytes(), column.name
