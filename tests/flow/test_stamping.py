"""Time stamps by an authority of our own, which `openssl ts` runs: what is asked, what is taken, what is refused."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.store.case import open_case

CONFIG = """
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, digitalSignature
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
"""
Run = Callable[..., tuple[int, Any]]


class Authority:
    """A certificate authority and a stamper under it, in a folder of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        self.folder, self.trusted = folder, folder / "ca.pem"
        (folder / "c").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        made = ("req", "-newkey", "rsa:2048", "-nodes", "-config", self._plain())
        self._ssl(*made, "-x509", "-days", "30", "-subj", f"/CN={name} root", "-extensions", "ca",
                  "-keyout", folder / "ca.key", "-out", self.trusted)  # fmt: skip
        self._ssl(
            *made, "-new", "-subj", f"/CN={name} stamps", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr"
        )
        self._ssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", self.trusted, "-CAkey", folder / "ca.key",
                  "-set_serial", "7", "-days", "30", "-extfile", folder / "c", "-extensions", "stamps",
                  "-out", folder / "tsa.pem")  # fmt: skip

    def _plain(self) -> Path:
        path = self.folder / "req"
        path.write_text("[req]\ndistinguished_name = dn\n[dn]\n" + (self.folder / "c").read_text())
        return path

    def _ssl(self, *words: object) -> None:
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=self.folder)

    def reply(self, request: Path, to: Path) -> Path:
        self._ssl("ts", "-reply", "-config", self.folder / "c", "-section", "one", "-queryfile", request, "-out", to)
        return to


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "a", "Made")


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("other") / "a", "Other")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    """A case with a signed checkpoint beside it."""
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    assert run("key", "new", tmp_path / "k", "--name", "k")[0] == 0
    assert run("case", "log", tmp_path / "case", "--checkpoint", tmp_path / "cp", "--key", tmp_path / "k")[0] == 0
    return tmp_path / "case"


def asked(run: Run, case: Path, name: str = "q") -> Path:
    to = case.parent / name
    assert run("case", "stamp", case, case.parent / "cp", "--request", to)[0] == 0
    return to


def test_a_stamp_is_asked_for_taken_in_and_checked_again(run: Run, case: Path, authority: Authority) -> None:
    request = asked(run, case)
    shown = subprocess.run(
        ["openssl", "ts", "-query", "-in", request, "-text"], capture_output=True, text=True, check=True
    )
    assert "sha256" in shown.stdout and "Certificate required: yes" in shown.stdout
    reply = authority.reply(request, case.parent / "r")
    checked = ["openssl", "ts", "-verify", "-data", case.parent / "cp", "-in", reply, "-CAfile", authority.trusted]
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 0, "the oracle agrees"
    code, said = run("case", "stamp", case, case.parent / "cp", "--reply", reply, "--authority", authority.trusted)
    assert (code, said["authority"], said["entries"]) == (0, "CN=Made stamps", 2)
    assert abs(datetime.fromisoformat(said["at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    code, again = run("case", "stamps", case, "--authority", authority.trusted)
    assert (code, again["stamps"]) == (0, [{name: said[name] for name in ("at", "authority", "entries")}])
    assert run("verify", case)[0] == 0


def test_a_reply_about_other_bytes_or_another_request_or_by_nobody_known_is_refused(
    run: Run, case: Path, authority: Authority, other: Authority
) -> None:
    parent = case.parent
    request = asked(run, case)
    reply = authority.reply(request, parent / "r")

    def refused(point: Path, reply: Path, by: Authority) -> str:
        code, said = run("case", "stamp", case, point, "--reply", reply, "--authority", by.trusted)
        assert code != 0
        assert not [e for e in open_case(case).log.entries if e.act == "stamped"]
        return str(said["error"]["what"])

    assert "does not hold" in refused(parent / "cp", reply, other)
    assert run("case", "log", case, "--checkpoint", parent / "cp2", "--key", parent / "k")[0] == 0
    assert "no request for a stamp of this checkpoint" in refused(parent / "cp2", reply, authority)
    assert run("case", "stamp", case, parent / "cp2", "--request", parent / "q2")[0] == 0
    assert "answers another request" in refused(parent / "cp2", reply, authority)
    (parent / "broken").write_bytes(reply.read_bytes()[:-40])
    assert refused(parent / "cp", parent / "broken", authority)
    turned = bytearray(reply.read_bytes())
    turned[-5] ^= 1
    (parent / "turned").write_bytes(bytes(turned))
    assert "does not hold" in refused(parent / "cp", parent / "turned", authority)


def test_a_checkpoint_of_another_case_is_not_stamped(run: Run, case: Path, tmp_path: Path) -> None:
    assert run("case", "new", tmp_path / "second", "--name", "y")[0] == 0
    code, said = run("case", "stamp", tmp_path / "second", case.parent / "cp", "--request", tmp_path / "q")
    assert (code != 0, "not the one the checkpoint was made of" in said["error"]["what"]) == (True, True)
    assert not (tmp_path / "q").exists()


def test_what_to_name_is_said(run: Run, case: Path) -> None:
    assert run("case", "stamp", case, case.parent / "cp")[0] == 2
    assert run("case", "stamp", case, case.parent / "cp", "--reply", case)[0] == 2
    assert run("case", "stamps", case)[0] == 2
    assert run("case", "stamps", case, "--authority", case.parent / "k")[0] == 2
