"""An examiner's file is read in a confined child: each record's category and digests, and nothing of its words."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from leadline.confinement import readers
from leadline.errors import CaseError, KindError
from leadline.kinds import returned
from leadline.model.progress import silent

HEAD = {"@odata.context": "http://x/projectvic/2.0.xml/US/$metadata#Media"}
SHA1 = hashlib.sha1(b"x", usedforsecurity=False).hexdigest()
UNABLE = (
    "from leadline.confinement import landlock, seccomp, server\n"
    "landlock.restrict = lambda allowed: False\n"
    "seccomp.refuse = lambda **how: False\n"
    "server.main()\n"
)


def written(path: Path, *records: object) -> Path:
    path.write_text(json.dumps({**HEAD, "value": list(records)}))
    return path


def test_each_record_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returned, "_AT_ONCE", 2)
    records = (
        {"MD5": "1F" * 16, "SHA1": SHA1, "Category": 2, "IsPrecategorized": True},
        {"SHA256": "2e" * 32, "Category": " 1 ", "Comments": "a word"},
        {"Category": True},
    )
    table = returned.read(written(tmp_path / "a.json", *records), silent, demanded=False).records
    assert table.to_pylist() == [
        {"scheme": "vics-us", "category": "2", "precategorized": True, "sha256": None, "sha1": bytes.fromhex(SHA1),
         "md5": b"\x1f" * 16},
        {"scheme": "vics-us", "category": "1", "precategorized": False, "sha256": b"\x2e" * 32, "sha1": None,
         "md5": None},
        {"scheme": "vics-us", "category": "", "precategorized": False, "sha256": None, "sha1": None, "md5": None},
    ]  # fmt: skip
    here = returned.apart({"path": str(tmp_path / "a.json")}, silent)[1]["records"]
    assert here.equals(table)
    assert here.column(0).num_chunks == 2


def test_a_record_that_breaks_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", {"MD5": "1f" * 16})
    path.write_text(path.read_text()[:-3])
    with pytest.raises(KindError, match="record cannot be read") as raised:
        returned.read(path, silent, demanded=False)
    assert raised.value.where.endswith("entry:0")


def test_it_is_not_read_where_confinement_is_demanded_and_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers._SERVER.end()
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", UNABLE))
    with pytest.raises(CaseError, match="leaves open: network"):
        returned.read(written(tmp_path / "a.json"), silent, demanded=True)
    readers._SERVER.end()
