"""Builds an installer for a machine without network, and tries it with the network off.

    python tools/bundle.py build/bundle

The folder holds a wheelhouse (every wheel checked against requirements/lock.txt), Leadline's own wheel, `install.sh`
and SHA256SUMS. It fits the platform and Python version it was made on.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from subset_lock import LOCK, subset

ROOT = Path(__file__).resolve().parents[1]

INSTALL = """#!/bin/sh
# Installs Leadline from this folder alone: sh install.sh [TARGET]   (default: ./leadline-env)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-leadline-env}
( cd "$here" && sha256sum --quiet -c SHA256SUMS ) || { echo "the bundle is damaged: copy it again" >&2; exit 1; }
python=""
for p in __PYTHON__ python3; do
  command -v "$p" >/dev/null 2>&1 || continue
  if [ "$("$p" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = __VERSION__ ]; then python=$p; break; fi
done
[ -n "$python" ] || { echo "this bundle needs Python __VERSION__" >&2; exit 1; }
"$python" -m venv "$target"
"$target/bin/python" -m pip --disable-pip-version-check --quiet install --no-index --find-links "$here/wheelhouse" \\
  --require-hashes -r "$here/runtime.txt"
"$target/bin/python" -m pip --disable-pip-version-check --quiet install --no-index --no-deps "$here"/leadline-*.whl
echo "done: $target/bin/leadline demo --size tiny"
"""


def run(*command: str | Path, **env: str) -> None:
    """Runs one command; stops with its exit status when it fails."""
    print("+", " ".join(str(c) for c in command), flush=True)
    done = subprocess.run([str(c) for c in command], cwd=ROOT, env={**os.environ, **env}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def build(out: Path) -> None:
    """Fills `out` anew."""
    shutil.rmtree(out, ignore_errors=True)
    (out / "wheelhouse").mkdir(parents=True)
    (out / "runtime.txt").write_text(subset(LOCK.read_text(), ["runtime.in"]))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(
        *pip, "download", "--only-binary=:all:", "--require-hashes", "-r", out / "runtime.txt", "-d", out / "wheelhouse"
    )
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", out, ROOT, SOURCE_DATE_EPOCH="1514764800")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = INSTALL.replace("__PYTHON__", f"python{version}").replace("__VERSION__", version)
    (out / "install.sh").write_text(text)
    files = sorted(p for p in out.rglob("*") if p.is_file())
    sums = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(out)}\n" for p in files)
    (out / "SHA256SUMS").write_text(sums)
    total = sum(p.stat().st_size for p in files) / 1e6
    print(f"{out}: {len(files)} files, {total:.0f} MB")


def attempt(out: Path) -> None:
    """Installs from `out` and runs the tiny demo in a network namespace without any interface."""
    apart = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        sys.exit(
            "the bundle was built, but not tried: this machine does not let a process give up the network (unshare)"
        )
    with tempfile.TemporaryDirectory() as scratch:
        env = {"HOME": scratch, "PYTHONPATH": "", "PIP_CONFIG_FILE": os.devnull}
        run(*apart, "sh", out / "install.sh", f"{scratch}/env", **env)
        run(*apart, f"{scratch}/env/bin/leadline", "demo", "--size", "tiny", "--dir", f"{scratch}/demo", **env)
    print("tried with the network off: installed and ran the tiny demo")


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    build(target)
    attempt(target)
