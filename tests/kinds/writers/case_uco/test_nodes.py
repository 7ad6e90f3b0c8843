"""Nodes of the CASE/UCO graph: what stands goes in once; what was denied, or only the media queue cites, stays out."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from leadline.kinds.writers.case_uco.findings import QUEUE, TIES, exhibit_nodes, finding_nodes
from leadline.kinds.writers.case_uco.nodes import BASE, iri, moment
from leadline.kinds.writers.case_uco.payments import payment_nodes
from leadline.kinds.writers.case_uco.persons import member_nodes

WHEN = datetime(2017, 5, 1, 12, tzinfo=UTC)
TX = "a" * 64


def paid(**over: Any) -> dict[str, Any]:
    base = {
        "account": "account:market/1", "outpoint": f"outpoint:{TX}:1", "utc_low": WHEN, "utc_high": WHEN,
        "btc": Decimal("0.1"), "value_sat": 10_000_000, "tie": "account", "customers": "none", "height": 7,
        "finding": b"\1" * 32, "payment_amount": None,
    }  # fmt: skip
    return base | over


def released(**over: Any) -> dict[str, Any]:
    base = {
        "payment": f"outpoint:{TX}:1", "service": "service:northgate", "release_outpoint": f"outpoint:{'b' * 64}:0",
        "value_sat": 1, "hops": 0, "share_ppm": 1_000_000, "answer": "confirmed", "finding": b"\2" * 32,
    }  # fmt: skip
    return base | over


def of_type(nodes: Any, name: str) -> list[dict[str, Any]]:
    return [n for n in nodes if n["@type"] == name]


def test_a_node_is_named_by_its_kind_and_key_alone() -> None:
    kind, _, digits = iri("person", "person:account:market/1").removeprefix("kb:").partition("-")
    assert kind == "person"
    space = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
    assert digits == str(uuid.uuid5(space, "person:person:account:market/1"))
    assert iri("account", "x") != iri("customer", "x")


def test_times_are_written_in_utc() -> None:
    east = datetime.fromisoformat("2017-05-01T15:00:00+03:00")
    assert moment(east)["@value"] == "2017-05-01T12:00:00+00:00"


def test_a_release_that_was_denied_is_no_node_and_names_no_service() -> None:
    tables = {"payments": [paid()], "releases": [released(answer="denied")], "identifiers": [], "accounts": []}
    assert of_type(payment_nodes("regtest", tables), "ll:Release") == []
    assert of_type(member_nodes(tables), "uco-identity:Organization") == []
    tables["releases"] = [released()]
    assert len(of_type(payment_nodes("regtest", tables), "ll:Release")) == 1
    assert [n["uco-core:name"] for n in of_type(member_nodes(tables), "uco-identity:Organization")] == ["northgate"]


def test_a_transaction_that_pays_twice_is_one_node_and_an_unknown_height_is_not_written() -> None:
    twice = {"payments": [paid(), paid(outpoint=f"outpoint:{TX}:2", finding=b"\3" * 32)], "releases": []}
    nodes = list(payment_nodes("regtest", twice))
    assert len(of_type(nodes, "ll:Payment")) == 2
    (transaction,) = of_type(nodes, "uco-observable:ObservableObject")
    assert transaction["uco-core:hasFacet"][0]["ll:blockNumber"]["@value"] == "7"
    unknown = {"payments": [paid(height=None)], "releases": []}
    (transaction,) = of_type(payment_nodes("regtest", unknown), "uco-observable:ObservableObject")
    assert "ll:blockNumber" not in transaction["uco-core:hasFacet"][0]


def test_a_payment_without_a_price_has_no_fiat_value() -> None:
    (node,) = of_type(payment_nodes("regtest", {"payments": [paid()], "releases": []}), "ll:Payment")
    assert not any("fiat" in key for key in node) and "ll:customerOfRecord" not in node


def test_findings_that_tie_persons_are_nodes_with_what_speaks_each_way() -> None:
    rows = [
        {"finding": bytes([n]) * 32, "entered": entered, "predicate": predicate, "subject": "account:market/1",
         "object": "customer:n/1", "says": "says", "not_said": "not"}
        for n, (predicate, entered) in enumerate([*((t, "decided") for t in TIES), (TIES[0], "basis"),
                                                  (QUEUE[0], "decided")])
    ]  # fmt: skip
    tables: dict[str, list[dict[str, Any]]] = {
        "findings": rows,
        "reasons": [{"finding": bytes(32), "role": role, "says": role} for role in ("for", "against", "against")],
        "basis": [],
        "persons": [],
        "accounts": [{"member": "account:market/1"}],
        "decisions": [],
    }
    nodes = of_type(finding_nodes(tables), "ll:DecidedFinding")
    assert [n["ll:predicate"] for n in nodes] == list(TIES)
    assert (nodes[0]["ll:reasonFor"], nodes[0]["ll:reasonAgainst"]) == (["for"], ["against"])
    assert "ll:reasonAgainst" not in nodes[1]


def test_an_exhibit_that_only_the_media_queue_rests_on_stays_in_the_tables() -> None:
    def cites(finding: int, exhibit: int) -> dict[str, Any]:
        return {"finding": bytes([finding]) * 32, "kind": "exhibit", "ref": f"exhibit:{(bytes([exhibit]) * 32).hex()}"}

    tables = {
        "findings": [{"finding": b"\1" * 32, "predicate": QUEUE[0]}, {"finding": b"\2" * 32, "predicate": TIES[0]}],
        "basis": [cites(1, 8), cites(1, 9), cites(2, 9), cites(2, 10)],
        "exhibits": [
            {
                "exhibit": bytes([n]) * 32,
                "media_type": "text/csv",
                "authority": "x",
                "acquired_at": "y",
                "size": 3,
                "item": item,
            }
            for n, item in ((8, "TC/1"), (9, "TC/3"), (10, "unknown"))
        ],
    }
    found = of_type(exhibit_nodes(tables), "case-investigation:ProvenanceRecord")
    assert [n["case-investigation:exhibitNumber"] for n in found] == ["TC/3", (b"\x0a" * 32).hex()]
