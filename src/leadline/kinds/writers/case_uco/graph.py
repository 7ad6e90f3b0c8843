"""Dossier to CASE/UCO JSON-LD: every node has an IRI that ends in a UUID derived from its ref or finding id.

Payments, releases and decided findings use the extension in shapes.ttl, whose terms the graph declares itself, so that
it validates with and without the shapes. Media stand as counts; their digests stand in the tables.
"""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from leadline.kinds.codecs.visible import escaped
from leadline.kinds.writer import Writer
from leadline.model.predicates import (
    CONTAINS_CLIP_OF,
    DIGEST_OF,
    IN_SERIES,
    KNOWN_AS,
    LOCATED_IN,
    NEVER_SEEN,
    PAYER_CANDIDATE,
    SAME_PERSON,
    SAME_VIDEO_AS,
    SEIZED_IN,
    SIMILAR_TO,
    USER_CANDIDATE,
)
from leadline.model.referral import Dossier, file_of
from leadline.model.words import DENIED, NONE

Node = dict[str, Any]

BASE = "https://leadline.example/kb/"
"""Prefix of every node; the domain is reserved (RFC 2606) and names nothing on the network."""
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
CONTEXT = {
    "kb": BASE,
    "ll": "https://leadline.example/ontology/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
CLASSES = {
    "CryptocurrencyTransactionFacet": "uco-core:Facet",
    "StatedRecordFacet": "uco-core:Facet",
    "ReferralFacet": "uco-core:Facet",
    "Payment": "uco-observable:ObservableRelationship",
    "Release": "uco-core:Relationship",
    "DecidedFinding": "uco-core:Assertion",
}
PROPERTIES = (
    "transactionHash", "blockchainNetwork", "blockNumber", "outputIndex", "valueSatoshi", "transferAmount", "tie",
    "fiatAmount", "fiatRate", "fiatDay", "fiatCurrency", "fiatSeries", "findingId", "releaseTransactionHash",
    "privateTransactions", "shareMillionths", "statement", "personReference", "jurisdiction", "triageBand",
    "payerPayments", "payerSatoshi", "accountPayments", "accountSatoshi", "filesKnown", "filesSimilar",
    "filesNeverSeen", "predicate", "notSaid", "reasonFor", "reasonAgainst", "basis",
)  # fmt: skip
TIES = (PAYER_CANDIDATE, USER_CANDIDATE, SAME_PERSON, LOCATED_IN)
"""Predicates that make a person of a referral: their findings are nodes, every other stands in the tables."""
QUEUE = (
    KNOWN_AS, SAME_VIDEO_AS, CONTAINS_CLIP_OF, SIMILAR_TO, NEVER_SEEN, IN_SERIES, DIGEST_OF, SEIZED_IN,
)  # fmt: skip
"""Predicates about media: the exhibits only they rest on stay in the tables, for a File object each would swell the
graph (validating one costs 0.1 to 0.2 seconds)."""


def iri(kind: str, key: str) -> str:
    """The IRI of a node: its kind, then the UUID of kind and key."""
    return f"kb:{kind}-{uuid.uuid5(_SPACE, f'{kind}:{key}')}"


def _id(kind: str, key: str) -> dict[str, str]:
    return {"@id": iri(kind, key)}


def _whole(number: int) -> Node:
    return {"@type": "xsd:integer", "@value": str(number)}


def _exact(number: Decimal | str) -> Node:
    return {"@type": "xsd:decimal", "@value": str(number)}


def _moment(when: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": when.astimezone(UTC).isoformat()}


def graph(dossier: Dossier) -> list[Node]:
    """Every node of the graph, in order of IRI, after the declarations of the extension's terms."""
    tables = {name: table.to_pylist() for name, table in dossier.tables.items()}
    nodes = [
        *_members(tables),
        *_persons(dossier, tables),
        *_payments(dossier.case.network, tables),
        *_findings(tables),
        *_exhibits(tables),
    ]
    tool = {
        "@id": iri("tool", dossier.software),
        "@type": "uco-tool:Tool",
        "uco-core:name": dossier.software.partition(" ")[0],
        "uco-tool:version": dossier.software.partition(" ")[2] or "unknown",
    }
    nodes = sorted([*nodes, tool], key=lambda n: str(n["@id"]))
    investigation = {
        "@id": iri("investigation", dossier.case.name),
        "@type": "case-investigation:Investigation",
        "uco-core:name": dossier.case.name,
        "uco-core:description": f"Referral to jurisdiction {dossier.jurisdiction}; no image is part of it",
        "uco-core:object": [{"@id": n["@id"]} for n in nodes],
    }
    return [*_terms(), investigation, *nodes]


def _terms() -> list[Node]:
    classes = [
        {"@id": f"ll:{name}", "@type": "owl:Class", "rdfs:subClassOf": {"@id": parent}}
        for name, parent in CLASSES.items()
    ]
    properties = [{"@id": f"ll:{name}", "@type": "owl:DatatypeProperty"} for name in PROPERTIES]
    return [*classes, {"@id": "ll:customerOfRecord", "@type": "owl:ObjectProperty"}, *properties]


def _by(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _members(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A DigitalAccount an account or customer, of a member or paid by one, and an Organization a service named."""
    stated = _by(tables["identifiers"], "subject")
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
            account["uco-observable:accountIssuer"] = _id("service", "service:" + key.partition("/")[0])
        facets: list[Node] = [account]
        if stated[member]:
            lines = sorted({f"{r['kind']}: {r['value']}" for r in stated[member]})
            record = {"@id": iri("record-facet", member), "@type": "ll:StatedRecordFacet", "ll:statement": lines}
            facets.append(record)
        yield {"@id": iri(kind, member), "@type": "uco-observable:DigitalAccount", "uco-core:hasFacet": facets}
    for service in sorted(services):
        name = service.partition(":")[2]
        yield {"@id": iri("service", service), "@type": "uco-identity:Organization", "uco-core:name": name}


def _member(ref: str) -> dict[str, str]:
    return _id(ref.partition(":")[0], ref)


def _persons(dossier: Dossier, tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A Person each, with sums, and one Relationship a member."""
    members = _by(tables["accounts"], "person")
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
                    "ll:payerPayments": _whole(p["payer_payments"]),
                    "ll:payerSatoshi": _whole(p["payer_sat"]),
                    "ll:accountPayments": _whole(p["account_payments"]),
                    "ll:accountSatoshi": _whole(p["account_sat"]),
                    "ll:filesKnown": _whole(seen[ref]["known"]),
                    "ll:filesSimilar": _whole(seen[ref]["similar"]),
                    "ll:filesNeverSeen": _whole(seen[ref]["never_seen"]),
                }
            ],
        }
        for member in sorted({r["member"] for r in members[ref]}):
            yield {
                "@id": iri("member", f"{ref} {member}"),
                "@type": "uco-core:Relationship",
                "uco-core:source": _id("person", ref),
                "uco-core:target": _member(member),
                "uco-core:kindOfRelationship": "Decided_Member",
                "uco-core:isDirectional": True,
            }


def _payments(network: str, tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A transaction each once, a Payment an output that pays an account, a Release an output a service let go."""
    heights: dict[str, int | None] = {}
    for r in tables["payments"]:
        _, txid, vout = r["outpoint"].split(":")
        heights[txid] = r["height"]
        node: Node = {
            "@id": iri("payment", r["finding"].hex()),
            "@type": "ll:Payment",
            "uco-core:source": _id("transaction", txid),
            "uco-core:target": _member(r["account"]),
            "uco-core:kindOfRelationship": "Transaction_Output",
            "uco-core:isDirectional": True,
            "uco-core:startTime": _moment(r["utc_low"]),
            "uco-core:endTime": _moment(r["utc_high"]),
            "ll:outputIndex": _whole(int(vout)),
            "ll:valueSatoshi": _whole(r["value_sat"]),
            "ll:transferAmount": _exact(r["btc"]),
            "ll:tie": r["tie"],
            "ll:findingId": r["finding"].hex(),
        }
        if r["customers"] != NONE:
            node["ll:customerOfRecord"] = [_member(c) for c in r["customers"].split(" ")]
        if r["payment_amount"] is not None:
            node |= {
                "ll:fiatAmount": _exact(r["payment_amount"]),
                "ll:fiatRate": _exact(r["payment_rate"]),
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
            "uco-core:source": _id("service", r["service"]),
            "uco-core:target": _id("transaction", r["payment"].split(":")[1]),
            "uco-core:kindOfRelationship": "Released",
            "uco-core:isDirectional": True,
            "ll:releaseTransactionHash": txid,
            "ll:outputIndex": _whole(int(vout)),
            "ll:valueSatoshi": _whole(r["value_sat"]),
            "ll:privateTransactions": _whole(r["hops"]),
            "ll:shareMillionths": _whole(r["share_ppm"]),
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
            facet["ll:blockNumber"] = _whole(height)
        yield {
            "@id": iri("transaction", txid),
            "@type": "uco-observable:ObservableObject",
            "uco-core:hasFacet": [facet],
        }


def _findings(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A DecidedFinding each that ties a person, an InvestigativeAction a decision, an Identity a decider."""
    reasons, basis = _by(tables["reasons"], "finding"), _by(tables["basis"], "finding")
    persons = {r["person"] for r in tables["persons"]}
    members = {r["member"] for r in tables["accounts"]}
    decided = {r["finding"]: r for r in tables["findings"] if r["entered"] == "decided" and r["predicate"] in TIES}
    for id_, r in decided.items():
        about = [_id("person", ref) for ref in (r["subject"],) if ref in persons]
        about += [_member(ref) for ref in (r["subject"], r["object"]) if ref in members]
        if not about:
            about = [_id("person", p["person"]) for p in tables["persons"] if p["located_finding"] == id_]
        node: Node = {
            "@id": iri("finding", id_.hex()),
            "@type": "ll:DecidedFinding",
            "uco-core:name": f"{r['predicate']} {r['object']}",
            "uco-core:statement": r["says"],
            "uco-core:object": about,
            "ll:findingId": id_.hex(),
            "ll:predicate": r["predicate"],
            "ll:notSaid": r["not_said"],
            "ll:basis": [f"{b['role']} {b['ref']} {b['locator']}".rstrip() for b in basis[id_]],
        }
        for role in ("for", "against"):
            says = sorted({x["says"] for x in reasons[id_] if x["role"] == role})
            if says:
                node[f"ll:reason{role.title()}"] = says
        yield node
    for who in sorted({d["decided_by"] for d in tables["decisions"] if d["finding"] in decided}):
        yield {"@id": iri("decider", who), "@type": "uco-identity:Identity", "uco-core:name": who}
    for d in tables["decisions"]:
        if d["finding"] in decided:
            yield {
                "@id": iri("decision", d["id"].hex()),
                "@type": "case-investigation:InvestigativeAction",
                "uco-core:name": f"decision: {d['verdict']}",
                "uco-core:description": ("scripted: " if d["scripted"] else "") + d["reason"],
                "uco-action:startTime": _moment(d["decided_at"]),
                "uco-action:endTime": _moment(d["decided_at"]),
                "uco-action:performer": _id("decider", d["decided_by"]),
                "uco-action:object": [_id("finding", d["finding"].hex())],
            }


def _exhibits(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A ProvenanceRecord and a File an exhibit that anything but the media queue rests on."""
    queue = {r["finding"] for r in tables["findings"] if r["predicate"] in QUEUE}
    cited = {b["ref"] for b in tables["basis"] if b["kind"] == "exhibit" and b["finding"] not in queue}
    for r in tables["exhibits"]:
        digest = r["exhibit"].hex()
        if f"exhibit:{digest}" not in cited:
            continue
        yield {
            "@id": iri("provenance", digest),
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": digest,
            "uco-core:description": f"{r['media_type']}; authority: {r['authority']}; acquired: {r['acquired_at']}",
            "uco-core:object": [_id("exhibit", digest)],
        }
        yield {
            "@id": iri("exhibit", digest),
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [
                {
                    "@id": iri("content-facet", digest),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:sizeInBytes": _whole(r["size"]),
                    "uco-observable:hash": [
                        {
                            "@id": iri("hash", digest),
                            "@type": "uco-types:Hash",
                            "uco-types:hashMethod": "SHA256",
                            "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest},
                        }
                    ],
                }
            ],
        }


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """graph.jsonld, and beside it the shapes its extension is checked with."""
    document = {"@context": CONTEXT, "@graph": graph(dossier)}
    text = escaped(json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1))
    shapes = resources.files("leadline.kinds.writers.case_uco").joinpath("shapes.ttl").read_bytes()
    return {"graph.jsonld": text.encode() + b"\n", "shapes.ttl": shapes}


CASE_UCO = Writer("case_uco", "The findings as a CASE/UCO graph for other tools, with its shapes.", write)
