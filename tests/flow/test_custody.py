"""What a package says of its case is what the checkpoint that somebody else holds bears out, and no more."""

from pathlib import Path

import pytest

from leadline.errors import IntegrityError, UsageError
from leadline.flow.custody import SELF_CONSISTENT, custody
from leadline.store import checkpoint, keys
from leadline.store.case import Case


def test_against_nothing_against_its_checkpoint_and_grown_since(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "small")
    signer = keys.new(tmp_path / "signer", "examiner")
    known = [(signer.name, signer.public)]
    note = checkpoint.signed(case.log, signer)
    assert custody(case) == (SELF_CONSISTENT,)
    (said,) = custody(case, note, known)
    assert "equal to the checkpoint of its log's first 1 entries that examiner signed" in said
    assert case.log.root.hex() in said
    (tmp_path / "more").write_text("more")
    case.add_exhibit(tmp_path / "more")
    (said,) = custody(case, note, known)
    assert said.endswith("no signature covers what was appended to the log after that.")
    with pytest.raises(UsageError, match="without its signer"):
        custody(case, note)


def test_a_case_that_is_not_its_checkpoint_s_is_not_vouched_for(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "small")
    (tmp_path / "more").write_text("more")
    digest = case.add_exhibit(tmp_path / "more")
    signer = keys.new(tmp_path / "signer", "examiner")
    note = checkpoint.signed(case.log, signer)
    path = case.exhibit_path(digest)
    path.chmod(0o644)
    path.write_text("less")
    with pytest.raises(IntegrityError, match="not what its checkpoint says"):
        custody(case, note, [(signer.name, signer.public)])
    other = keys.new(tmp_path / "other", "examiner")
    with pytest.raises(IntegrityError, match="not what its checkpoint says"):
        custody(case, note, [(other.name, other.public)])
