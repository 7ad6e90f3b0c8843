"""VICS JSON (Project VIC data models 1.3 and 2.0), read as a stream: one media record in memory at a time.

The file is one object: a context (``@odata.context`` in 2.0, ``odata.metadata`` in 1.3) that ends in ``#Media`` or
``#Cases``, and an array ``value`` of media, or of cases that each hold an array ``Media``. Files of tens of millions of
records are usual, so the file is never parsed as a whole.
"""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, TextIO

from leadline.errors import KindError

CHUNK = 1 << 20
"""Characters read at once."""
LONGEST = 1 << 26
"""Characters one record may have: an embedded miniature is a few tens of thousands."""
HEAD = 8192
"""Characters within which the context stands."""

SCHEME = "vics"
UNCATEGORIZED = {"vics-us": "5"}
"""The category of a scheme that says nobody has looked yet."""
GRAVEST_FIRST = ("1", "2", "3", "4", "5", "0")
"""Categories of the VICS schemes from the one looked at first to non-pertinent (as the US model counts them)."""
CATEGORIES = {"vics-us": frozenset(GRAVEST_FIRST)}
"""All categories of the schemes of which they are known."""
LONGEST_CATEGORY = 32
"""Characters of a category of any other scheme."""
LONGEST_NUMBER = 18
"""Digits of a number that is read as one; a longer one stays text, for no field of a record counts so far."""
ASIDE = frozenset(("0", "4", "5"))
"""VICS categories that say nothing of unlawful material: non-pertinent, comparison, uncategorized."""
LEAST_GRAVE = len(GRAVEST_FIRST) + 1

_CONTEXT = re.compile(r'"(?:@odata\.context|odata\.metadata)"\s*:\s*"([^"]*)"')
_PROGRAM = re.compile(r'"SourceApplication(Name|Version)"\s*:\s*"([^"\\]*)"')
LICENCE = "@leadline.licence"
"""The annotation (OData JSON 4.01, section 20) in which a list carries its terms; the data models have no field."""
_LICENCE = re.compile(re.escape(f'"{LICENCE}"') + r'\s*:\s*("(?:[^"\\]|\\.)*")')
LONGEST_ID = 300
"""Characters of a CaseID with its name; a UUID has 36."""
_CASE_ID = re.compile(r'"CaseID"\s{0,16}:\s{0,16}"([^"\\]{1,200})"')
_VALUE = re.compile(r'"value"\s*:\s*\[')
_MEDIA = re.compile(r'"Media"\s*:\s*\[')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_GAP = re.compile(r"[\s,]*")


def context(head: str) -> str | None:
    """The context of a VICS file from its beginning, or None when it is no VICS file."""
    found = _CONTEXT.search(head[:HEAD])
    if found is None or "projectvic" not in found[1].lower() or "#" not in found[1]:
        return None
    return found[1]


def scheme(text: str) -> str:
    """Whose categories a context names: ``vics-us`` for ``.../2.0.xml/US/$metadata#Media``, else ``vics``."""
    found = re.search(r"\.xml/([A-Za-z]+)/", text)
    return f"vics-{found[1].lower()}" if found else "vics"


def program(head: str) -> str:
    """Name and version of the program that wrote a case, where its beginning, before any record, states them."""
    start = _MEDIA.search(head)
    cases = (context(head) or "").endswith("#Cases")
    said = dict(_PROGRAM.findall(head[: start.start()] if start else head[:HEAD] if cases else ""))
    return " ".join(said[name] for name in ("Name", "Version") if name in said)


def licence(head: str) -> str:
    """The terms that a list's beginning states in the annotation LICENCE; empty when it states none."""
    start = _VALUE.search(head)
    found = _LICENCE.search(head[: start.start()] if start else "")
    try:
        return str(json.loads(found[1])) if found else ""
    except ValueError:
        return ""


def case_ids(file: TextIO) -> set[str]:
    """The CaseIDs that an open text file states, wherever they stand; UUIDs in their usual form (RFC 9562)."""
    found: set[str] = set()
    kept = ""
    while more := file.read(CHUNK):
        buffer = kept + more
        found.update(_uuid(match[1]) for match in _CASE_ID.finditer(buffer))
        kept = buffer[-LONGEST_ID:]
    return found


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        return text.strip()


def media(file: TextIO) -> Iterator[dict[str, Any]]:
    """Every media record, in order, of an open text file (BOM dropped); KindError names the record that breaks."""
    buffer = file.read(CHUNK)
    where = context(buffer)
    if where is None and "\0" in buffer[:HEAD]:
        raise KindError("the file is UTF-16, or no text at all", remedy="save it as UTF-8")
    if where is None:
        raise KindError("no VICS context at the beginning of the list", remedy="pin a VICS 1.3 or 2.0 JSON file")
    in_cases = where.endswith("#Cases")
    decoder = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) <= LONGEST_NUMBER else digits)
    at = number = 0
    halves = bool(_HALF.search(buffer))
    inside = False
    while True:
        if not inside:
            found = (_MEDIA if in_cases else _VALUE).search(buffer, at)
            if found is not None:
                at, inside = found.end(), True
                continue
            more = file.read(CHUNK)
            if not more and not number and not in_cases:
                raise KindError("the VICS list has no array of records", remedy="ask for the file again")
            if not more:
                return
            buffer, at = buffer[max(at, len(buffer) - 64) :] + more, 0
            halves = bool(_HALF.search(buffer))
            continue
        at = _after_gap(buffer, at)
        if at < len(buffer) and buffer[at] == "]":
            if not in_cases:
                return
            at, inside = at + 1, False
            continue
        try:
            record, at = decoder.raw_decode(buffer, at)
        except (json.JSONDecodeError, RecursionError):
            more = file.read(max(CHUNK, len(buffer) - at))  # twice as much each time, so that the cost stays linear
            if not more or len(buffer) - at > LONGEST:
                raise _unreadable(number) from None
            buffer, at = buffer[at:] + more, 0
            halves = bool(_HALF.search(buffer))
            continue
        if not isinstance(record, dict):
            raise _unreadable(number)
        yield _whole(record) if halves else record
        number += 1


def _whole(record: dict[str, Any]) -> dict[str, Any]:
    """The record with a question mark for each half of a surrogate pair, which no file can hold."""
    made: dict[str, Any] = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    return made


def belongs(scheme: str, category: str) -> bool:
    """Whether a category may be one of its scheme: one of those known, or a short plain word where none is."""
    if scheme in CATEGORIES:
        return category in CATEGORIES[scheme]
    return len(category) <= LONGEST_CATEGORY and category.isprintable()


def _unreadable(number: int) -> KindError:
    return KindError("a VICS record cannot be read", where=f"entry:{number}", remedy="ask for the file again")


def truth(value: object) -> bool:
    """A VICS flag: a boolean, or the words true and 1 in any case."""
    return value is True or (isinstance(value, str | int) and str(value).strip().lower() in ("true", "1"))


def _after_gap(buffer: str, at: int) -> int:
    found = _GAP.match(buffer, at)
    return found.end() if found else at


def said(scheme: str, category: str) -> str:
    """A category with its scheme, as matches and decisions write it."""
    return f"{scheme}: {category}"


def gravity(said: str | None) -> int:
    """Where a category stands in the order of review, 0 first: LEAST_GRAVE for none, just before for other schemes."""
    if said is None:
        return LEAST_GRAVE
    scheme, _, category = said.partition(": ")
    known = scheme.startswith(SCHEME) and category in GRAVEST_FIRST
    return GRAVEST_FIRST.index(category) if known else LEAST_GRAVE - 1


def of_material(said: str) -> bool:
    """Whether a category is one of unlawful material as far as its scheme is known; of other schemes each is."""
    scheme, _, category = said.partition(": ")
    return not (scheme.startswith(SCHEME) and category in ASIDE)
