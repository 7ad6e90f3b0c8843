"""Nodes of transactions, of payments to accounts, and of outputs that services let go."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.case_uco.nodes import Node, exact, iri, member_pointer, moment, pointer, whole
from leadline.model.words import DENIED, NONE


def payment_nodes(network: str, tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A transaction each once, a Payment an output that pays an account, a Release an output a service let go."""
    heights: dict[str, int | None] = {}
    for r in tables["payments"]:
        _, txid, vout = r["outpoint"].split(":")
        heights[txid] = r["height"]
        node: Node = {
            "@id": iri("payment", r["finding"].hex()),
            "@type": "ll:Payment",
            "uco-core:source": pointer("transaction", txid),
            "uco-core:target": member_pointer(r["account"]),
            "uco-core:kindOfRelationship": "Transaction_Output",
            "uco-core:isDirectional": True,
            "uco-core:startTime": moment(r["utc_low"]),
            "uco-core:endTime": moment(r["utc_high"]),
            "ll:outputIndex": whole(int(vout)),
            "ll:valueSatoshi": whole(r["value_sat"]),
            "ll:transferAmount": exact(r["btc"]),
            "ll:tie": r["tie"],
            "ll:findingId": r["finding"].hex(),
        }
        if r["customers"] != NONE:
            node["ll:customerOfRecord"] = [member_pointer(c) for c in r["customers"].split(" ")]
        if r["payment_amount"] is not None:
            node |= {
                "ll:fiatAmount": exact(r["payment_amount"]),
                "ll:fiatRate": exact(r["payment_rate"]),
                "ll:fiatDay": r["payment_day"].isoformat(),
                "ll:fiatCurrency": r["currency"],
                "ll:fiatSeries": r["series"],
            }
        yield node
    for r in tables["releases"]:
        if r["answer"] == DENIED:  # the graph has what stands; alternatives have what was rejected
            continue
        _, txid, vout = r["release_outpoint"].split(":")
        yield {
            "@id": iri("release", f"{r['finding'].hex()} {r['payment']} {r['release_outpoint']}"),
            "@type": "ll:Release",
            "uco-core:source": pointer("service", r["service"]),
            "uco-core:target": pointer("transaction", r["payment"].split(":")[1]),
            "uco-core:kindOfRelationship": "Released",
            "uco-core:isDirectional": True,
            "ll:releaseTransactionHash": txid,
            "ll:outputIndex": whole(int(vout)),
            "ll:valueSatoshi": whole(r["value_sat"]),
            "ll:privateTransactions": whole(r["hops"]),
            "ll:shareMillionths": whole(r["share_ppm"]),
            "ll:findingId": r["finding"].hex(),
        }
    for txid, height in sorted(heights.items()):
        facet: Node = {
            "@id": iri("transaction-facet", txid),
            "@type": "ll:CryptocurrencyTransactionFacet",
            "ll:transactionHash": txid,
            "ll:blockchainNetwork": network,
        }
        if height is not None:
            facet["ll:blockNumber"] = whole(height)
        yield {
            "@id": iri("transaction", txid),
            "@type": "uco-observable:ObservableObject",
            "uco-core:hasFacet": [facet],
        }
