"""The peers that benchmarks race, in an environment of their own: requirements/bench.txt pins them by hash."""

import os
import subprocess
import sys
from pathlib import Path

from sides.environments import ROOT

LOCK = ROOT / "requirements" / "bench.txt"


def python() -> Path:
    """The interpreter that has every peer: LEADLINE_PEERS, or build/peers, installed now where it is not yet.

    Raises:
        CalledProcessError: a package cannot be had.
    """
    if named := os.environ.get("LEADLINE_PEERS"):
        return Path(named)
    place = ROOT / "build" / "peers"
    interpreter, stamp = place / "bin" / "python", place / "lock"
    if not stamp.exists() or stamp.read_text() != LOCK.read_text():
        print("Installing the peers to race, each package checked against its hash ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        pip = [interpreter, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", LOCK], check=True)
        stamp.write_text(LOCK.read_text())
    return interpreter
