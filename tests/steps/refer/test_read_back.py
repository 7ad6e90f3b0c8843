"""Sums, counts and accounts read back from CSVs, graph and the report's text equal the finding tables."""

import csv
import dataclasses
import json
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow.compute as pc
import pypdfium2
import pytest
from tests.steps.refer.conftest import World, person

from leadline.errors import KindError
from leadline.kinds.writers.report import typeset
from leadline.steps.refer import build
from leadline.steps.refer.build import software
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.referred_persons import accepted, persons

PEOPLE = {"kr": {3, 4}, "us": {0, 1, 2}}


@pytest.fixture
def made(world, key, now, tmp_path):
    """The source and its packages by jurisdiction."""
    source = world.source()
    return source, {p.jurisdiction: p.path / "data" for p in build(source, key, now, tmp_path).packages}


def case_validate(graph: Path, shapes: Path | None) -> subprocess.CompletedProcess[str]:
    """What case_validate says of a graph, with the extension's shapes or without."""
    more = ["--ontology-graph", str(shapes)] if shapes else []
    run = "from case_utils.case_validate import main; main()"
    return subprocess.run([sys.executable, "-c", run, *more, str(graph)], capture_output=True, text=True, check=False)


def expected(source, place: str) -> dict[str, object]:
    """Figures computed from the finding tables alone, by other code than refer's."""
    accounts = {f"account:site/{k}" for k in PEOPLE[place]}
    paid = [r for r in source.tables["payment"].to_pylist() if r["account"] in accounts]
    worth = {r["outpoint"]: r["amount"] for r in source.tables["valuation"].to_pylist() if r["at"] == "payment"}
    return {
        "accounts": accounts,
        "customers": {f"customer:northgate/NG-{k:04d}" for k in PEOPLE[place]},
        "payments": {r["outpoint"]: r["value_sat"] for r in paid},
        "sat": sum(r["value_sat"] for r in paid),
        "fiat": sum(worth[r["outpoint"]] for r in paid),
    }


def rows(data: Path, table: str) -> list[dict[str, str]]:
    with (data / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("place", ["kr", "us"])
def test_the_tables_give_the_findings_figures(made, place):
    source, packages = made
    want, data = expected(source, place), packages[place]
    assert {r["outpoint"]: int(r["value_sat"]) for r in rows(data, "payments")} == want["payments"]
    assert sum(Decimal(r["btc"]) * 10**8 for r in rows(data, "payments")) == want["sat"]
    assert sum(Decimal(r["payment_amount"]) for r in rows(data, "payments")) == want["fiat"]
    people = rows(data, "persons")
    assert sum(int(p["payer_sat"]) + int(p["account_sat"]) for p in people) == want["sat"]
    assert sum(Decimal(p["payer_fiat"]) + Decimal(p["account_fiat"]) for p in people) == want["fiat"]
    assert {r["member"] for r in rows(data, "accounts")} == want["accounts"] | want["customers"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's JSON-LD parser warns of itself
@pytest.mark.parametrize("place", ["kr", "us"])
def test_the_graph_gives_the_findings_figures(made, place, oracle):
    rdflib = oracle("rdflib")
    source, packages = made
    want = expected(source, place)
    graph = rdflib.Graph()
    graph.parse(packages[place] / "graph.jsonld", format="json-ld")
    names = {"ll": "https://leadline.example/ontology/",
             "core": "https://ontology.unifiedcyberontology.org/uco/core/",
             "obs": "https://ontology.unifiedcyberontology.org/uco/observable/"}  # fmt: skip
    paid = graph.query(
        """SELECT ?hash ?n ?sat ?btc ?fiat ?account WHERE {
             ?p a ll:Payment ; core:source ?tx ; core:target ?to ; ll:outputIndex ?n ; ll:valueSatoshi ?sat ;
                ll:transferAmount ?btc ; ll:fiatAmount ?fiat .
             ?tx core:hasFacet/ll:transactionHash ?hash . ?to core:hasFacet/obs:accountIdentifier ?account }""",
        initNs=names,
    )
    found = [tuple(v.toPython() for v in row) for row in paid]
    assert {f"outpoint:{h}:{n}": sat for h, n, sat, _, _, _ in found} == want["payments"]
    assert sum(btc for _, _, _, btc, _, _ in found) * 10**8 == want["sat"]
    assert sum(fiat for *_, fiat, _ in found) == want["fiat"]
    assert {f"account:{a}" for *_, a in found} == want["accounts"]
    sums = graph.query("SELECT (SUM(?a) + SUM(?b) AS ?s) WHERE { ?f ll:payerSatoshi ?a ; ll:accountSatoshi ?b }",
                       initNs=names)  # fmt: skip
    assert next(iter(sums))[0].toPython() == want["sat"]
    members = graph.query("SELECT ?m WHERE { ?r core:kindOfRelationship 'Decided_Member' ; core:target ?m }",
                          initNs=names)  # fmt: skip
    assert len(list(members)) == len(want["accounts"]) + len(want["customers"])


@pytest.mark.parametrize("place", ["kr", "us"])
def test_the_report_gives_the_findings_figures(made, place, oracle):
    pypdf = oracle("pypdf")
    source, packages = made
    want = expected(source, place)
    pages = [page.extract_text() for page in pypdf.PdfReader(packages[place] / "report.pdf").pages]
    text = "\n".join(pages)
    outpoints = re.findall(r"output ([0-9a-f]{64}:\d+)", text)
    assert Counter(f"outpoint:{o}" for o in outpoints) == Counter(want["payments"].keys())
    line = r"{}: (\d+) · ([\d.]+) BTC · ([\d.,]+) USD"
    totals = re.findall(line.format("As payer") + r"\s+" + line.format("To the accounts"), text)
    assert len(totals) == len(PEOPLE[place])
    assert sum(int(t[0]) + int(t[3]) for t in totals) == len(want["payments"])
    assert sum(Decimal(t[1]) + Decimal(t[4]) for t in totals) * 10**8 == want["sat"]
    assert sum(Decimal(t[2].replace(",", "")) + Decimal(t[5].replace(",", "")) for t in totals) == want["fiat"]
    for member in want["accounts"] | want["customers"]:
        assert member in text
    for row in rows(packages[place], "exhibits"):
        assert row["exhibit"] in text.replace("\n", "")


INSTRUMENTS = {
    "us": ("18 U.S.C. 2703", "preservation request", "United States"),
    "de": ("Regulation (EU) 2023/1543", "European Production Order", "European Union"),
    "kr": ("ETS 185", "request for mutual legal assistance", "general"),
}


def overprinted(report: Path) -> list[str]:
    """Texts of which one letter is printed over another of the same line, by the boxes PDFium gives."""
    document = pypdfium2.PdfDocument(report)
    found = []
    for page in document:
        text = page.get_textpage()
        lines: dict[int, list[tuple[float, float, int]]] = {}
        for n in range(text.count_chars()):
            left, bottom, right, _ = text.get_charbox(n, loose=True)
            if "!" <= text.get_text_range(n, 1) <= "~":
                lines.setdefault(round(bottom), []).append((left, right, n))
        for line in lines.values():
            line.sort()
            for (left, right, n), (after, end, m) in pairwise(line):
                ligature = abs(m - n) == 1
                if not ligature and min(right, end) - after > 0.6 * min(right - left, end - after):
                    found.append(text.get_text_range(n, 1) + text.get_text_range(m, 1))
    return found


def test_page_one_says_from_whom_about_whom_and_what_to_do(made, oracle):
    pypdf = oracle("pypdf")
    for place, data in made[1].items():
        pages = [" ".join(p.extract_text().split()) for p in pypdf.PdfReader(data / "report.pdf").pages]
        for words in ("Office of the Lantern, room 4", "+999 555 0199", "LF-17/2018", "Training Agency"):
            assert words in pages[0]
        for row in rows(data, "persons"):
            assert row["person"] in pages[0]
        for row in rows(data, "identifiers"):
            # from right to left, a reader of PDF gives letters in another order
            assert row["kind"] != "name" or set(row["value"]) <= set(pages[0])
        still = sum(r["state"] == "open" for r in rows(data, "legal_requests"))
        assert f"{still} outputs have not been answered" in pages[0]
        leads = sum(r["state"] == "open" for r in rows(data, "legal_requests_inferred"))
        said = "output that is inferred" if leads == 1 else f"{leads} outputs that are inferred"
        assert (said in pages[0]) == (leads > 0)
        assert "What to do" in pages[0] and "of the value paid" not in pages[0]
        info = (data.parent / "bag-info.txt").read_text(encoding="utf-8")
        assert "Source-Organization: Office of the Lantern, room 4" in info
        assert "External-Identifier: LF-17/2018" in info and "Authority: Training Agency" in info
        assert not overprinted(data / "report.pdf"), place


def test_what_nobody_stated_is_said_to_be_so(world, key, now, tmp_path, oracle):
    pypdf = oracle("pypdf")
    source = world.source()
    bare = dataclasses.replace(source.case, sender="", contact="", file_number="", authority="", scope="")
    package = build(dataclasses.replace(source, case=bare), key, now, tmp_path).packages[0].path
    first = pypdf.PdfReader(package / "data/report.pdf").pages[0].extract_text()
    assert first.count("not stated") == 5
    assert "Source-Organization: not stated" in (package / "bag-info.txt").read_text(encoding="utf-8")


def test_a_weight_never_stands_without_what_it_is(made, oracle):
    pypdf = oracle("pypdf")
    for data in made[1].values():
        text = " ".join(" ".join(p.extract_text().split()) for p in pypdf.PdfReader(data / "report.pdf").pages)
        assert text.count("Weight, set by hand") == text.count("no probability of anything") > 0
        (line,) = [r for r in rows(data, "columns") if (r["file"], r["column"]) == ("reasons.csv", "weight_ppm")]
        assert "no probability of anything" in line["says"]


def test_a_report_names_the_instruments_of_its_own_jurisdiction_alone(key, now, tmp_path, oracle):
    pypdf = oracle("pypdf")
    world = World()
    for k, country in enumerate(INSTRUMENTS):
        ids = person(world, k, payments=1, country=country)
        world.decide(ids["candidate"])
        world.decide(ids["located"])
    made = build(world.source(), key, now, tmp_path).packages
    assert sorted(p.jurisdiction for p in made) == sorted(INSTRUMENTS)
    for package in made:
        text = " ".join(p.extract_text() for p in pypdf.PdfReader(package.path / "data/report.pdf").pages)
        flat = " ".join(text.split())
        assert not overprinted(package.path / "data/report.pdf")
        for country, words in INSTRUMENTS.items():
            assert all((word in flat) == (country == package.jurisdiction) for word in words[:2]), country
        assert f"Instruments: {INSTRUMENTS[package.jurisdiction][2]}" in flat


@pytest.mark.parametrize(
    ("place", "names"),
    [("kr", ["김서연"]), ("us", ["Jörg Ångström-Ñúñez", "Олена Ковальчук", "Νίκος Παπαδόπουλος"])],
)
def test_names_in_several_scripts_read_back(made, place, names, oracle):
    pypdf = oracle("pypdf")
    text = "\n".join(p.extract_text() for p in pypdf.PdfReader(made[1][place] / "report.pdf").pages)
    for name in names:
        assert name in text
    stated = {r["value"] for r in rows(made[1][place], "identifiers")}
    assert set(names) <= stated


def test_the_report_holds_no_image_and_claims_its_standards(made, oracle):
    pypdf = oracle("pypdf")
    for data in made[1].values():
        reader = pypdf.PdfReader(data / "report.pdf")
        assert all(not page.images for page in reader.pages)
        xmp = reader.xmp_metadata.stream.get_data().decode()
        assert re.search(r"pdfaid:part[>=\"]+2", xmp) and re.search(r"pdfaid:conformance[>=\"]+A", xmp)
        assert re.search(r"pdfuaid:part[>=\"]+1", xmp)
        assert reader.trailer["/Root"]["/Lang"] == "en" and reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.metadata.creation_date.year == 2018


@pytest.mark.parametrize("shapes", [True, False])
def test_case_validate_accepts_every_graph(made, oracle, shapes):
    oracle("case_utils")
    for data in made[1].values():
        done = case_validate(data / "graph.jsonld", data / "shapes.ttl" if shapes else None)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize(("term", "value"), [("ll:valueSatoshi", {"@type": "xsd:integer", "@value": "-1"}),
                                             ("ll:tie", "guess"), ("ll:findingId", "none")])  # fmt: skip
def test_the_shapes_refuse_a_wrong_payment(made, oracle, tmp_path, term, value):
    oracle("case_utils")
    data = made[1]["kr"]
    graph = json.loads((data / "graph.jsonld").read_text(encoding="utf-8"))
    next(n for n in graph["@graph"] if n["@type"] == "ll:Payment")[term] = value
    (tmp_path / "wrong.jsonld").write_text(json.dumps(graph), encoding="utf-8")
    done = case_validate(tmp_path / "wrong.jsonld", data / "shapes.ttl")
    assert done.returncode == 1 and "Focus Node: kb:payment-" in done.stdout


def test_no_node_is_blank_and_every_iri_ends_in_its_uuid(made):
    for data in made[1].values():
        graph = json.loads((data / "graph.jsonld").read_text(encoding="utf-8"))["@graph"]
        seen: Counter[str] = Counter()

        def walk(node: object, seen: Counter[str] = seen) -> None:
            if isinstance(node, dict):
                if "@type" in node and "@value" not in node:
                    assert "@id" in node
                    seen[node["@id"]] += 1
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(graph)
        assert max(seen.values()) == 1
        uuid = re.compile(r".*-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        assert all(uuid.fullmatch(i) for i in seen if i.startswith("kb:"))


def test_a_report_that_cannot_be_typeset_quotes_nothing(world, monkeypatch):
    source = world.source()
    people, _ = persons(source, accepted(source))
    one = dossier(source, "us", [p for p in people if p.ref.endswith("/0")], software())
    monkeypatch.setattr(typeset, "document", lambda d: {"jurisdiction": "Ångström"})
    with pytest.raises(KindError) as caught:
        typeset.pdf(one)
    assert "ngstr" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"Noto Sans Hebrew"', b'"Absent Sans"', "1 warnings"),
        (b"#soft(s.value)", b"", "cannot be read off its pages"),
        (b"Reason given: #d.reason", b"", "cannot be read off its pages"),
        (b"#p.names.join(", b"#(p.names.first(),).slice(1).join(", "cannot be read off its pages"),
    ],
)
def test_a_report_that_lacks_a_font_or_a_text_is_not_written(world, key, now, tmp_path, monkeypatch, old, new, said):
    real = typeset.template()
    assert old in real
    monkeypatch.setattr(typeset, "template", lambda: real.replace(old, new))
    if b"names" in old:  # the name stands among the statements too: it is missed only where it stands nowhere
        monkeypatch.setattr(typeset, "template", lambda: real.replace(old, new).replace(b"#soft(s.value)", b""))
    with pytest.raises(KindError) as caught:
        build(world.source(), key, now, tmp_path)
    assert said in str(caught.value) and not list(tmp_path.iterdir())
    assert not any(name in str(caught.value) for name in ("example.org", "Kovalchuk", "withdrawal"))


def test_every_row_of_the_basis_names_an_exhibit_of_the_package(made):
    for data in made[1].values():
        exhibits = {f"exhibit:{r['exhibit']}" for r in rows(data, "exhibits")}
        assert {r["ref"] for r in rows(data, "basis") if r["kind"] == "exhibit"} == exhibits
        assert pc.sum(made[0].tables["payment"].column("value_sat")).as_py() > 0
