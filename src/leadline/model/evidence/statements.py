"""All tables of evidence, and which of their statements are one entity."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.evidence.exhibits import EXHIBIT, EXHIBIT_DIGEST, OCCURRENCE, REJECT, TALLY
from leadline.model.evidence.media import CROP, MEDIA, MEDIA_FACT, SIGNATURE
from leadline.model.evidence.records import ACCOUNT, ADDRESS, CIRCUMSTANCE, CUSTOMER, EVENT, IDENTIFIER, OFFER, WALLET

RECORDS = (ACCOUNT, IDENTIFIER, EVENT, ADDRESS, WALLET, OFFER, CUSTOMER, CIRCUMSTANCE, MEDIA, SIGNATURE, MEDIA_FACT)
INTAKE_TABLES = (EXHIBIT, EXHIBIT_DIGEST, OCCURRENCE, *RECORDS, CROP, REJECT, TALLY)
ENTITY: dict[str, tuple[str, ...]] = {
    "account": ("account",),
    "identifier": ("subject", "kind", "normal"),
    "event": ("event",),
    "address": ("subject", "address"),
    "wallet": ("subject", "form", "key"),
    "offer": ("offer", "currency", "amount"),
    "customer": ("customer",),
    "circumstance": ("subject", "kind", "answer"),
    "media": ("media",),
    "signature": ("media", "hasher", "frame", "value"),
    "media_fact": ("media", "kind", "value"),
}
"""Columns that make two statements one entity: nothing is counted twice across exhibits."""


def first_statements(name: str, table: pa.Table) -> pa.Table:
    """The rows of record table `name`, one an entity: the first in (exhibit, locator) order.

    Identifiers that their kind refused have no normal form: they are one entity where they stand alike.
    """
    key = ENTITY[name]
    order = pc.sort_indices(
        _comparable(name, table), sort_keys=[(k, "ascending") for k in (*key, "exhibit", "locator")]
    )
    table = table.take(order)
    if table.num_rows < 2:
        return table
    n, compared = table.num_rows, _comparable(name, table)
    same = None
    for k in key:
        column = pa.concat_arrays(compared.column(k).chunks)
        equal = pc.fill_null(pc.equal(column.slice(0, n - 1), column.slice(1)), False)
        same = equal if same is None else pc.and_(same, equal)
    return table.filter(pa.concat_arrays([pa.array([True]), pc.invert(same)]))


def _comparable(name: str, table: pa.Table) -> pa.Table:
    """`table` with what an identifier's kind refused in place of the normal form that it does not have."""
    if name != "identifier" or not table["normal"].null_count:
        return table
    stands = pc.coalesce(table["normal"], pc.binary_join_element_wise("as it stands: ", table["value"], ""))
    return table.set_column(table.schema.get_field_index("normal"), "normal", stands)
