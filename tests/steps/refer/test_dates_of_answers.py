"""An answer about a customer whom no record had named yet is said to be: its date, or the return's, is wrong."""

from datetime import UTC, datetime

import pytest

from leadline.steps.refer.identifiers import _before, _moment


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2018-04-02T09:00:00Z", datetime(2018, 4, 2, 9, tzinfo=UTC)),
        ("2018-04-02", datetime(2018, 4, 2, 23, 59, 59, tzinfo=UTC)),
        ("2018-04-02T11:00:00+02:00", datetime(2018, 4, 2, 9, tzinfo=UTC)),
        ("2018-04-02T09:00:00", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_when_an_exhibit_was_acquired(text: str, at: datetime | None) -> None:
    assert _moment(text) == at


@pytest.mark.parametrize(
    ("answered", "named", "said"),
    [
        (datetime(2018, 4, 1, tzinfo=UTC), datetime(2018, 4, 2, tzinfo=UTC), "yes"),
        (datetime(2018, 4, 2, tzinfo=UTC), datetime(2018, 4, 2, tzinfo=UTC), "no"),
        (datetime(2018, 4, 3, tzinfo=UTC), datetime(2018, 4, 2, tzinfo=UTC), "no"),
        (None, datetime(2018, 4, 2, tzinfo=UTC), "unknown"),
        (datetime(2018, 4, 3, tzinfo=UTC), None, "unknown"),
    ],
)
def test_an_answer_before_its_return_is_said(answered: datetime | None, named: datetime | None, said: str) -> None:
    assert _before(answered, named) == said
