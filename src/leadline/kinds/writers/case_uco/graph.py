"""Dossier to CASE/UCO JSON-LD: every node has an IRI that ends in a UUID derived from its ref or finding id.

Payments, releases and decided findings use the extension in shapes.ttl, whose terms the graph declares itself, so that
it validates with and without the shapes. Media stand as counts; their digests stand in the tables.
"""

import json
from collections.abc import Mapping
from importlib import resources

from leadline.kinds.codecs.visible import escaped
from leadline.kinds.writer import Writer
from leadline.kinds.writers.case_uco.findings import exhibit_nodes, finding_nodes
from leadline.kinds.writers.case_uco.nodes import CONTEXT, Node, iri, terms
from leadline.kinds.writers.case_uco.payments import payment_nodes
from leadline.kinds.writers.case_uco.persons import member_nodes, person_nodes
from leadline.model.referral import Dossier


def graph(dossier: Dossier) -> list[Node]:
    """Every node of the graph, in order of IRI, after the declarations of the extension's terms."""
    tables = {name: table.to_pylist() for name, table in dossier.tables.items()}
    nodes = [
        *member_nodes(tables),
        *person_nodes(dossier, tables),
        *payment_nodes(dossier.case.network, tables),
        *finding_nodes(tables),
        *exhibit_nodes(tables),
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
    return [*terms(), investigation, *nodes]


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """graph.jsonld, and beside it the shapes its extension is checked with."""
    document = {"@context": CONTEXT, "@graph": graph(dossier)}
    text = escaped(json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1))
    shapes = resources.files("leadline.kinds.writers.case_uco").joinpath("shapes.ttl").read_bytes()
    return {"graph.jsonld": text.encode() + b"\n", "shapes.ttl": shapes}


CASE_UCO = Writer("case_uco", "The findings as a CASE/UCO graph for other tools, with its shapes.", write)
