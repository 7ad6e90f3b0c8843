"""Telephone numbers made comparable by the numbering plans that the library phonenumbers knows (libphonenumber)."""

import re
import unicodedata

import phonenumbers

COUNTRIES = frozenset(region.lower() for region in phonenumbers.SUPPORTED_REGIONS)
"""Calling countries, ISO 3166 alpha-2 in lower case, whose numbering plans are known."""
LONGEST = 80
"""Characters of a number with its labels; more is no number."""
SHORTEST_UNKNOWN = 8
"""Digits, with its code, that a number of no known plan must have to be compared at all."""

COUNTED = "01234567890123456789"
"""Digits counted up, typed where a number was asked for, unless the plan has such a number."""

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


def phone(value: str, country: str = "") -> str | None:
    """The number in the international form of ITU-T E.164, its extension after ``;ext=`` (RFC 3966); None for none.

    `country` (ISO 3166 alpha-2, lower case) is where a number in national form was to be dialled; without one only
    numbers in international form, after a plus sign or 00, are comparable. Refused are two numbers in one value,
    numbers of a length that their plan does not have, and fillers such as one digit repeated. A number whose code is
    in no plan is taken digit by digit: a table of plans is never as new as the plans.
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
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    national = phonenumbers.national_significant_number(parsed)
    if _repeated(national) or (national in COUNTED and not phonenumbers.is_valid_number(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


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
