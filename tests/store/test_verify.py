"""Any byte of any file, the log's tail with its run, everything signed again by someone else: all refused."""

import shutil
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

from leadline.errors import CaseError, IntegrityError, LeadlineError, UsageError
from leadline.store import append, checkpoint, keys, parquet
from leadline.store.case import Case
from leadline.store.entry import Entry, canonical
from leadline.store.keys import Key
from leadline.store.log import Log, root_of
from leadline.store.verify import VERDICTS, hashed, verify


@pytest.fixture
def signer(tmp_path: Path) -> Key:
    """A signing key beside the case."""
    return keys.new(tmp_path / "signer", "examiner")


@pytest.fixture
def full(small: Case, hand: ModuleType) -> Case:
    """The small case with a decision."""
    small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    return small


def _known(key: Key) -> list[tuple[str, bytes]]:
    return [(key.name, key.public)]


def _rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_against_its_checkpoint_a_case_is_equal_then_extended(full: Case, signer: Key) -> None:
    note = checkpoint.signed(full.log, signer)
    assert verify(full.root, note, _known(signer)).verdict == "equal_to_checkpoint"
    full.note("viewed", what="x")
    report = verify(full.root, note, _known(signer))
    assert (report.verdict, report.ok) == ("extends_checkpoint", True)


def test_without_a_checkpoint_it_is_only_self_consistent(full: Case) -> None:
    report = verify(full.root)
    assert (report.verdict, report.ok) == ("self_consistent_only", True)


def test_a_checkpoint_whose_signer_nobody_named_is_said_to_be_unchecked(full: Case, signer: Key) -> None:
    assert verify(full.root, checkpoint.signed(full.log, signer)).verdict == "equal_to_unchecked_checkpoint"
    with_signer_only = verify(full.root, "", _known(signer))
    assert (with_signer_only.verdict, with_signer_only.ok) == ("unknown_signer", False)


def test_any_byte_of_any_file(full: Case, signer: Key) -> None:
    note, known = checkpoint.signed(full.log, signer), _known(signer)
    files = [p for p in sorted(full.root.rglob("*")) if p.is_file() and "scratch" not in p.parts]
    assert len(files) >= 9
    for path in files:
        whole = path.read_bytes()
        places = range(len(whole)) if len(whole) < 64 else range(0, len(whole), max(1, len(whole) // 40))
        for at in {*places, len(whole) - 1}:
            _rewrite(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            report = verify(full.root, note, known)
            assert not report.ok, (path, at)
            assert report.verdict in ("changed", "interrupted"), (path, at)
        for data in (b"", whole[:-1], whole + b"\n"):
            _rewrite(path, data)
            assert not verify(full.root, note, known).ok, (path, len(data))
        _rewrite(path, whole)
    assert verify(full.root, note, known).ok


def test_a_missing_an_unknown_and_a_linked_file(full: Case) -> None:
    run = full.current_runs(("trace",))[0].id
    path = full.root / "runs" / run / "finding.parquet"
    data = path.read_bytes()
    path.unlink()
    assert f"runs/{run}/finding.parquet: missing" in verify(full.root).problems
    path.write_bytes(data)
    (full.root / "runs" / "notes.txt").write_text("x")
    assert verify(full.root).problems == ("runs/notes.txt: not in the log",)
    (full.root / "runs" / "notes.txt").unlink()
    (full.root / "decisions" / "link").symlink_to(path)
    assert verify(full.root).problems == ("decisions/link: neither a file nor a folder",)


def test_the_log_s_tail_cut_together_with_its_files(full: Case, signer: Key) -> None:
    note = checkpoint.signed(full.log, signer)
    lines = full.layout.log.read_bytes().splitlines(keepends=True)
    for name in full.log.entries[-1].files:
        full.layout.absolute(name).unlink()
    full.layout.log.write_bytes(b"".join(lines[:-1]))
    assert verify(full.root).verdict == "self_consistent_only"
    report = verify(full.root, note, _known(signer))
    assert (report.verdict, report.ok) == ("changed", False)
    assert "cut off" in report.problems[0]


def test_a_file_changed_and_everything_made_and_signed_again(full: Case, signer: Key, tmp_path: Path) -> None:
    note = checkpoint.signed(full.log, signer)
    name = next(name for name in full.log.entries[3].files if name.endswith("/finding.parquet"))
    table = pq.read_table(full.layout.absolute(name))
    full.layout.absolute(name).unlink()
    parquet.write(full.layout.absolute(name), table.replace_schema_metadata({"made": "elsewhere"}))
    forged: list[bytes] = []
    for entry in full.log.entries:
        files = dict(entry.files)
        if name in files:
            files[name] = append.durable.sha256(full.layout.absolute(name))
        root = root_of(forged).hex()
        forged.append(Entry(entry.n, entry.at, entry.by, entry.act, files, entry.note, root).line())
    full.layout.log.write_bytes(b"".join(line + b"\n" for line in forged))
    other = keys.new(tmp_path / "other", "examiner")
    again = checkpoint.signed(Log(full.layout.log), other)
    assert verify(full.root).verdict == "self_consistent_only"
    assert verify(full.root, again, _known(other)).ok
    assert verify(full.root, note, _known(signer)).verdict == "changed"
    report = verify(full.root, again, _known(signer))
    assert (report.verdict, report.ok) == ("unknown_signer", False)


def test_another_case_s_checkpoint(full: Case, signer: Key, tmp_path: Path) -> None:
    other = Case.create(tmp_path / "other-case", "other")
    report = verify(full.root, checkpoint.signed(other.log, signer), _known(signer))
    assert report.verdict == "changed"
    assert "not the one" in report.problems[0]


def test_an_interrupted_append_is_said_and_put_right(full: Case) -> None:
    left = full.root / "runs" / "trace-0123456789abcdef"
    left.mkdir()
    (left / "run.json").write_text("{}")
    full.layout.intent.write_bytes(canonical(["runs/trace-0123456789abcdef"]))
    assert verify(full.root).verdict == "interrupted"
    full.recover()
    assert not left.exists()
    assert full.log.entries[-1].act == "recovered"
    assert verify(full.root).ok


def test_an_intent_hides_nothing_that_is_in_the_log(full: Case) -> None:
    run = full.current_runs(("trace",))[0].id
    full.layout.intent.write_bytes(
        canonical([f"runs/{run}", "runs", "runs/", "case.toml", "../x", "runs/../case.toml"])
    )
    path = full.root / "runs" / run / "finding.parquet"
    _rewrite(path, path.read_bytes() + b"x")
    assert verify(full.root).verdict == "changed"


def test_settings_that_were_logged_but_not_yet_written(full: Case) -> None:
    old = full.layout.toml.read_bytes()
    full.change(append_currency(full), "r", {})
    _rewrite(full.layout.toml, old)
    assert verify(full.root).verdict == "interrupted"
    again = Case.open(full.root)
    assert again.settings.currency == "EUR"
    again.recover()
    assert verify(full.root).ok
    assert full.layout.toml.read_bytes() != old


def append_currency(case: Case):  # type: ignore[no-untyped-def]
    """The settings with another currency."""
    from leadline.store.settings import change, changed

    return changed(case.settings, change("currency=EUR"))


def test_it_is_about_content_not_place(full: Case, signer: Key, tmp_path: Path) -> None:
    note = checkpoint.signed(full.log, signer)
    moved = tmp_path / "elsewhere" / "case"
    shutil.copytree(full.root, moved)
    assert verify(moved, note, _known(signer)).verdict == "equal_to_checkpoint"


def test_what_is_no_case_and_no_checkpoint(full: Case, tmp_path: Path, signer: Key) -> None:
    with pytest.raises(CaseError):
        verify(tmp_path / "nowhere")
    for text in ("x", "\n", checkpoint.of(full.log).text(), "a\n1\nb\n\n— x y\n"):
        assert verify(full.root, text, _known(signer)).verdict == "unknown_signer"


def test_every_verdict_is_explained() -> None:
    assert all(VERDICTS.values())


def test_keys_never_lie_in_a_case_and_open_only_with_their_password(full: Case, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="may not lie in a case"):
        keys.new(full.root / "scratch" / "key", "x")
    made = keys.new(tmp_path / "locked", "x", "secret")
    assert (tmp_path / "locked").stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in (tmp_path / "locked").read_bytes()
    assert keys.load(tmp_path / "locked", "secret").public == made.public == keys.public(tmp_path / "locked.pub")[1]
    for password in ("", "wrong"):
        with pytest.raises(UsageError):
            keys.load(tmp_path / "locked", password)
    with pytest.raises(CaseError, match="there already"):
        keys.new(tmp_path / "locked", "x")
    with pytest.raises(UsageError):
        keys.public(tmp_path / "locked")
    assert "private" not in repr(made).lower()


def test_a_checkpoint_is_a_signed_note_openssl_verifies(full: Case, signer: Key, tmp_path: Path) -> None:
    import base64
    import subprocess

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed; the project's test machine has it")
    text, _, line = checkpoint.signed(full.log, signer).rpartition("\n\n")
    raw = base64.b64decode(line.split()[-1])[4:]
    (tmp_path / "text").write_text(text + "\n")
    (tmp_path / "sig").write_bytes(raw)
    pem = Ed25519PublicKey.from_public_bytes(signer.public).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "pub.pem").write_bytes(pem)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-in", "text"]
    done = subprocess.run([*command, "-sigfile", "sig"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_parsed_checkpoint_says_what_was_signed(full: Case, signer: Key) -> None:
    note = checkpoint.signed(full.log, signer)
    assert checkpoint.opened(note, _known(signer)) == checkpoint.parse(note) == checkpoint.of(full.log)
    with pytest.raises(IntegrityError):
        checkpoint.opened(note, [])


def test_a_file_that_cannot_be_read_is_told_from_one_that_can(full: Case) -> None:
    name = next(iter(full.log.files))
    gone, held = hashed(full.layout, [f"{name}-gone", name])
    assert gone[0] == f"{name}-gone" and isinstance(gone[1], LeadlineError) and gone[1].what
    assert held == (name, full.log.files[name])
