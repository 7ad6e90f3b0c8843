"""Telephone numbers: one person's two spellings are equal, two numbers never are, and the library agrees."""

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.mapping.phones import COUNTRIES, column, phone
from leadline.kinds.mapping.renumbered import FORMER, present

EXAMPLES = {
    region: phonenumbers.example_number(region.upper())
    for region in sorted(COUNTRIES)
    if phonenumbers.example_number(region.upper())
}
CODES = [*phonenumbers.COUNTRY_CODE_TO_REGION_CODE, 999, 210, 0]
SPELLINGS = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@pytest.mark.parametrize("country", sorted(EXAMPLES))
def test_national_and_international_forms_are_one(country: str) -> None:
    """For every numbering plan the library has: its own example number, spelled both ways as people write it."""
    number = EXAMPLES[country]
    expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert {phone(phonenumbers.format_number(number, form), country) for form in SPELLINGS} == {expected}
    assert phone(phonenumbers.format_number(number, SPELLINGS[1])) == expected
    assert phone(expected) == expected


@settings(deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.integers(0, 10**9), st.sampled_from(["", " ", "-", "."]))
def test_the_library_agrees(country: str, digits: int, gap: str) -> None:
    """Digits under a country's code: equal to what the library reads, or refused where it calls them impossible."""
    text = f"+{phonenumbers.country_code_for_region(country.upper())}{gap}{digits}"
    got = phone(text)
    try:
        read = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        assert got is None
        return
    read = present(read)
    possible = phonenumbers.is_possible_number_with_reason(read) == phonenumbers.ValidationResult.IS_POSSIBLE
    whole = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    assert got == whole if possible and got is not None else got is None
    assert (
        not possible or got == whole or len(set(str(digits).strip("0"))) <= 1 or str(digits) in "01234567890123456789"
    )


@settings(deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.integers(1, 99_999), st.sampled_from(["ext. {}", "x{}", " ext {}", "#{}"]))
def test_extensions_never_join_the_digits(country: str, extension: int, form: str) -> None:
    whole = phonenumbers.format_number(EXAMPLES[country], phonenumbers.PhoneNumberFormat.E164)
    text = f"{phonenumbers.format_number(EXAMPLES[country], SPELLINGS[1])} {form.format(extension)}"
    assert phone(text) == f"{whole};ext={extension}" != phone(whole)
    assert phonenumbers.parse(text).extension == str(extension)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.builds("+{}{}".format, st.sampled_from(CODES), st.integers(0, 10**12)),
            st.builds("+{}0{}".format, st.sampled_from(CODES), st.integers(0, 10**9)),
            st.builds("+{}{}".format, st.sampled_from(CODES), st.sampled_from(["12345678", "222222222", "8" * 10])),
            st.sampled_from([None, "", "home 7", "010-1234-5678", "+999200000000"]),
        ),
        max_size=8,
    ),
    st.sampled_from([None, "kr", "us"]),
)
def test_the_fast_path_gives_what_is_read_one_by_one(values: list[str | None], country: str | None) -> None:
    """Over every country code there is, and over codes there are not."""
    countries = None if country is None else pa.array([country] * len(values), pa.string())
    got = column(pa.array(values, pa.string()), countries).to_pylist()
    assert got == [None if v is None else phone(v, country or "") for v in values]


@pytest.mark.parametrize("code", CODES)
def test_every_plan_is_read_by_the_fast_path(code: int) -> None:
    """Numbers of every length, with every first two digits: what the fast path takes is what the library gives."""
    heads = [f"{n:02d}" for n in range(100)]
    values = [f"+{code}{head}{'57391846205'[: n - 2]}" for head in heads for n in range(4, 13)]
    assert column(pa.array(values, pa.string())).to_pylist() == [phone(v) for v in values]


@pytest.mark.parametrize("code", sorted(FORMER))
def test_a_former_number_becomes_a_valid_one_and_a_valid_one_stays(code: int) -> None:
    """Over numbers of every length and beginning of the plan: the library is asked whether the result exists."""
    for head in range(1000):
        for n in range(7, 13):
            text = f"+{code}{head:03d}{'573918462'[: n - 3]}"
            number = phonenumbers.parse(text)
            whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            got = phone(text)
            if phonenumbers.is_valid_number(number) or got is None:
                assert got in (whole, None)
            elif got != whole:
                assert phonenumbers.is_valid_number(phonenumbers.parse(got)) and phone(got) == got


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(["", "us", "gb", "kr", "de", "it", "zz"]))
def test_the_normal_form_is_stable(value: str, country: str) -> None:
    once = phone(value, country)
    assert once is None or phone(once) == once == phone(once, country)


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("+82 010-1234-5678", "", "+821012345678"),
        ("010-1234-5678", "kr", "+821012345678"),
        ("０１０－１２３４－５６７８", "kr", "+821012345678"),
        ("+44 (0) 20 7946 0958", "", "+442079460958"),
        ("0044 20 7946 0958", "", "+442079460958"),
        ("011 44 20 7946 0958", "us", "+442079460958"),
        ("8 (495) 123-45-67", "ru", "+74951234567"),
        ("06 1234567", "it", "+39061234567"),
        ("030/123456", "de", "+4930123456"),
        ("tel:+442079460958", "", "+442079460958"),
        ("mobile: +44 20 7946 0958 (home)", "", "+442079460958"),
        ("+49 30 123456 fax", "", "+4930123456"),
        ("+49 30 123456 Durchwahl 7", "", "+4930123456;ext=7"),
        ("00999 (12) 34-5", "", "+99912345"),
        # one subscriber before and after a plan changed, or abroad and at home
        *(
            (form, "mx", "+525512345678")
            for form in (
                "+52 1 55 1234 5678",
                "+52 55 1234 5678",
                "044 55 1234 5678",
                "045 55 1234 5678",
                "01 55 1234 5678",
                "55 1234 5678",
                "0052 1 55 1234 5678",
            )
        ),
        *(
            (form, "ar", "+5491123456789")
            for form in ("+54 9 11 2345 6789", "011 15 2345 6789", "11 15 2345-6789", "+54 11 15 2345 6789")
        ),
        ("+54 11 2345 6789", "ar", "+541123456789"),
        *(
            (form, "br", "+5511961234567")
            for form in (
                "+55 11 96123-4567",
                "+55 11 6123-4567",
                "(11) 6123-4567",
                "0 15 11 96123-4567",
                "+55 (011) 96123-4567",
            )
        ),
        ("+55 31 7812-3456", "", "+553178123456"),  # trunked radio kept eight digits
        ("+84 122 345 6789", "", "+84773456789"),
        ("0168 345 6789", "vn", "+84383456789"),
        ("+57 1 2345678", "", "+576012345678"),
        ("+229 97 12 34 56", "", "+2290197123456"),
        ("8 050 123 4567", "ua", "+380501234567"),
        ("09 6123 4567", "cl", "+56961234567"),
        ("0 512 345 678", "pl", "+48512345678"),
        ("06 1 234 5678", "hu", "+3612345678"),
        ("8 612 34567", "lt", "+37061234567"),
        # a zero that is part of an Italian number is neither put nor taken
        ("+39 06 1234567", "", "+39061234567"),
        ("+39 6 1234567", "", "+3961234567"),
        ("+39 0347 1234567", "", "+3903471234567"),
        ("+39 347 1234567", "", "+393471234567"),
        # without its area a number is that of somebody in every town
        ("4567890", "de", None),
        ("1234567", "at", None),
        ("96123-4567", "br", None),
        ("15 2345 6789", "ar", None),
        ("7654321", "se", None),
        ("15123456789", "de", "+4915123456789"),
        ("11 3333-4444", "br", "+551133334444"),
        # refused: kept as they stand, equal to nothing
        ("010-1234-5678", "", None),
        ("home 7", "", None),
        ("fax 7", "gb", None),
        ("555 0100", "us", None),
        ("+1 212 555 0100 / +1 212 555 0101", "", None),
        ("+1 212 555 0100; 212 555 0101", "", None),
        ("+1 212 555 0100, 555 0101", "", None),
        ("212 555 0100 or 212 555 0101", "us", None),
        ("+49 30 123456/7", "", None),
        ("030 123456 / 234567", "de", None),
        ("123456/234567", "de", None),
        ("1-800-FLOWERS", "us", None),
        ("1111111111", "us", None),
        ("1234567890", "us", None),
        ("+000000000", "", None),
        ("+33 1 23 45 67 89", "", "+33123456789"),
        ("+999 999 999 99", "", None),
        ("+" + "9" * 90, "", None),
    ],
)
def test_examples(value: str, country: str, expected: str | None) -> None:
    assert phone(value, country) == expected
