"""E-mail addresses made comparable by the standards, as the library email-validator reads them; it asks no network."""

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError, validate_email

from leadline.kinds.mapping.nothing import WORDS

LONGEST = 320
"""Characters of an address with a name before it; RFC 3696 (erratum 1690) lets an address have 254."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PLAIN = rf"^[a-z0-9_+-]{{1,64}}(?:\.[a-z0-9_+-]{{1,64}})*@(?:{_LABEL}\.)+[a-z]{{2,24}}$"
"""Addresses in lower-case ASCII that stand for themselves: nearly all there are."""
ODD = r"--|\.(?:arpa|invalid|local|localhost|onion)$|^(.{0,64}\.)?.{65}|^.{65,}@|.{255}"
"""Among them what must be read by the library: labels that may be A-labels, names of special use, too long ones."""
_NOBODY = pa.array(sorted(WORDS), pa.string())
_HIDDEN = re.compile(r"\.onion(?=>?$)", re.IGNORECASE)
"""The library refuses names of special use (RFC 6761); members of a hidden service have mailboxes there (RFC 7686)."""


def email(values: pa.Array) -> pa.Array:
    """The normal form of each trimmed value (string column); null for none. What is plain is not read one by one."""
    small = pc.ascii_lower(values)
    plain = pc.and_(pc.match_substring_regex(small, PLAIN), pc.invert(pc.match_substring_regex(small, ODD)))
    plain = pc.and_(plain, pc.invert(pc.is_in(pc.replace_substring_regex(small, r"@.*$", ""), _NOBODY)))
    if pc.all(plain, skip_nulls=True).as_py() is not False:
        return small
    coded = pc.if_else(plain, None, values).dictionary_encode()
    read = pa.array([address(v) for v in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
    return pc.if_else(plain, small, read)


def address(value: str) -> str | None:
    """One address: its mailbox in small letters, its domain as people write it (U-labels of IDNA 2008); None for none.

    Dots and plus parts are kept, as mailboxes differ by them at most hosts. A name before the address is dropped. Two
    addresses in one value, and words for nothing such as none@none.com, are none.
    """
    if len(value) > LONGEST:
        return None
    asked, hidden = _HIDDEN.subn(".org", value)
    try:
        found = validate_email(asked, check_deliverability=False, test_environment=True, allow_display_name=True)
    except EmailNotValidError:
        return None
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", found.local_part).lower())
    domain = found.domain.removesuffix(".org") + ".onion" if hidden else found.domain
    return None if local == domain.partition(".")[0] and local in WORDS else f"{local}@{domain}"
