"""A confined child can do what it is asked to do and nothing else, and whatever becomes of it, the parent goes on."""

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.confinement import landlock, readers, seccomp, silence
from leadline.confinement.readers import Answer, Request, ask
from leadline.errors import CaseError, EvidenceError, ReaderError

HERE = Path(__file__).parent
LINUX = pytest.mark.skipif(not landlock.version(), reason="Landlock is of Linux; CI's Linux runs this")


@pytest.fixture(autouse=True)
def probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probes can be imported by the child, which is started anew."""
    readers._SERVER.end()
    monkeypatch.setenv("PYTHONPATH", str(HERE))


def asked(name: str, read: tuple[Path, ...] = (), write: tuple[Path, ...] = (), **arguments: object) -> Answer:
    return ask(Request(f"probes:{name}", arguments, read, "exhibit:00", write))


ALLOWED = {
    "reader": ["a thread", "make a file of its own", "read what is given"],
    "source": ["a thread", "read what is given"],
    "worker": ["a thread", "become a program", "fork", "read what is given"],  # it starts ffmpeg, and nothing else
}
USERS = {
    "this user": (),
    "one without capabilities": ("--bounding-set=-all", "--inh-caps=-all"),
    "another user": ("--reuid=65534", "--regid=65534", "--clear-groups"),
}
STARTS_ITSELF = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import leadline'], check=True)"


@LINUX
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("kind", ALLOWED)
def test_a_child_can_read_what_it_is_given_and_do_nothing_else(kind: str, user: str) -> None:
    setpriv = shutil.which("setpriv")
    if USERS[user] and (os.geteuid() or not setpriv):
        pytest.skip("only root can become another user, by setpriv; CI's Linux runs this as an ordinary user itself")
    drop = [str(setpriv), *USERS[user]] if USERS[user] else []
    if drop and subprocess.run([*drop, sys.executable, "-c", STARTS_ITSELF], capture_output=True).returncode:
        pytest.skip("this Python lies where another user may not read; CI's Linux runs this as an ordinary user itself")
    with ExitStack() as held:
        top = Path(held.enter_context(tempfile.TemporaryDirectory()))
        paths = {name: top / name / name for name in ("given", "other", "folder", "socket")}
        for place in (top, *(path.parent for path in paths.values()), paths["folder"]):
            place.mkdir(exist_ok=True)
            place.chmod(0o777)
        for name in ("given", "other"):
            paths[name].write_text(name)
            paths[name].chmod(0o666)
        listening = [held.enter_context(socket.socket(family)) for family in (socket.AF_UNIX, socket.AF_INET)]
        listening[0].bind(str(paths["socket"]))
        paths["socket"].chmod(0o777)
        listening[1].bind(("127.0.0.1", 0))
        for one in listening:
            one.listen()
        stranger = held.enter_context(subprocess.Popen([*drop, "sleep", "100"]))
        held.callback(stranger.kill)
        said = {name: str(path) for name, path in paths.items()}
        said |= {"port": str(listening[1].getsockname()[1]), "stranger": str(stranger.pid)}
        done = subprocess.run(
            [*drop, sys.executable, "-P", HERE / "probes.py", kind, json.dumps(said)],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            cwd=top,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == [ALLOWED[kind], True]
        assert [paths[name].read_text() for name in ("given", "other")] == ["given", "other"]
        assert stranger.poll() is None


def test_tables_come_back_as_they_are_and_no_key_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_OPERATOR", "/secret.key")
    seen: list[tuple[str, int, int]] = []
    answer = ask(Request("probes:rows", {"rows": 100_000}, (), ""), lambda *said: seen.append(said))
    expected = pa.table({"n": pa.array(range(100_000), pa.int64())}, metadata={"a": "b"})
    assert answer.tables["rows"].equals(expected, check_metadata=True)
    assert answer.tables["none"].num_rows == 0
    assert seen == [("rows", 1, 2)]
    assert not [name for name in answer.value if name.startswith("LEADLINE_")]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("abort", "ended before it was done"), ("exit", "ended before it was done"), ("time", "processor time"),
        ("memory", "more memory"), ("unforeseen", "an error in Leadline itself (ZeroDivisionError)"),
        ("lies", "ended before it was done"),
    ],
)  # fmt: skip
def test_the_parent_survives_a_child_that_ends(how: str, what: str) -> None:
    with pytest.raises(ReaderError) as raised:
        asked("ends", how=how)
    assert what in raised.value.what
    assert raised.value.where.startswith("exhibit:00")
    assert "words of evidence" not in str(raised.value)
    assert asked("rows", rows=3).tables["rows"].num_rows == 3


@pytest.fixture(params=["/proc", "/nowhere"])
def proc(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel says what processes do: as usual, and not mounted."""
    monkeypatch.setattr(silence, "PROC", Path(request.param))


@LINUX
@pytest.mark.usefixtures("proc")
def test_a_reader_that_stands_still_is_ended_and_named(tmp_path: Path) -> None:
    assert silence.watched()
    arguments = {"how": "asleep", "seconds": 60, "folder": str(tmp_path)}
    with pytest.raises(ReaderError) as raised:
        ask(Request("probes:waits", arguments, (), "exhibit:00", (tmp_path,), silence=1.0))
    assert raised.value.what == "its reader has neither worked nor said anything for 1 seconds"
    assert raised.value.where == "exhibit:00"
    child = int((tmp_path / "process").read_text())
    for _ in range(100):  # it goes with the process that started it, in a moment
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()
    assert asked("rows", rows=3).tables["rows"].num_rows == 3


@LINUX
@pytest.mark.usefixtures("proc")
@pytest.mark.parametrize("how", ["working", "speaking"])
def test_one_that_works_or_speaks_is_waited_for(how: str, tmp_path: Path) -> None:
    arguments = {"how": how, "seconds": 2.5, "folder": str(tmp_path)}
    answer = ask(Request("probes:waits", arguments, (), "exhibit:00", (tmp_path,), silence=1.0))
    assert answer.value == int((tmp_path / "process").read_text())


def test_where_no_system_tells_what_a_process_uses_nobody_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "PROC", Path("/nowhere"))
    monkeypatch.setattr(silence, "libc", object)
    assert not silence.watched()
    arguments = {"how": "asleep", "seconds": 2.5, "folder": str(tmp_path)}
    ask(Request("probes:waits", arguments, (), "exhibit:00", (tmp_path,), silence=0.5))


UNMOUNTED = """
mount -t tmpfs none /proc || exit 77
set -e
"$0" -m leadline case new "$1/case" --name x
"$0" -m leadline intake "$1/case" "$1/access.log"
"""
LINE = '198.18.4.5 - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid=18\n'


@LINUX
def test_exhibits_are_read_where_proc_is_not_mounted(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LINE)
    call = ["unshare", "--mount", "--map-root-user", "sh", "-c", UNMOUNTED, sys.executable, str(tmp_path)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this machine lets nobody cover /proc")
    assert done.returncode == 0, done.stderr
    facts = [json.loads(p.read_text())["environment"] for p in tmp_path.glob("case/runs/*/run.json")]
    states = [f["confined"] for f in facts if "confined" in f]
    assert states == [asked("rows", rows=3).state.facts()]
    assert [f["silence"] for f in facts if "silence" in f] == ["watched"]


def test_an_error_keeps_its_kind_place_and_words() -> None:
    with pytest.raises(EvidenceError) as raised:
        asked("ends", how="error")
    assert (raised.value.what, raised.value.where) == ("no such thing", "exhibit:00 line:1")
    assert type(raised.value) is EvidenceError


def test_what_the_system_says_is_said_here_too() -> None:
    with pytest.raises(OSError, match=r"denied|No such file"):
        asked("ends", how="system")
    assert asked("rows", rows=3).tables["rows"].num_rows == 3


def test_one_process_serves_many_and_what_is_interrupted_leaves_nothing() -> None:
    asked("rows", rows=1)
    first = readers._SERVER.process
    asked("rows", rows=2)
    assert readers._SERVER.process is first

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(Request("probes:rows", {"rows": 9}, (), ""), stop)
    assert asked("rows", rows=3).tables["rows"].num_rows == 3


def test_a_machine_that_leaves_something_open_is_refused_where_it_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-P", "-c", UNABLE))
    monkeypatch.setattr(readers, "SERVER", "x")
    answer = asked("rows", rows=1)
    assert not answer.state.whole
    with pytest.raises(CaseError, match="leaves open: network"):
        ask(Request("probes:rows", {"rows": 1}, (), "", demanded=True))


UNABLE = (
    "from leadline.confinement import landlock, seccomp, server\n"
    "landlock.restrict = lambda allowed: False\n"
    "seccomp.refuse = lambda **how: False\n"
    "server.main()\n"
)


def test_the_filter_names_calls_as_the_system_does() -> None:
    """Against the kernel's own header, where the machine has it."""
    header = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}.get(platform.machine())
    path = Path("/usr/include") / (header or "none")
    if not path.is_file():
        pytest.skip("the kernel's headers are not installed here; CI's Linux has them")
    numbers = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) == 3 and words[1].startswith("__NR") and words[2].isdigit():
            numbers[words[1].split("_", 3)[-1]] = int(words[2])
    which = list(seccomp.ARCHITECTURES).index(platform.machine())
    tables = (seccomp.NETWORK, seccomp.OTHERS, seccomp.SYSTEM, seccomp.CHANGES, seccomp.WRITES, seccomp.STARTS)
    for calls in tables:
        for name, known in calls.items():
            if known[which] is not None and name in numbers:
                assert numbers[name] == known[which], name
