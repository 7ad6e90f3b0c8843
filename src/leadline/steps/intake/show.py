"""What stands at a locator, as text that holds no image."""

import hashlib

from leadline.kinds.codecs.cells import text
from leadline.kinds.reader import Source
from leadline.model import locators
from leadline.steps.intake.catalog import choose_reader
from leadline.steps.intake.embedded import embedded, visual

LONGEST = 4000
"""Characters of one value that are shown; the rest is counted."""


def resolve(source: Source, locator: str) -> str:
    """The values at `locator`, one ``name: value`` a line; images and other binary values as their digests.

    UsageError for a locator this exhibit cannot have, EvidenceError when nothing stands there.
    """
    reader = choose_reader(source)
    values = reader.resolve(source, locators.parse(locator))
    return "\n".join(f"{name}: {_shown(value)}" for name, value in values)


def _shown(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        media_type = visual(value)
        if media_type:
            return f"media:{hashlib.sha256(value).hexdigest()} ({media_type}, {len(value)} bytes, not shown)"
    try:
        written = value.decode() if isinstance(value, bytes) else text(value) or ""
    except UnicodeDecodeError as error:
        return f"{len(error.object)} bytes, sha256 {hashlib.sha256(error.object).hexdigest()}"
    plain, _ = embedded(written, "")
    if len(plain) > LONGEST:
        return f"{plain[:LONGEST]} ... ({len(plain)} characters)"
    return plain
