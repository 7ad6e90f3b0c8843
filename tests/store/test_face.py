"""What `import leadline` gives, and a case read from Python."""

from pathlib import Path
from types import ModuleType

import pytest

import leadline
from leadline.errors import UsageError
from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.store.case import Case


def test_the_face() -> None:
    assert sorted(leadline.__all__) == ["Case", "LeadlineError", "explain", "open", "open_ledger", "without"]


def test_findings_as_arrow(small: Case, hand: ModuleType) -> None:
    exhibit = next(iter(small.runs()[0].exhibits))
    link = from_rows(
        findings.LINK, [(hand.ABOVE_ID, "rule", "for", 1, "says"), (hand.FINDING, "rule", "for", 1, "says")]
    )
    small.append_run("link", "hand", 1, {}, {"exhibit": exhibit}, {"link": link}, {})
    found = leadline.open(str(small.root)).findings("payer_candidate")
    assert found.arrow().column("object").to_pylist() == ["customer:northgate/7"]
    assert len(found) == found.family("link").num_rows == 1
    small.log.refresh()
    assert small.log.entries[-1].act == "queried"
    for wrong in (lambda: small.findings("x"), lambda: found.family("account")):
        with pytest.raises(UsageError):
            wrong()


def test_a_case_is_opened_where_it_lies(tmp_path: Path) -> None:
    with pytest.raises(leadline.LeadlineError, match="no case"):
        leadline.open(tmp_path)
