"""What nodes of the graph are made of: their IRIs, typed values, and the terms that the extension declares."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Node = dict[str, Any]

BASE = "https://leadline.example/kb/"
"""Prefix of every node; the domain is reserved (RFC 2606) and names nothing on the network."""
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
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


def iri(kind: str, key: str) -> str:
    """The IRI of a node: its kind, then the UUID of kind and key."""
    return f"kb:{kind}-{uuid.uuid5(SPACE, f'{kind}:{key}')}"


def pointer(kind: str, key: str) -> dict[str, str]:
    """The node of this kind and key as another node names it."""
    return {"@id": iri(kind, key)}


def whole(number: int) -> Node:
    """A whole number as a typed value."""
    return {"@type": "xsd:integer", "@value": str(number)}


def exact(number: Decimal | str) -> Node:
    """A decimal number as a typed value, every digit kept."""
    return {"@type": "xsd:decimal", "@value": str(number)}


def moment(when: datetime) -> Node:
    """A time in UTC as a typed value."""
    return {"@type": "xsd:dateTime", "@value": when.astimezone(UTC).isoformat()}


def terms() -> list[Node]:
    """The classes and properties of the extension, declared in the graph itself."""
    classes = [
        {"@id": f"ll:{name}", "@type": "owl:Class", "rdfs:subClassOf": {"@id": parent}}
        for name, parent in CLASSES.items()
    ]
    properties = [{"@id": f"ll:{name}", "@type": "owl:DatatypeProperty"} for name in PROPERTIES]
    return [*classes, {"@id": "ll:customerOfRecord", "@type": "owl:ObjectProperty"}, *properties]


def member_pointer(ref: str) -> dict[str, str]:
    """The node of an account or customer by its ref."""
    return pointer(ref.partition(":")[0], ref)
