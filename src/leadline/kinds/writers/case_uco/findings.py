"""Nodes of decided findings with their decisions, and of the exhibits that they rest on."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.case_uco.nodes import Node, iri, member_pointer, moment, pointer, whole
from leadline.kinds.writers.rows import by
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
from leadline.model.words import DECIDED

TIES = (PAYER_CANDIDATE, USER_CANDIDATE, SAME_PERSON, LOCATED_IN)
"""Predicates that make a person of a referral: their findings are nodes, every other stands in the tables."""
QUEUE = (
    KNOWN_AS, SAME_VIDEO_AS, CONTAINS_CLIP_OF, SIMILAR_TO, NEVER_SEEN, IN_SERIES, DIGEST_OF, SEIZED_IN,
)  # fmt: skip
"""Predicates about media: the exhibits only they rest on stay in the tables, for a File object each would swell the
graph (validating one costs 0.1 to 0.2 seconds)."""


def finding_nodes(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
    """A DecidedFinding each that ties a person, an InvestigativeAction a decision, an Identity a decider."""
    reasons, basis = by(tables["reasons"], "finding"), by(tables["basis"], "finding")
    persons = {r["person"] for r in tables["persons"]}
    members = {r["member"] for r in tables["accounts"]}
    decided = {r["finding"]: r for r in tables["findings"] if r["entered"] == DECIDED and r["predicate"] in TIES}
    for id_, r in decided.items():
        about = [pointer("person", ref) for ref in (r["subject"],) if ref in persons]
        about += [member_pointer(ref) for ref in (r["subject"], r["object"]) if ref in members]
        if not about:
            about = [pointer("person", p["person"]) for p in tables["persons"] if p["located_finding"] == id_]
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
                "uco-action:startTime": moment(d["decided_at"]),
                "uco-action:endTime": moment(d["decided_at"]),
                "uco-action:performer": pointer("decider", d["decided_by"]),
                "uco-action:object": [pointer("finding", d["finding"].hex())],
            }


def exhibit_nodes(tables: Mapping[str, list[dict[str, Any]]]) -> Iterable[Node]:
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
            "case-investigation:exhibitNumber": digest if r["item"] == "unknown" else r["item"],
            "uco-core:description": f"{r['media_type']}; authority: {r['authority']}; acquired: {r['acquired_at']}",
            "uco-core:object": [pointer("exhibit", digest)],
        }
        yield {
            "@id": iri("exhibit", digest),
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [
                {
                    "@id": iri("content-facet", digest),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:sizeInBytes": whole(r["size"]),
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
