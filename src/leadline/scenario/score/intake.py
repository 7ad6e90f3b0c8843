"""The lines of intake."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario.names import SERVER_IP
from leadline.scenario.score.lines import Row, Tables, distinct, pairs, row
from leadline.scenario.score.truth import Truth


def intake(true: Truth, tables: Tables) -> list[Row]:
    """Distinct entities stated beside those written, rejects, rows that nothing accounts for, the server's address."""
    paid = tables("address")
    stated = {
        "account": distinct(tables("account"), "account"),
        "address": distinct(paid.filter(pc.equal(paid["role"], "payment")), "subject", "address"),
        "customer": distinct(tables("customer"), "customer"),
        "circumstance": distinct(tables("circumstance"), "subject", "kind"),
        "media": distinct(tables("media"), "media"),
        "wallet": distinct(tables("wallet"), "subject", "form", "key"),
        "offer": distinct(tables("offer"), "offer"),
    }
    events = tables("event")
    own = events.filter(pc.starts_with(events["event"], "event:site/"))
    outside = events.filter(pc.is_in(events["kind"], pa.array(["withdrawal", "deposit"])))
    for table in (own, outside):
        for kind, n in pairs(
            table.group_by("kind").aggregate([("event", "count_distinct")]), "kind", "event_count_distinct"
        ):
            stated[f"event:{kind}"] = n
    rows = [
        row("intake", entity, stated.get(entity, 0), n, n) for entity, n in pairs(true.table("entities"), "entity", "n")
    ]
    tally = tables("tally")
    total = {name: int(pc.sum(tally[name]).as_py() or 0) for name in ("rows_in", "mapped", "rejected", "left_out")}
    sloppy = int(pc.sum(true.table("parts")["sloppy"]).as_py() or 0)
    lost = total["rows_in"] - total["mapped"] - total["rejected"] - total["left_out"]
    named = tables("identifier")
    server = named.filter(pc.and_(pc.equal(named["kind"], "server_ip"), pc.equal(named["normal"], SERVER_IP)))
    return [
        *rows,
        row("intake", "rejects", total["rejected"], sloppy, total["rows_in"]),
        row("intake", "rows unaccounted for", lost, 0, total["rows_in"]),
        row("intake", "places of the server's address", len(server), 2, 2),
    ]
