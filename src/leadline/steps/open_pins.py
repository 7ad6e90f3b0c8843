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
from leadline.model.findings import TAINT_RULES
from leadline.model.ledger import RULES
from leadline.model.refs import ref
from leadline.model.tables import digest
from leadline.steps import cache
from leadline.steps.step import Inputs, Pin

GAP_LIMIT = 20
"""Places without a payment after which a branch is derived no further: wallets give out no more unpaid addresses in a
row, for they could not find their own coins again (BIP44, address gap limit)."""
HOP_LIMIT = 4
"""Private transactions followed when the case sets no limit: each further one multiplies what may lie between."""
CACHED = 2
"""Raised when the reading of tags changes, so that what an older version kept is not used."""
WORTH_KEEPING = 1_000
"""Tags from which on parsing takes longer than reading what was kept."""
CURRENCY = "USD"
"""Currency of values when the case names none."""


def chain(inputs: Inputs) -> tuple[Ledger, View]:
    """The pinned ledger and its view without withdrawn merges and rules; CaseError when not exactly one is pinned."""
    pins = inputs.pins("ledger")
    if len(pins) != 1:
        raise CaseError(
            f"exactly one ledger must be pinned, the case has {len(pins)}",
            remedy="leadline case set CASE pin.ledger=PATH --reason TEXT",
        )
    ledger = ledger_of(pins[0])
    merges = frozenset(w.removeprefix("tx:") for w in inputs.withdrawn if w.startswith("tx:"))
    return ledger, as_of(ledger, merges, [r for r in RULES if ref("rule", r) not in inputs.withdrawn])


def ledger_of(pin: Pin) -> Ledger:
    """A pinned ledger as of its pin, whatever was added to it since; ForkError when that is a stale branch."""
    ledger = open_ledger(pin.path)
    return ledger.at_pin(int(pin.params["height"]), pin.digest) if "height" in pin.params else ledger


def currency(inputs: Inputs) -> str:
    """The case's currency; CURRENCY when it names none."""
    return str(inputs.settings.get("currency") or CURRENCY)


def prices(inputs: Inputs, currency: str) -> Series | None:
    """The first pinned series in a currency, without withdrawn lines; None when there is none."""
    for pin in inputs.pins("price"):
        whole = ref("price", pin.digest)
        if whole in inputs.withdrawn:
            continue
        mark = f"{whole}#line:"
        gone = [int(w.removeprefix(mark)) for w in sorted(inputs.withdrawn) if w.startswith(mark)]
        series = fiat.series(pin.digest, source.read("price", pin.path), currency, gone)
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
    kept = cache.place("tags", f"{pin.digest}-{CACHED}.parquet")
    try:
        table = pq.read_table(kept)
        said = (table.schema.metadata or {}).get(b"digest")
        table = table.replace_schema_metadata(None)
        if table.schema.equals(TAG.schema) and said == digest(TAG, table):
            return table
    except (OSError, pa.ArrowException):
        pass
    table = source.read("tag", pin.path)
    if table.num_rows >= WORTH_KEEPING:
        with cache.writing(kept) as aside:
            pq.write_table(table.replace_schema_metadata({"digest": digest(TAG, table)}), aside)
    return table


def hop_limit(inputs: Inputs) -> int:
    """How many private transactions are followed; CaseError for no number from 0 to 64."""
    limit = inputs.settings.get("hop_limit")
    if limit is None:
        return HOP_LIMIT
    if not isinstance(limit, int) or not 0 <= limit <= 64:
        raise CaseError(
            "hop_limit is no number from 0 to 64", remedy="leadline case set CASE hop_limit=4 --reason TEXT"
        )
    return limit


def gap_limit(inputs: Inputs) -> int:
    """How many unpaid places in a row end a branch; CaseError for no number from 1 to 9999."""
    limit = inputs.settings.get("gap_limit")
    if limit is None:
        return GAP_LIMIT
    if not isinstance(limit, int) or not 1 <= limit <= 9_999:
        raise CaseError(
            "gap_limit is no number from 1 to 9999", remedy="leadline case set CASE gap_limit=20 --reason TEXT"
        )
    return limit


def taint_rule(inputs: Inputs) -> str:
    """The rule of taint the case names; CaseError for none that is known."""
    rule = str(inputs.settings.get("taint") or TAINT_RULES[0])
    if rule not in TAINT_RULES:
        raise CaseError("the case names no known rule of taint", remedy="leadline case set CASE taint=haircut")
    return rule


def valuation_date(inputs: Inputs) -> date | None:
    """The case's valuation date, None when it sets none; CaseError when it is no ISO date."""
    text = inputs.settings.get("valuation_date")
    if not text or isinstance(text, date):
        return text or None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise CaseError(
            "the case's valuation date is no ISO date", remedy="leadline case set CASE valuation_date=2018-03-01"
        ) from None
