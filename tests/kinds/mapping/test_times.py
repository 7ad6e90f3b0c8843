"""Times against Python's own zoneinfo, one value at a time."""

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import MappingError
from leadline.kinds.mapping.time_formats import Format, check
from leadline.kinds.mapping.times import Times, parse, unknown

LOCAL = Format("%Y-%m-%d %H:%M:%S", "Europe/Bucharest")


def one(text: str | None, format_: Format) -> tuple[datetime | None, datetime | None, str, bool]:
    got = parse(pa.array([text], pa.string()), format_)
    return got.utc_low[0].as_py(), got.utc_high[0].as_py(), got.doubt[0].as_py(), bool(got.bad[0])


def rows(got: Times) -> list[tuple[datetime | None, datetime | None, str]]:
    return list(zip(got.utc_low.to_pylist(), got.utc_high.to_pylist(), got.doubt.to_pylist(), strict=True))


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 2 * 10**9).map(lambda n: datetime.fromtimestamp(n, UTC).replace(tzinfo=None)), max_size=30),
    st.sampled_from(["Europe/Bucharest", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC"]),
)
def test_local_times_equal_zoneinfo(moments: list[datetime], zone: str) -> None:
    """Every local time lies between the readings zoneinfo gives for both folds."""
    text = pa.array([m.strftime("%Y-%m-%d %H:%M:%S") for m in moments], pa.string())
    got = rows(parse(text, Format("%Y-%m-%d %H:%M:%S", zone)))
    for moment, (low, high, doubt) in zip(moments, got, strict=True):
        both = [moment.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
        assert (low, high) == (min(both), max(both))
        assert (doubt == "assumed_zone") == (both[0] == both[1])


@settings(deadline=None)
@given(st.integers(-50, 50), st.sampled_from([(2017, 3, 26), (2017, 10, 29)]))
def test_nights_on_which_clocks_change(quarters: int, day: tuple[int, int, int]) -> None:
    moment = datetime(*day, 3, 30, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=15 * quarters)
    low, high, doubt, _ = one(str(moment), LOCAL)
    both = [moment.replace(tzinfo=ZoneInfo("Europe/Bucharest"), fold=fold).astimezone(UTC) for fold in (0, 1)]
    assert (low, high) == (min(both), max(both))
    assert doubt in ("assumed_zone", "ambiguous" if day[1] == 10 else "nonexistent")


def test_the_two_nights_by_name() -> None:
    assert one("2017-10-29 03:30:00", LOCAL)[2] == "ambiguous"
    assert one("2017-03-26 03:30:00", LOCAL)[2] == "nonexistent"
    assert one("2017-03-26 04:30:00", LOCAL)[2] == "assumed_zone"


@pytest.mark.parametrize(
    ("text", "format_", "utc", "doubt"),
    [
        ("1500000000", Format("unix"), datetime(2017, 7, 14, 2, 40, tzinfo=UTC), "none"),
        ("1500000000123", Format("unix_ms"), datetime(2017, 7, 14, 2, 40, 0, 123000, UTC), "none"),
        (
            "29/Oct/2017:00:00:03 +0300",
            Format("%d/%b/%Y:%H:%M:%S %z"),
            datetime(2017, 10, 28, 21, 0, 3, tzinfo=UTC),
            "none",
        ),
        ("2017-10-29T00:00:03Z", Format("iso"), datetime(2017, 10, 29, 0, 0, 3, tzinfo=UTC), "none"),
        ("2017-10-29 00:00", Format("iso", "UTC", stated=True), datetime(2017, 10, 29, tzinfo=UTC), "none"),
        ("29.10.2017 01:02", Format("%d.%m.%Y %H:%M", "UTC"), datetime(2017, 10, 29, 1, 2, tzinfo=UTC), "assumed_zone"),
    ],
)
def test_formats(text: str, format_: Format, utc: datetime, doubt: str) -> None:
    assert one(text, format_) == (utc, utc, doubt, False)


def test_a_day_spans_to_its_end() -> None:
    low, high, doubt, bad = one("2017-10-29", Format("iso", "Europe/Bucharest"))
    assert (low, high) == (
        datetime(2017, 10, 28, 21, tzinfo=UTC),
        datetime(2017, 10, 29, 21, 59, 59, 999999, UTC),
    )
    assert (doubt, bad) == ("day", False)


@pytest.mark.parametrize("text", [None, "", "  ", "0000-00-00 00:00:00"])
def test_nothing_stated_is_unknown(text: str | None) -> None:
    assert one(text, LOCAL) == (None, None, "unknown", False)


@pytest.mark.parametrize(
    "text",
    [
        "2017-13-45 10:00:00",
        "2017-00-03 10:00:00",
        "2017-02-29 10:00:00",
        "2017-02-00 10:00:00",
        "2017-02-03 25:00:00",
        "2017-02-03 24:00:00",
        "2017-02-03 10:60:00",
        "2017-02-03 10:00:60",
        "soon",
        "2017-02-03",
        "1500000000",
    ],
)
def test_what_does_not_fit_is_bad(text: str) -> None:
    assert one(text, LOCAL) == (None, None, "unknown", True)


@pytest.mark.parametrize("text", ["-5", "99999999999999", "12.5.1", "1e9", "12,5", ".5", "x"])
def test_bad_counts(text: str) -> None:
    assert one(text, Format("unix"))[3]


@settings(deadline=None)
@given(st.dates(date(1900, 1, 2), date(2198, 1, 1)))
def test_every_day_of_the_calendar(day: object) -> None:
    low, _, _, bad = one(str(day), Format("%Y-%m-%d"))
    assert not bad and low is not None and low.date() == day


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_read_or_bad(text: str) -> None:
    low, _, _, bad = one(text, Format("iso"))
    assert low is None or not bad


def test_a_map_with_an_unknown_format_or_zone_is_refused() -> None:
    for format_ in (Format("%Y-%m"), Format("%Q"), Format("iso", "Nowhere/Here")):
        with pytest.raises(MappingError):
            check(format_)


@pytest.mark.parametrize(
    "text",
    [
        "2017-11-01 12:00:00+00",
        "2017-11-01 12:00:00.5+00",
        "2017-11-01 14:00:00+02",
        "2017-10-28 23:00:00-04",
        "2017-10-29 12:00:00+05:30",
        "1911-03-01 08:27:52+08:27:52",
        "2017-11-01T12:00:00.123456+00:00",
    ],
)
def test_offsets_as_postgres_prints_them_equal_pythons(text: str) -> None:
    """timestamptz in its six forms: hours, minutes or seconds of offset, fractions or none."""
    meant = datetime.fromisoformat(text).astimezone(UTC)
    assert one(text, Format("iso", "Asia/Seoul")) == (meant, meant, "none", False)
    assert one(text.replace(" ", "T"), Format("%Y-%m-%dT%H:%M:%S%z"))[3] == ("." in text)


@pytest.mark.parametrize("offset", ["+16", "-99", "+0960", "+00:60", "+1", "+001"])
def test_an_offset_that_no_place_has_is_bad(offset: str) -> None:
    assert one(f"2017-11-01 12:00:00{offset}", Format("iso"))[3]


@pytest.mark.parametrize("text", ["infinity", "-infinity", "2017-11-01 12:00:00+00 BC"])
def test_what_postgres_prints_and_is_no_moment_is_bad(text: str) -> None:
    assert one(text, Format("iso"))[3]


TWELVE = "%m/%d/%Y %I:%M:%S %p"


@settings(deadline=None)
@given(st.integers(-(10**9) // 2, 5 * 10**9).map(lambda n: datetime.fromtimestamp(n, UTC)))
def test_clocks_of_twelve_hours_read_what_strftime_writes(moment: datetime) -> None:
    text = moment.strftime(TWELVE)
    assert one(text, Format(TWELVE, "UTC", stated=True)) == (moment, moment, "none", False)
    assert one(text.replace("AM", "a.m.").replace("PM", "p.m."), Format(TWELVE, "UTC"))[0] == moment


@pytest.mark.parametrize("text", ["11/01/2017 00:05:01 AM", "11/01/2017 13:05:01 PM", "11/01/2017 12:05:01"])
def test_hours_that_no_clock_of_twelve_shows_are_bad(text: str) -> None:
    assert one(text, Format(TWELVE, "UTC"))[3]


@pytest.mark.parametrize("format_", ["%Y-%m-%d %I:%M", "%Y-%m-%d %H:%M %p", "%Y-%m-%d %I %H %p"])
def test_hours_of_twelve_without_their_half_are_refused(format_: str) -> None:
    with pytest.raises(MappingError):
        check(Format(format_))


@settings(deadline=None)
@given(st.integers(0, 4 * 10**9), st.text("0123456789", max_size=12), st.sampled_from([("unix", 1), ("unix_ms", 1000)]))
def test_counts_with_decimals_cover_what_they_state(whole: int, rest: str, unit: tuple[str, int]) -> None:
    """Against exact fractions: the bounds are the whole microseconds on both sides, equal where nothing is cut."""
    text = f"{whole}.{rest}"
    exact = Fraction(whole * 10 ** len(rest) + int(rest or 0), 10 ** len(rest)) * 1_000_000 / unit[1]
    low, high, doubt, bad = one(text, Format(unit[0]))
    assert not bad and low is not None and high is not None
    micros = [(moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) for moment in (low, high)]
    assert micros == [math.floor(exact), math.ceil(exact)]
    assert doubt == ("fraction" if micros[0] < micros[1] else "none")


def test_reals_are_read_by_their_shortest_form() -> None:
    got = parse(pa.array([1509494400.25, 1509494400.0, None]), Format("unix"))
    base = datetime(2017, 11, 1, tzinfo=UTC)
    assert rows(got) == [
        (base + timedelta(seconds=0.25), base + timedelta(seconds=0.25), "none"),
        (base, base, "none"),
        (None, None, "unknown"),
    ]


@pytest.mark.parametrize("format_", [Format("iso"), Format("%Y-%m-%dT%H:%M:%S.%f%z")])
def test_nanoseconds_are_cut_with_a_doubt(format_: Format) -> None:
    low = datetime(2017, 11, 1, 14, 0, 0, 123456, UTC)
    high = low + timedelta(microseconds=1)
    assert one("2017-11-01T14:00:00.123456789Z", format_) == (low, high, "fraction", False)
    assert one("2017-11-01T14:00:00.123456000Z", format_) == (low, low, "none", False)


def test_a_cut_fraction_of_an_assumed_zone_keeps_the_greater_doubt() -> None:
    low, high, doubt, _ = one("2017-11-01 14:00:00.1234569", Format("iso", "UTC"))
    assert low is not None and high is not None
    assert (high - low, doubt) == (timedelta(microseconds=1), "assumed_zone")


@pytest.mark.parametrize(("zone", "hours"), [("+09:00", 9), ("-03:30", -3.5), ("Asia/Seoul", 9)])
def test_a_zone_is_a_name_or_an_offset(zone: str, hours: float) -> None:
    expected = datetime(2017, 11, 1, 12, tzinfo=UTC) - timedelta(hours=hours)
    assert one("2017-11-01 12:00:00", Format("iso", zone)) == (expected, expected, "assumed_zone", False)


@pytest.mark.parametrize(("year", "leap"), [(1900, False), (1904, True), (2000, True), (2016, True), (2100, False)])
def test_the_29th_of_february_stands_only_in_leap_years(year: int, leap: bool) -> None:
    assert one(f"{year}-02-29 10:00:00", LOCAL)[3] is not leap


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As RFC 9110, section 5.6.7, writes them."""


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_read_by_the_name_that_logs_write(month: int) -> None:
    meant = datetime(2017, month, 3, 4, 5, 6, tzinfo=UTC)
    name = MONTHS[month - 1]
    for spelled in (name, name.upper(), name.lower()):
        text = f"03/{spelled}/2017:04:05:06 +0000"
        assert one(text, Format("%d/%b/%Y:%H:%M:%S %z")) == (meant, meant, "none", False)


def test_times_that_nothing_states_are_unknown_and_not_bad() -> None:
    nothing = unknown(3)
    assert rows(nothing) == [(None, None, "unknown")] * 3
    assert nothing.source_text.to_pylist() == [None] * 3 and nothing.bad.tolist() == [False] * 3
