#!/usr/bin/env bash
# phonenumbers 9.0.43 (Python port of libphonenumber): words behind a number become digits of it.
#
# A cell of an address book often says more than a number: "... home", "... privat", two numbers with a stroke between.
# parse() takes letters as those of a telephone's keypad and a stroke as a separator, so the label is dialled: three
# people who each wrote "030 ... privat" keep three wrong numbers, and is_valid_number() says True of them, because
# Germany's plan allows long numbers. "Fax 7" however is read as extension 7.
# Expected by a user: the number before the word, or an error. What helps: split labels off and refuse letters before.
# Seen with 9.0.43 on Python 3.11. Exits 1 if any of this has changed.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PY'
import sys

import phonenumbers as p

seen = []
for text, region in (
    ("030 123456", "DE"),
    ("030 123456 privat", "DE"),
    ("+49 30 123456 fax", None),
    ("+49 30 123456 Fax 7", None),
    ("030 123456 / 234567", "DE"),
):
    number = p.parse(text, region)
    row = (text, p.format_number(number, p.PhoneNumberFormat.E164), number.extension, p.is_valid_number(number))
    print(*row, sep=" | ")
    seen.append(row[1:])
expected = [
    ("+4930123456", None, True),
    ("+4930123456774828", None, True),  # "privat" dialled: 774828
    ("+4930123456329", None, True),  # "fax" dialled: 329
    ("+4930123456", "7", True),
    ("+4930123456234567", None, True),  # two numbers are one
]
sys.exit(seen != expected)
PY
