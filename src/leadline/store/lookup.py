"""What a user names of a case: a finding or an exhibit by a beginning of its id."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.store.case import Case

SHORTEST = 6
"""Hex digits an abbreviated id needs: of a million findings two seldom share so many, and if they do we say so."""


def find_id(case: Case, text: str) -> bytes:
    """The id of the one current finding that `text` names: an id, ``finding:<id>``, or a beginning of it.

    UsageError when it names none, or several.
    """
    wanted = text.removeprefix("finding:").lower()
    if len(wanted) < SHORTEST or not all(c in "0123456789abcdef" for c in wanted):
        raise UsageError("not a finding's id", remedy=f"at least {SHORTEST} of its 64 hex digits")
    low = bytes.fromhex(wanted + "0" * (64 - len(wanted)))
    high = bytes.fromhex(wanted + "f" * (64 - len(wanted)))
    ids = case.current("finding").column("id").cast(pa.binary())
    hits = ids.filter(pc.and_(pc.greater_equal(ids, low), pc.less_equal(ids, high))).to_pylist()
    if len(hits) != 1:
        what = "no current finding has this id" if not hits else f"{len(hits)} findings begin so"
        raise UsageError(what, where=f"finding:{wanted}", remedy="leadline case find CASE")
    return bytes(hits[0])


def find_exhibit(case: Case, text: str) -> str:
    """The digest of the one exhibit that `text` names: a digest, ``exhibit:<digest>``, or a beginning of it.

    UsageError when it names none, or several.
    """
    wanted = text.removeprefix("exhibit:").lower()
    if len(wanted) < SHORTEST or not all(c in "0123456789abcdef" for c in wanted):
        raise UsageError("not an exhibit's digest", remedy=f"at least {SHORTEST} of its 64 hex digits")
    names = (name.split("/") for name in case.log.files if name.startswith("exhibits/"))
    hits = [digest for _, a, b in names if (digest := a + b).startswith(wanted)]
    if len(hits) != 1:
        what = "the case holds no such exhibit" if not hits else f"{len(hits)} exhibits begin so"
        raise UsageError(what, where=f"exhibit:{wanted}", remedy="leadline case status CASE")
    return hits[0]


def whole_ref(case: Case, text: str) -> str:
    """A ref whose digest may be given by a beginning, whole: of an exhibit or a pin, with ``#entry:5`` kept behind it.

    Any other text comes back as it is. UsageError where the beginning fits several.
    """
    ref, mark, part = text.partition("#")
    kind, colon, key = ref.partition(":")
    if not colon or not SHORTEST <= len(key) < 64 or not all(c in "0123456789abcdef" for c in key):
        return text
    if kind == "exhibit":
        return f"exhibit:{find_exhibit(case, key)}{mark}{part}"
    hits = sorted({pin.digest for pin in case.settings.pinned(kind) if pin.digest.startswith(key)})
    if len(hits) > 1:
        raise UsageError(f"{len(hits)} of the pinned begin so", where=ref, remedy="leadline case status CASE --json")
    return f"{kind}:{hits[0]}{mark}{part}" if hits else text


def find_claim(case: Case, finding: bytes) -> tuple[str, str, str]:
    """(subject, predicate, object) of a current finding; UsageError when it is none."""
    table = case.current("finding")
    rows = table.filter(pc.equal(table.column("id"), pa.scalar(finding, pa.binary(32)))).to_pylist()
    if not rows:
        raise UsageError("no current finding has this id", where=f"finding:{finding.hex()}")
    return rows[0]["subject"], rows[0]["predicate"], rows[0]["object"]
