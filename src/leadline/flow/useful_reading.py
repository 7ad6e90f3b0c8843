"""Whether a reading made anything: one that rejects every row must not stand in the place of a better one."""

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import MappingError
from leadline.model.words import BAD_TIME, OTHER_NETWORK, UNDECODABLE

REMEDIES = {
    UNDECODABLE: 'the text is not UTF-8: state encoding = "cp1252", or what it is, in the map',
    OTHER_NETWORK: "its addresses are another network's: correct network in the map, or leave it out",
    BAD_TIME: "its times are written otherwise: correct format in the map's time",
}
"""What to look at first where a map rejects every row, by the reason of most."""


def held(tables: Mapping[str, pa.Table], name: str, where: str) -> None:
    """MappingError where rows came in and a map made nothing of them but rejects."""
    mapped, rejected = (pc.sum(tables["tally"].column(c)).as_py() or 0 for c in ("mapped", "rejected"))
    if mapped or not rejected:
        return
    reasons = Counter(tables["reject"].column("reason").to_pylist()).most_common()
    counts = ", ".join(f"{reason} {n:,}" for reason, n in reasons)
    raise MappingError(
        f"no row fits map {name}: {rejected:,} rejected ({counts}); nothing is read, and an earlier reading stands",
        where=where,
        remedy=REMEDIES.get(reasons[0][0], "look at what it makes with --preview") if reasons else "",
    )
