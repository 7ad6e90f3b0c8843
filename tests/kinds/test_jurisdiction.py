"""The sheets of instruments: each jurisdiction gets its own and nobody else's."""

import pytest

from leadline.errors import KindError
from leadline.kinds.jurisdiction import UNKNOWN, code
from leadline.kinds.jurisdictions import JURISDICTIONS, sheet
from leadline.kinds.jurisdictions.general import GENERAL

UNION = (
    *("at", "be", "bg", "cy", "cz", "de", "ee", "es", "fi", "fr", "gr", "hr", "hu"),
    *("ie", "it", "lt", "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk"),
)
"""The members of the Union bound by Regulation (EU) 2023/1543: 27 less Denmark (its recital on Protocol No 22)."""
NAMED = {
    "us": ({"preservation request", "subpoena, court order or warrant"}, "18 U.S.C. 2703"),
    "eu": ({"European Preservation Order", "European Production Order"}, "Regulation (EU) 2023/1543"),
    "general": ({"request for mutual legal assistance"}, "ETS 185"),
}


def said(country: str) -> tuple[set[str], list[str]]:
    found = sheet(country).instruments
    return {i.name for i in found}, [i.source for i in found]


@pytest.mark.parametrize(
    ("country", "area"),
    [("us", "us"), *((c, "eu") for c in UNION), *((c, "general") for c in ("dk", "gb", "kr", "ch", UNKNOWN))],
)
def test_a_country_gets_the_instruments_of_its_own_area(country: str, area: str) -> None:
    names, sources = said(country)
    assert names == NAMED[area][0] and all(NAMED[area][1] in s for s in sources)


def test_the_union_has_its_26_bound_members_and_no_code_stands_twice() -> None:
    assert sheet("de").codes == set(UNION) and len(UNION) == 26
    codes = [c for j in JURISDICTIONS for c in j.codes]
    assert len(codes) == len(set(codes)) and UNKNOWN not in codes and not GENERAL.codes


def test_preserving_stands_before_asking() -> None:
    for country in ("us", "de"):
        assert [i.purpose for i in sheet(country).instruments] == ["preservation", "production"]


@pytest.mark.parametrize(("text", "found"), [("US", "us"), (" de ", "de"), ("", UNKNOWN), (None, UNKNOWN)])
def test_a_country_as_a_record_states_it(text: str | None, found: str) -> None:
    assert code(text) == found


@pytest.mark.parametrize("text", ["usa", "d", "españa", "1a", "ÅÄ"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(KindError):
        code(text)
