"""The table after rank: first first, equals share a place, the unknown is said."""

from leadline.views.ranked import SHOWN, lines

ROW = {
    "place": 1,
    "sharing": 1,
    "band": "A",
    "person": "person:account:a/1",
    "known": "household_minor",
    "suggested": "",
}


def test_a_row_says_place_band_reasons_and_what_is_unknown() -> None:
    rows = [
        {**ROW, "unknown": "travel,works_with_minors"},
        {**ROW, "place": 2, "sharing": 2, "band": "U", "known": "", "suggested": "travel", "unknown": "travel"},
    ]
    head, first, second, last = lines(rows)
    assert head.split() == ["place", "band", "person", "known", "unknown"]
    assert first.split() == ["1", "A", "person:account:a/1", "household_minor", "travel,", "works_with_minors"]
    assert second.startswith("2=") and "counting for nothing: travel" in second
    assert "no finding about a person" in last


def test_a_long_list_says_how_many_more_there_are() -> None:
    said = lines([{**ROW, "unknown": ""}] * (SHOWN + 3))
    assert any(line.startswith("and 3 more: leadline case export CASE band") for line in said)
    assert lines([]) == []
