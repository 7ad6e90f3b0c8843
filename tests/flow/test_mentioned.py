"""Files whose digests stand in messages are matched, though they are absent, each with the place where it stands."""

import hashlib
from pathlib import Path

from leadline.flow import pinning
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.steps import match
from leadline.store.case import Case

MAP = """
name = "chat"
says = "Messages of a chat"
reader = "table"

[[part]]
columns = ["id", "body"]

[[part.record]]
table = "media"
media = { column = "body", find = "media" }
media_type = "unknown"
status = "digest_only"
"""


def test_digests_in_messages(tmp_path: Path) -> None:
    md5, sha1, sha256 = (
        hashlib.new(name, b"x", usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")
    )
    other = hashlib.md5(b"other", usedforsecurity=False).hexdigest()
    (tmp_path / "chat.csv").write_text(f"id,body\n1,see {md5.upper()} and {sha1}\n2,nothing\n3,{sha256}; {other}\n")
    (tmp_path / "chat.toml").write_text(MAP)
    (tmp_path / "list.csv").write_text(f"md5,sha1,sha256\n{md5},{sha1},{sha256}\n")
    case = Case.create(tmp_path / "case", "chat")
    intake(case, [tmp_path / "chat.csv"], str(tmp_path / "chat.toml"))
    pinning.pin(case, "list", tmp_path / "list.csv", "test")
    flow_run.run_step(case, match.SPEC)
    known = {r["subject"] for r in case.current("finding").to_pylist() if r["predicate"] == "known_as"}
    assert known == {f"media:md5-{md5}", f"media:sha1-{sha1}", f"media:{sha256}"}
    rows = {r["media"]: (r["status"], r["reason"]) for r in case.current("unsearched").to_pylist()}
    assert rows == dict.fromkeys((*known, f"media:md5-{other}"), ("digest_only", "digest_only"))
    places = {r["locator"] for r in case.current("media").to_pylist()}
    assert len(places) == 2
