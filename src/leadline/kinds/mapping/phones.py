"""Telephone numbers made comparable by the numbering plans that the library phonenumbers knows (libphonenumber)."""

import re
import unicodedata
from functools import cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.mapping.renumbered import FORMER, present

COUNTRIES = frozenset(region.lower() for region in phonenumbers.SUPPORTED_REGIONS)
"""Calling countries, ISO 3166 alpha-2 in lower case, whose numbering plans are known."""
LONGEST = 80
"""Characters of a number with its labels; more is no number."""
SHORTEST_UNKNOWN = 8
"""Digits, with its code, that a number of no known plan must have to be compared at all."""

LONGER_THAN_LOCAL = 9
"""Digits of a mobile number dialled without its prefix; what is dialled within a town has eight at most, in every plan
that libphonenumber has."""

COUNTED = "01234567890123456789"
"""Digits counted up, typed where a number was asked for, unless the plan has such a number."""

_CODES = pa.array([str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE], pa.string())
_REPEATED = r"^(?:0|1+$|2+$|3+$|4+$|5+$|6+$|7+$|8+$|9+$)"
_COUNTED = pa.array(
    sorted({COUNTED[i : i + n] for n in range(2, 16) for i in range(len(COUNTED) - n + 1)}), pa.string()
)

_GAP = r"[ \t()\[\].\-/~\u00a0\u2010-\u2015\u2212\u30fc]"
_NUMBER = re.compile(
    rf"(?P<label>[^\d+#*]*?)(?P<number>\(?\+?\(?\d(?:{_GAP}*\d)*)"
    r"(?:[ \t]*(?:;[ \t]*ext[ \t]*=|,?[ \t]*\b(?:ext(?:ension|n)?|int|anexo|ramal|poste|доб|durchwahl|dw)|#|x)"
    r"[.:]?[ \t]*(?P<extension>\d{1,6}))?"
    r"(?P<tail>(?:[ \t]|[(\[,;.])[^\d+]*)?",
    re.IGNORECASE,
)
"""A label, one number, perhaps an extension (RFC 3966, section 5.3, and usual spellings), and a label after it.

Letters stand nowhere among the digits: the library would turn those of a label into digits (ITU-T E.161).
"""


def column(values: pa.Array, countries: pa.Array | None = None) -> pa.Array:
    """`phone` over trimmed values (string column), with their calling countries; each distinct pair is read once.

    Numbers already in the international form, without spaces or signs, are compared with their plan's lengths here;
    only those in which the library might find a national prefix are read by it.
    """
    plain = _plain(values)
    rest = pc.if_else(plain, None, values)
    if countries is not None:
        rest = pc.binary_join_element_wise(pc.fill_null(countries, ""), rest, _MARK)
    coded = rest.dictionary_encode()
    read = (v.rpartition(_MARK)[::-2] for v in coded.dictionary.to_pylist())
    done = pa.array([phone(value, country) for value, country in read], pa.string()).take(coded.indices)
    return pc.if_else(plain, values, done)


_MARK = "\x1f"


def _plain(values: pa.Array) -> pa.Array:
    """Whether each value stands for itself: of a possible length for their code, and no national prefix in them."""
    fits = pc.fill_null(pc.match_substring_regex(values, rf"^\+[1-9][0-9]{{{SHORTEST_UNKNOWN - 1},14}}$"), False)
    numbers = pc.if_else(fits, values, None)
    codes = pa.nulls(len(values), pa.string())
    for n in (3, 2, 1):  # no code begins another
        head = pc.utf8_slice_codeunits(numbers, 1, 1 + n)
        codes = pc.coalesce(codes, pc.if_else(pc.is_in(head, _CODES), head, None))
    result = pc.and_kleene(pc.and_(fits, pc.is_null(codes)), pc.invert(_odd(pc.utf8_slice_codeunits(numbers, 1))))
    for code in pc.unique(codes.drop_null()).to_pylist():
        lengths, prefix = _plan(int(code))
        national = pc.utf8_slice_codeunits(pc.if_else(pc.equal(codes, code), numbers, None), 1 + len(code))
        other = pc.or_(_odd(national), pc.match_substring_regex(national, prefix))
        result = pc.or_(result, pc.fill_null(pc.and_not(pc.is_in(pc.utf8_length(national), lengths), other), False))
    return result


def _odd(national: pa.Array) -> pa.Array:
    """Which national numbers begin with a zero, or may be fillers."""
    return pc.or_(pc.match_substring_regex(national, _REPEATED), pc.is_in(national, _COUNTED))


@cache
def _plan(code: int) -> tuple[pa.Array, str]:
    """(lengths of national numbers, what may be a national prefix at their beginning) of a country code."""
    region = phonenumbers.region_code_for_country_code(code)
    plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if plan is None or plan.general_desc is None:
        return pa.array([], pa.int32()), "^"
    heads = [f"(?:{plan.national_prefix_for_parsing or '0'})", *(old for old, _ in FORMER.get(code, ()))]
    return pa.array(plan.general_desc.possible_length, pa.int32()), f"^(?:{'|'.join(heads)})"


def phone(value: str, country: str = "") -> str | None:
    """The number in the international form of ITU-T E.164, its extension after ``;ext=`` (RFC 3966); None for none.

    `country` (ISO 3166 alpha-2, lower case) is where a number in national form was to be dialled; without one only
    numbers in international form, after a plus sign or 00, are comparable. Refused are two numbers in one value,
    numbers of a length that their plan does not have, national numbers that may lack their area, and fillers such as
    one digit repeated. A number whose code is in no plan is taken digit by digit: a table of plans is never as new as
    the plans.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or _two_numbers(found["number"]):
        return None
    number, extension = found["number"], found["extension"]
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in number if c.isdecimal() or c == "+")
    tries = [number] if country.upper() in phonenumbers.SUPPORTED_REGIONS or "+" in digits else []
    if digits.startswith("00"):
        digits = "+" + digits[2:]
        tries.append(digits)
    for attempt in tries:
        whole = _international(attempt, country.upper() or None)
        if whole is not None:
            return f"{whole};ext={extension}" if extension else whole
    if _unknown_code(digits):
        return f"{digits};ext={extension}" if extension else digits
    return None


def _two_numbers(number: str) -> bool:
    """Whether a stroke parts two numbers, or one number's variants, and not an area code from the rest."""
    if "/" not in number:
        return False
    head, _, rest = number.partition("/")
    digits = sum(c.isdecimal() for c in head)
    area = digits <= 3 or (digits <= 7 and head.lstrip("( ")[:1] in ("+", "0"))
    return "/" in rest or not area or sum(c.isdecimal() for c in rest) < 4


def _international(number: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    parsed = present(parsed)
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if not number.lstrip("(").startswith("+") and region and not _has_area(parsed, number, region):
        return None
    national = phonenumbers.national_significant_number(parsed)
    if _repeated(national) or (national in COUNTED and not phonenumbers.is_valid_number(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _has_area(parsed: phonenumbers.PhoneNumber, number: str, region: str) -> bool:
    """Whether a number in national form is whole: what many towns have, dialled without its area, is no one's number.

    It is where something before it was dialled, where all numbers of the plan have one length, or where the plan has
    such a number and writes it so, or none without an area is as long.
    """
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    national = phonenumbers.national_significant_number(parsed)
    dialled = _digits(number)
    if dialled != national or plan is None or plan.general_desc is None or len(plan.general_desc.possible_length) == 1:
        return True
    if not phonenumbers.is_valid_number(parsed):
        return False
    mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    fixed = () if plan.fixed_line is None else plan.fixed_line.possible_length
    written = _digits(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
    return dialled == written or fixed == (len(national),) or (mobile and len(national) >= LONGER_THAN_LOCAL)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def _unknown_code(digits: str) -> bool:
    """Whether digits after a plus sign fit E.164 and begin with a code that no plan has."""
    if (
        not re.fullmatch(rf"\+[1-9][0-9]{{{SHORTEST_UNKNOWN - 1},14}}", digits)
        or _repeated(digits[1:])
        or digits[1:] in COUNTED
    ):
        return False
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return not any(int(digits[1 : 1 + n]) in codes for n in (1, 2, 3))


def _repeated(digits: str) -> bool:
    """One digit again and again: typed where a number was asked for."""
    return len(set(digits.lstrip("0"))) <= 1
