"""What a case pins and sets, opened for a step: the ledger as of its pin, the price series, limits and dates."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger.view import View, as_of
from leadline.errors import CaseError
from leadline.kinds import source
from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.entries import TAG
from leadline.kinds.codecs.fiat import Series
from leadline.model.ledger import RULES
from leadline.model.refs import ref
from leadline.model.settings import SETTINGS
from leadline.model.tables import digest
from leadline.steps import cache
from leadline.steps.step import Inputs, Pin

CACHED = 2
"""Raised when the reading of tags changes, so that what an older version kept is not used."""
WORTH_KEEPING = 1_000
"""Tags from which on parsing takes longer than reading what was kept."""
CURRENCY = "USD"
"""The currency in which values are stated beside the case's own."""


def chain(inputs: Inputs) -> View:
    """The view of the pinned ledger without withdrawn merges and rules; CaseError when not exactly one is pinned."""
    pins = inputs.pins("ledger")
    if len(pins) != 1:
        raise CaseError(
            f"exactly one ledger must be pinned, the case has {len(pins)}",
            remedy="leadline case set CASE pin.ledger=PATH --reason TEXT",
        )
    ledger = ledger_of(pins[0])
    merges = frozenset(w.removeprefix("tx:") for w in inputs.withdrawn if w.startswith("tx:"))
    return as_of(ledger, merges, [r for r in RULES if ref("rule", r) not in inputs.withdrawn])


def ledger_of(pin: Pin) -> Ledger:
    """A pinned ledger as of its pin, whatever was added to it since; ForkError when that is a stale branch."""
    ledger = open_ledger(pin.path)
    return ledger.at_pin(int(pin.params["height"]), pin.digest) if "height" in pin.params else ledger


def currency(inputs: Inputs) -> str:
    """The case's currency; CaseError for none."""
    return str(SETTINGS["currency"].of(inputs.settings))


def prices(inputs: Inputs, currency: str) -> Series | None:
    """The first pinned series in a currency, without withdrawn lines; None when there is none."""
    for pin in inputs.pins("price"):
        whole = ref("price", pin.digest)
        if whole in inputs.withdrawn:
            continue
        mark = f"{whole}#line:"
        gone = [int(w.removeprefix(mark)) for w in sorted(inputs.withdrawn) if w.startswith(mark)]
        series = fiat.series(pin.digest, source.read("price", pin.path, demanded=pin.demanded), currency, gone)
        if series is not None:
            return series
    return None


def fiat_series(inputs: Inputs) -> dict[str, Series | None]:
    """By currency, US dollars and the case's own, the pinned series; None for a currency of which none is pinned."""
    return {name: prices(inputs, name) for name in dict.fromkeys((currency(inputs), CURRENCY))}


def tags(pin: Pin) -> pa.Table:
    """The tags of a pinned pack; a large one is kept parsed in the user's cache, under the digest of its file.

    What lies in the cache is used only when it still has the canonical digest that was written with it.
    """
    kept = cache.place("tags", f"{pin.read_as}-{CACHED}.parquet")
    try:
        table = pq.read_table(kept)
        said = (table.schema.metadata or {}).get(b"digest")
        table = table.replace_schema_metadata(None)
        if table.schema.equals(TAG.schema) and said == digest(TAG, table):
            return table
    except (OSError, pa.ArrowException):
        pass
    table = source.read("tag", pin.path, demanded=pin.demanded)
    if table.num_rows >= WORTH_KEEPING:
        with cache.writing(kept) as aside:
            pq.write_table(table.replace_schema_metadata({"digest": digest(TAG, table)}), aside)
    return table


def hop_limit(inputs: Inputs) -> int:
    """How many private transactions are followed; CaseError for a number that the setting does not take."""
    return int(SETTINGS["hop_limit"].of(inputs.settings))


def gap_limit(inputs: Inputs) -> int:
    """How many unpaid places in a row end a branch; CaseError for a number that the setting does not take."""
    return int(SETTINGS["gap_limit"].of(inputs.settings))


def taint_rule(inputs: Inputs) -> str:
    """The rule of taint the case names; CaseError for none that is known."""
    return str(SETTINGS["taint"].of(inputs.settings))


def valuation_date(inputs: Inputs) -> date | None:
    """The case's valuation date, None when it sets none; CaseError when it is no ISO date."""
    text = SETTINGS["valuation_date"].of(inputs.settings)
    return date.fromisoformat(str(text)) if text else None
