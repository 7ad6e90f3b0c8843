"""Files whose digests, or hashes that are compared for equality, stand in a list."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.digests import lookup
from leadline.kinds.hasher import HASHERS
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Seized
from leadline.steps.step import Inputs


def exact(inputs: Inputs, seized: Seized, lists: Lists) -> pa.Table:
    """One row a file, entry and hash kind: i, media, hasher, exhibit, locator, list, entry, category, scheme, note."""
    parts = [_one(seized, lists, kind.name, kind.size) for kind in HASHERS if not kind.radius]
    return inputs.sql(
        """
        WITH numbered AS (
            SELECT *, row_number() OVER (
                PARTITION BY i, hasher, list, entry ORDER BY exhibit, locator, category, scheme, note) AS n
            FROM hits)
        SELECT * EXCLUDE (n) FROM numbered WHERE n = 1 ORDER BY i, list, entry, hasher
        """,
        hits=pa.concat_tables(parts),
    )


def _one(seized: Seized, lists: Lists, hasher: str, size: int) -> pa.Table:
    """The hits of one kind of digest."""
    own = seized.digests.filter(pc.equal(seized.digests["hasher"], hasher))
    listed = lists.entries.filter(pc.equal(lists.entries["hasher"], hasher))
    pairs = lookup(own["value"].combine_chunks(), listed["value"], size) if own.num_rows else np.empty((0, 2), np.int64)
    hits = own.drop_columns(["value"]).take(pairs[:, 0])
    hits = hits.append_column("media", seized.files["media"].take(hits["i"]))
    for name in ("list", "entry", "category", "scheme", "note"):
        hits = hits.append_column(name, listed[name].take(pairs[:, 1]))
    return hits
