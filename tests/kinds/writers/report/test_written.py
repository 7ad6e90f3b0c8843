"""What the report prints: every character drawn or spelled, amounts exact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.writers.report import typeset, written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ångström", "Ångström"),
        ("A\N{COMBINING RING ABOVE}", "Å"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b\n", "a[U+0000]b[U+000A]"),
        ("\U0001f600", "[U+1F600]"),
        ("ليلى", "ليلى"),
        ("김서연", "김서연"),
        ("नाम", "नाम"),
        ("שם", "שם"),
    ],
)
def test_names_are_drawn_or_spelled(text, shown):
    assert written.shown(text) == shown


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_a_name_holds_is_shown_without_surprise(text):
    shown = written.shown(text)
    assert written.shown(shown) == shown
    assert shown.replace("\u200c", "").replace("\u200d", "").isprintable()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=20))
def test_the_typesetter_draws_whatever_is_shown(texts):
    body = "\n\n".join(f"#{_quoted(written.shown(t))}" for t in texts)
    head = '#set document(date: datetime(year: 2018, month: 1, day: 1), title: "t")\n#set text(lang: "en", fallback: false, font: '  # noqa: E501
    fonts = '("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK KR", "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Thai", "Noto Sans Devanagari"))\n'  # noqa: E501
    made = typeset.typst.Compiler(font_paths=typeset._fonts(), ignore_system_fonts=True).compile(
        input=(head + fonts + body).encode(), format="pdf", pdf_standards=["a-2a"], timestamp=0
    )
    assert made.startswith(b"%PDF")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.decimals(0, 10**12, places=2))
def test_fiat_reads_back(amount):
    assert Decimal(written.fiat(amount).replace(",", "")) == amount


def test_missing_prices_are_unknown_not_zero():
    assert written.fiat(None) == "unknown" and written.fiat(Decimal("0.00")) == "0.00"


def test_block_times_are_intervals():
    low = datetime(2016, 3, 1, 23, tzinfo=UTC)
    assert written.block_time(low, low + timedelta(minutes=30)) == "2016-03-01 23:00 to 23:30"
    assert written.block_time(low, low + timedelta(hours=2)) == "2016-03-01 23:00 to 2016-03-02 01:00"
    assert written.block_time(low, low) == "2016-03-01 23:00"


@pytest.mark.parametrize(("ppm", "text"), [(500_000, "+0.50"), (-200_000, "-0.20"), (0, "+0.00"), (1_950_000, "+1.95")])
def test_weights(ppm, text):
    assert written.weight(ppm) == text
