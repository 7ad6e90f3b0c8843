"""Nodes of persons, their members, and the services named beside them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.case_uco.nodes import Node, iri, member_pointer, pointer, whole
from leadline.kinds.writers.rows import by
from leadline.model.referral import Dossier, file_of
from leadline.model.words import DENIED


def member_nodes(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A DigitalAccount an account or customer, of a member or paid by one, and an Organization a service named."""
    stated = by(tables["identifiers"], "subject")
    services = {r["service"] for r in tables["releases"] if r["answer"] != DENIED}
    paid = {r["account"] for r in tables["payments"]}
    for member in sorted({r["member"] for r in tables["accounts"]} | paid):
        kind, _, key = member.partition(":")
        account: Node = {
            "@id": iri("account-facet", member),
            "@type": "uco-observable:AccountFacet",
            "uco-observable:accountIdentifier": key,
        }
        if kind == "customer":
            services.add("service:" + key.partition("/")[0])
            account["uco-observable:accountIssuer"] = pointer("service", "service:" + key.partition("/")[0])
        facets: list[Node] = [account]
        if stated[member]:
            lines = sorted({f"{r['kind']}: {r['value']}" for r in stated[member]})
            record = {"@id": iri("record-facet", member), "@type": "ll:StatedRecordFacet", "ll:statement": lines}
            facets.append(record)
        yield {"@id": iri(kind, member), "@type": "uco-observable:DigitalAccount", "uco-core:hasFacet": facets}
    for service in sorted(services):
        name = service.partition(":")[2]
        yield {"@id": iri("service", service), "@type": "uco-identity:Organization", "uco-core:name": name}


def person_nodes(dossier: Dossier, tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A Person each, with sums, and one Relationship a member."""
    members = by(tables["accounts"], "person")
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for person, _, status in sorted({(r["person"], file_of(r), r["status"]) for r in tables["media"]}):
        seen[person][status] += 1
    for p in tables["persons"]:
        ref = p["person"]
        yield {
            "@id": iri("person", ref),
            "@type": "uco-identity:Person",
            "uco-core:name": f"Person {p['number']} of this referral",
            "uco-core:hasFacet": [
                {
                    "@id": iri("referral-facet", ref),
                    "@type": "ll:ReferralFacet",
                    "ll:personReference": ref,
                    "ll:jurisdiction": dossier.jurisdiction,
                    "ll:triageBand": p["band"],
                    "ll:payerPayments": whole(p["payer_payments"]),
                    "ll:payerSatoshi": whole(p["payer_sat"]),
                    "ll:accountPayments": whole(p["account_payments"]),
                    "ll:accountSatoshi": whole(p["account_sat"]),
                    "ll:filesKnown": whole(seen[ref]["known"]),
                    "ll:filesSimilar": whole(seen[ref]["similar"]),
                    "ll:filesNeverSeen": whole(seen[ref]["never_seen"]),
                }
            ],
        }
        for member in sorted({r["member"] for r in members[ref]}):
            yield {
                "@id": iri("member", f"{ref} {member}"),
                "@type": "uco-core:Relationship",
                "uco-core:source": pointer("person", ref),
                "uco-core:target": member_pointer(member),
                "uco-core:kindOfRelationship": "Decided_Member",
                "uco-core:isDirectional": True,
            }
