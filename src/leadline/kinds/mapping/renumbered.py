"""Telephone numbers as they were written before their plan changed: one subscriber, two numbers.

A form is taken for a former one only where the number as it stands is in no plan and the present one is, by
libphonenumber; so a range that is given out again later is never joined with what it was.
"""

import re

import phonenumbers

_VIETNAM = {
    "120": "70", "121": "79", "122": "77", "123": "83", "124": "84", "125": "85", "126": "76", "127": "81", "128": "78",
    "129": "82", "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Prefixes of mobile numbers until 2018, each with the one after (decision 798/QD-BTTTT of Vietnam's ministry)."""
FORMER: dict[int, tuple[tuple[str, str], ...]] = {
    # Mexico, until August 2019: 1 after the code; 01, 044 or 045 at home (Plan Técnico Fundamental de Numeración, 2018)
    52: ((r"^(?:1|01|044|045)(\d{10})$", r"\1"),),
    # Brazil, 2012 to 2016: a nine before mobile numbers of eight digits (Anatel, Resolution 553/2010); not 7, which
    # trunked radio kept
    55: ((r"^([1-9]\d)([689]\d{7})$", r"\g<1>9\2"),),
    # Colombia, until 2021: landlines of an area's digit and seven more (CRC, Resolution 5826/2019)
    57: ((r"^([1245678]\d{7})$", r"60\1"),),
    84: tuple((rf"^{old}(\d{{7}})$", rf"{new}\1") for old, new in _VIETNAM.items()),
    # Benin, until November 2024: eight digits without 01 (ARCEP Benin)
    229: ((r"^(\d{8})$", r"01\1"),),
    # Ukraine, until 2009: 8 and the zero were dialled
    380: ((r"^80(\d{9})$", r"\1"),),
}
"""Country code to (former national number, present one)."""
_ZERO_STAYS = frozenset({39, 378})
"""Codes in whose numbers a zero at the beginning is part of the number and once was not: none is put or taken."""


def present(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """The number that the same subscriber has now; the number itself where it is valid or no rule gives a valid one."""
    if phonenumbers.is_valid_number(number):
        return number
    code, national = number.country_code or 0, phonenumbers.national_significant_number(number)
    changes = [re.sub(old, new, national, count=1) for old, new in FORMER.get(code, ())]
    if national.startswith("0") and code not in _ZERO_STAYS:
        changes.append(national[1:])  # a trunk prefix that was given up, as Poland's and Chile's
    for changed in changes:
        if changed != national:
            try:
                other = phonenumbers.parse(f"+{code}{changed}")
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(other):
                return other
    return number
