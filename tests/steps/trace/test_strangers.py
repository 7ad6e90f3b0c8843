"""A sliver of a payment names no service; its share stays on the books; what was counted is said as counted."""

import numpy as np

from leadline.engines.ledger.attribution.service_signs import ServiceSigns
from leadline.engines.ledger.tracing import walks
from leadline.steps.trace.unresolved_walks import SLIVER_PPM, End, _words, without_strangers


def row(seed: int, share: int, service: int) -> End:
    return End(seed, [1], walks.SERVICE if service >= 0 else walks.LIMIT, 1, share, service, 5, service >= 0)


def test_a_sliver_becomes_a_merged_history_and_shares_still_add_up() -> None:
    rows = [row(0, SLIVER_PPM - 1, 3), row(0, 1_000_000 - SLIVER_PPM + 1, -1), row(1, 1_000_000, 3)]
    after = without_strangers(rows)
    assert [(r.kind, r.service) for r in after] == [(walks.CROWD, -1), (walks.LIMIT, -1), (walks.SERVICE, 3)]
    assert [r.share for r in after] == [r.share for r in rows]


def test_the_parts_of_one_service_count_together() -> None:
    rows = [row(0, SLIVER_PPM // 2, 3), row(0, SLIVER_PPM // 2, 3), row(0, SLIVER_PPM // 2, 4)]
    assert [r.service for r in without_strangers(rows)] == [3, 3, -1]


def test_beside_the_market_s_own_coins_no_service_is_named_over_hops() -> None:
    market = End(0, [1, 2], walks.MARKET, 2, 400_000, -1, 5, False)
    hops = End(0, [1, 2], walks.SERVICE, 2, 600_000, 3, 5, True)
    direct = End(1, [1], walks.SERVICE, 1, 600_000, 3, 5, True)
    after = without_strangers([market, hops, direct, End(1, [1, 2], walks.MARKET, 2, 400_000, -1, 5, False)])
    assert [r.kind for r in after] == [walks.MARKET, walks.CROWD, walks.SERVICE, walks.MARKET]


def test_the_signs_are_said_as_they_were_counted() -> None:
    """A service that mixes, and one that pays many at once and so does not."""
    columns = ([7, 8], [60, 61], [40, 41], [970_000, 980_000], [960_000, 950_000], [2, 50])
    signs = ServiceSigns(*(np.array(column, np.int64) for column in columns))
    assert signs.service.all() and signs.mixes.tolist() == [True, False]
    counted = (
        "along 7 transactions joined by scored change, 60 foreign scripts paid, at most 2 at once, and coins of 40 "
        "senders collected in one transaction"
    )
    once = "; 97 % of the scripts collected from and 96 % of those paid were used once only"
    assert _words(signs, 0) == counted + once
    assert _words(signs, 1) == counted.replace("7", "8", 1).replace("60", "61").replace("2 at", "50 at").replace(
        "40", "41"
    )
