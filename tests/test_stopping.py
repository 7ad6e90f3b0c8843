"""Ctrl-C at any moment of a command: from the start of the process, while modules load, at work, at the end."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import leadline
from leadline.stopping import FAILED, STOPPED

SCRIPT = "from leadline.__main__ import main; main()"
"""What the console script runs."""
PACKAGE = Path(leadline.__file__).parent
OURS = re.compile(rf'File "{re.escape(str(PACKAGE))}/([^"]+)", line')
BEFORE = {"__init__.py", "lazily.py", "__main__.py"}
"""What is loaded before the line that looks after Ctrl-C; Python itself answers one that comes until then."""
MOMENTS = 40
FIRST = """
import signal, sys
loaded = []
def hear(event, arguments):
    if event == "import" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        loaded.append(arguments[0])
sys.addaudithook(hear)
import leadline.__main__
print(*loaded)
"""
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


@pytest.mark.parametrize("words", [("case", "status", "CASE"), ("--version",)])
def test_no_moment_gives_a_traceback(case: Path, words: tuple[str, ...]) -> None:
    script = case.parent / "entry"
    script.write_text(f"#!{sys.executable}\nimport sys\n{SCRIPT}\n")
    script.chmod(0o700)
    command = [str(script), *(str(case) if word == "CASE" else word for word in words)]
    subprocess.run(command, check=True, capture_output=True)
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    lasts = time.monotonic() - started
    stopped = 0
    for moment in range(MOMENTS):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(lasts * moment / MOMENTS)
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=120)[1]
        if "KeyboardInterrupt" in said or "initialized" in said:  # Python was starting: no line after ours had run
            assert set(OURS.findall(said)) <= BEFORE, said
            continue
        assert (child.returncode, said) in ((FAILED, f"{STOPPED}\n"), (0, ""), (-signal.SIGINT, ""))
        stopped += child.returncode == FAILED
    assert stopped, "no signal met the command at work"


def test_nothing_but_what_the_handler_needs_is_loaded_before_it() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"leadline", "leadline.lazily", "leadline.__main__", "importlib", "warnings"}


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
