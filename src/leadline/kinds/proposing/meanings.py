"""What each column of a part holds: by its cells first, by its name second; each choice with its share and rivals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from leadline.kinds.proposing.columns import Column, Sample, masked
from leadline.kinds.proposing.contents import DIGESTS, SURE, forms
from leadline.kinds.proposing.keys import Reference, references
from leadline.kinds.proposing.moments import Moment, moment
from leadline.kinds.proposing.names import said_of_column, said_of_own, said_of_table, said_whole
from leadline.model.words import DOCUMENT

OPEN = "open"
"""The meaning of a column whose cells can be two things and whose name does not say which: the analyst is asked."""
UNFIT = frozenset("{}|<>")
"""Signs that mean something else in a template."""
PERSONAL = frozenset({"handle", "name", DOCUMENT, "postal"})
"""Meanings that the cells do not show by their form."""
FEW = 12
"""Different values a column of roles has at the most."""
SHORT = 64
"""Characters of the longest handle."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column holds: a name of names.COLUMNS or contents.FORMS, key, ref, time or nothing; and why.

    `share` is of the sampled distinct cells, `rivals` other names with theirs, `like` masked cells.
    """

    column: Column
    name: str
    share: float
    by: str
    rivals: tuple[str, ...] = ()
    reference: Reference | None = None
    moment: Moment | None = None
    like: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()


def meanings(sample: Sample, key: str, others: Sequence[tuple[Sample, str]]) -> tuple[Meaning, ...]:
    """The meaning of every column of a part, in order; `others` are all parts with the column that names their rows."""
    return tuple(_meaning(sample, column, key, others) for column in sample.columns)


def _meaning(sample: Sample, column: Column, key: str, others: Sequence[tuple[Sample, str]]) -> Meaning:
    found = {form.name: form.share for form in forms(column)}
    said = said_of_column(column.name)
    like = tuple(dict.fromkeys(masked(str(text)) for text in column.texts.slice(0, 8)))[:2]
    rivals = tuple(f"{name} {share:.0%}" for name, share in found.items())

    def meant(
        name: str, by: str, share: float = 0.0, reference: Reference | None = None, moment: Moment | None = None
    ) -> Meaning:
        others_ = tuple(r for r in rivals if r.partition(" ")[0] != name)
        return Meaning(
            column, name, share or found.get(name, 0.0), by, others_, reference, moment, like, frozenset(found)
        )

    if not column.distinct:
        return meant("", "no cell is filled")
    if set(column.name) & UNFIT:
        return meant("", "its name cannot stand in a map")
    if name := _formed(found, said):
        return meant(name, "cells")
    if name := _digest(found, said, sample):
        return meant(name, "cells and name" if name != OPEN else "cells that name and table do not settle")
    if column.name == key and column.whole:
        return meant("key", "each cell once", 1.0)
    if refs := references(sample, column, others):
        by = "cells and name" if refs[0].named else "cells"
        return meant("ref", by, refs[0].share, reference=refs[0])
    chosen = _timed(column, said, meant) or _named(sample, column, found, said, meant)
    return meant("key", "each cell once", 1.0) if column.name == key and not chosen.name else chosen


def _formed(found: dict[str, float], said: tuple[str, ...]) -> str:
    """A meaning that the form of the cells alone carries; for some forms the name must not say otherwise."""
    if found.get("wallet", 0.0) > 0:
        return "wallet"
    for name in ("address", "email", "headers", "pgp_block", "salted", "ip", "url"):
        if found.get(name, 0.0) >= SURE or (found.get(name, 0.0) >= 0.5 and name in said):
            return name
    if found.get("phone", 0.0) >= SURE and "amount" not in said:
        return "phone"
    return "country" if found.get("country", 0.0) >= SURE and "country" in said else ""


def _digest(found: dict[str, float], said: tuple[str, ...], sample: Sample) -> str:
    """What hexadecimal text is: a digest of a file, a transaction, a key's fingerprint or a password's digest."""
    length = next((name for name in DIGESTS if found.get(name, 0.0) >= SURE), "")
    if not length:
        return ""
    for name in ("password", "pgp", "txid", "digest"):
        fits = {"txid": length == "sha256", "pgp": length == "sha1"}.get(name, True)
        if name in said and fits:
            return length if name == "digest" else name
    columns = {meaning for c in sample.columns for meaning in said_of_column(c.name)}
    if length == "sha256" and "amount" in columns and "size" not in columns:
        return "txid"
    return length if "size" in columns else OPEN


Meant = Callable[..., Meaning]


def _timed(column: Column, said: tuple[str, ...], meant: Meant) -> Meaning | None:
    """A time: text that no other form has, or numbers of likely seconds unless the name says an amount or a size."""
    found = moment(column)
    if found is None or (column.whole and {"amount", "size", "phone"} & set(said)):
        return None
    name = next((n for n in ("born", "until", "created", "time") if n in said), "time")
    return meant(name, "cells", found.share, moment=found)


def _named(sample: Sample, column: Column, found: dict[str, float], said: tuple[str, ...], meant: Meant) -> Meaning:
    """What only the name says, where the cells do not speak against it.

    Names and nicknames are common words for things too: outside a table of accounts or customers the whole name of the
    column must say so.
    """
    own = bool({"account", "customer"} & set(said_of_table(sample.part)[:1]))
    whole = said_whole(column.name)
    if own:
        if "name" in said_of_own(column.name) and column.unique and not found.get("words"):
            return meant("handle", "name, each cell once and one word", 1.0)
        said = (*said, *said_of_own(column.name))
    said = tuple(name for name in said if own or name not in PERSONAL or name in whole)
    numeric = column.whole or found.get("decimal", 0.0) >= SURE or _digits(column)
    longest = pc.max(pc.utf8_length(column.texts)).as_py()
    spoken = found.get("words", 0.0) >= 0.5
    for name in said:
        if name == "phone" and _digits(column, r"^[0-9 ()./+-]{6,}$"):
            return meant("phone", "name and digits", 1.0)
        if name in ("amount", "size") and numeric:
            return meant(name, "name and numbers", 1.0)
        if name == "currency" and found.get("currency", 0.0) >= SURE:
            return meant(name, "cells and name")
        if name == "role" and column.distinct <= FEW:
            return meant(name, "name and few values", 1.0)
        if name in ("handle", "device") and longest <= SHORT * 2 and not numeric:
            return meant(name, "name", 1.0)
        if name in ("name", DOCUMENT) and longest <= 2 * SHORT:
            return meant(name, "name", 1.0)
        if name in ("postal", "text") and (spoken or name == "text"):
            return meant(name, "name", 1.0)
    if found.get("country", 0.0) >= SURE and column.distinct >= 5:
        return meant("country", "cells")
    return meant("", "neither cells nor name say")


def _digits(column: Column, pattern: str = r"^-?[0-9]+(?:[.,][0-9]+)?(?:[eE]-?[0-9]+)?$") -> bool:
    return float(pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False).mean()) >= SURE
