"""Ctrl-C at any moment of a command: from the start of the process, while modules load, at work, at the end."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leadline.stopping import FAILED, STOPPED

SCRIPT = "from leadline.__main__ import main; main()"
"""What the console script runs."""
MOMENTS = 20
LISTENING = "import _thread, time\nfrom leadline import stopping\nstopping.running()\n"
SWALLOWED = """
class Held:
    def __del__(self):
        _thread.interrupt_main()
        for _ in range(10 ** 7): pass
try:
    Held()
    time.sleep(20)
except KeyboardInterrupt:
    print("stopped", stopping.seen())
"""

TWICE = """
try:
    print("at work", flush=True)
    time.sleep(20)
except KeyboardInterrupt:
    print("clearing up", flush=True)
    time.sleep(20)
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A new case."""
    call = [sys.executable, "-c", SCRIPT, "case", "new", str(tmp_path / "case"), "--name", "x"]
    subprocess.run(call, check=True, capture_output=True)
    return tmp_path / "case"


def test_no_moment_gives_a_traceback(case: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, "case", "status", str(case)]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - began
    stopped = 0
    for moment in range(MOMENTS):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(whole * moment / MOMENTS)
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=120)[1]
        if child.returncode == -signal.SIGINT:
            assert "leadline" not in said  # Python itself was starting: no line of ours had run
            continue
        assert (child.returncode, said) in ((FAILED, f"{STOPPED}\n"), (0, ""))
        stopped += child.returncode == FAILED
    assert stopped > MOMENTS // 5


def test_an_interrupt_that_a_destructor_swallowed_comes_again() -> None:
    done = subprocess.run([sys.executable, "-c", LISTENING + SWALLOWED], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("stopped True\n", "")


def test_the_second_ctrl_c_ends_what_the_first_did_not() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LISTENING + TWICE],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    for line in ("at work\n", "clearing up\n"):
        assert child.stdout.readline() == line
        child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=15)[1] == f"{STOPPED}\n"
    assert child.returncode == FAILED
