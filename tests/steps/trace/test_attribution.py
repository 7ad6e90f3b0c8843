"""Tags that contradict one another, actors with several names, other tools' claims, and packs that cannot be read."""

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from leadline.kinds.codecs import tagpack
from leadline.steps.step import Pin
from leadline.steps.trace import SPEC, summary

Packs = Callable[..., dict[str, pa.Table]]


@pytest.fixture
def with_packs(case: Any, hand_inputs: Any, tmp_path: Path) -> Packs:
    """A function: trace with these further packs (name to bytes) pinned beside the training case's own."""

    def run(packs: dict[str, bytes], withdrawn: frozenset[str] = frozenset()) -> dict[str, pa.Table]:
        pins = list(case.pins["tag"])
        for name, data in packs.items():
            (tmp_path / name).write_bytes(data)
            pins.append(Pin("tag", name, tmp_path / name, hashlib.sha256(data).hexdigest()))
        given = {"currency": "USD", "valuation_date": "2018-03-01"}
        inputs = hand_inputs(SPEC, {"address": case.address}, {**case.pins, "tag": pins}, given, withdrawn)
        return dict(SPEC.run(inputs))

    return run


def own_tags(case: Any) -> list[dict[str, Any]]:
    """The rows of the training case's pack."""
    return tagpack.parse(case.pins["tag"][0].path.read_bytes()).rows


def pack(*tags: dict[str, Any], **header: Any) -> bytes:
    return tagpack.write({"title": "t", "creator": "second", "currency": "BTC", **header}, tags)


def test_source_date_and_licence_travel_to_the_finding(with_packs: Packs, case: Any) -> None:
    tables = with_packs({})
    said = {(r["tag"], r["entry"]): r for r in tables["attribution"].to_pylist()}
    cited = [r for r in tables["basis"].to_pylist() if r["kind"] == "tag"]
    assert cited
    own = {row["entry"]: row for row in own_tags(case)}
    for row in cited:
        entry = int(row["locator"].removeprefix("entry:"))
        found, wanted = said[row["ref"], entry], own[entry]
        assert {k: found[k] for k in ("source", "lastmod", "label", "confidence", "creator")} == {
            k: wanted.get(k) for k in ("source", "lastmod", "label", "confidence")
        } | {"creator": "Leadline training case"}
        assert found["use"] == "names" and found["place"] == wanted["address"] and found["licence"] is None


def test_a_word_for_confidence_that_is_none_is_named_and_speaks_for_no_cluster(with_packs: Packs, case: Any) -> None:
    place = own_tags(case)[0]["address"]
    plain = pack({"address": place, "label": "mine", "confidence": "sure"}, {"address": place, "label": "mine"})
    tables = with_packs({"mine.yaml": plain})
    assert [(r["locator"], r["fault"]) for r in tables["tag_fault"].to_pylist()] == [("entry:0", "no_such_confidence")]


def test_a_surer_tag_names_and_the_other_stands_against_it(with_packs: Packs, case: Any) -> None:
    first = own_tags(case)[0]
    other = pack({"address": first["address"], "label": "Someone Else", "category": "exchange"}, confidence="web_crawl",
                 license="CC0-1.0", source="https://example.org/second", lastmod="2019-05-06")  # fmt: skip
    tables = with_packs({"second.yaml": other})
    rows = [r for r in tables["tag_conflict"].to_pylist() if r["scope"] == "address"]
    assert {(r["service"], r["holds"], r["differs"]) for r in rows} == {
        (f"service:{first['actor']}", True, "name"), ("service:Someone-Else", False, "name"),
    }  # fmt: skip
    (loser,) = (r for r in rows if not r["holds"])
    assert (loser["source"], loser["lastmod"], loser["licence"], loser["confidence"], loser["confidence_level"]) == (
        "https://example.org/second", "2019-05-06", "CC0-1.0", "web_crawl", 20,
    )  # fmt: skip
    assert {r["place"] for r in rows} == {first["address"]}
    assert tables["release"].equals(with_packs({})["release"])


def test_equally_sure_tags_that_differ_name_nobody(with_packs: Packs, case: Any) -> None:
    """Neither is chosen for its pack's place in the list; the path ends there and says why."""
    tags = own_tags(case)
    actor = tags[0]["actor"]
    other = pack(*(
        {"address": t["address"], "label": "Someone Else", "category": "exchange", "confidence": t["confidence"]}
        for t in tags if t["actor"] == actor
    ))  # fmt: skip
    before, tables = with_packs({}), with_packs({"second.yaml": other})
    assert f"service:{actor}" in before["release"].column("service").to_pylist()
    named = set(tables["release"].column("service").to_pylist())
    assert not {f"service:{actor}", "service:Someone-Else"} & named
    assert not [r for r in tables["tag_conflict"].to_pylist() if r["holds"]]
    signs = [r["signs"] for r in tables["stop"].to_pylist() if r["signs"]]
    assert any(f"service:{actor}" in s and "service:Someone-Else" in s for s in signs)
    lost = {r["payment"] for r in before["release"].to_pylist()} - {r["payment"] for r in tables["release"].to_pylist()}
    stopped = {r["payment"] for r in tables["stop"].to_pylist()}
    assert lost and lost <= stopped


def test_an_actor_pack_makes_its_names_one(with_packs: Packs, case: Any) -> None:
    first = own_tags(case)[0]
    at = first["address"]
    other = pack(
        {"address": at, "label": "The Bourse", "category": "exchange", "confidence": "forensic"},
        {"address": at, "label": "bourse2", "category": None, "confidence": "forensic"},
    )
    listed = [
        {"id": first["actor"], "label": "x", "aliases": ["the-bourse"], "jurisdictions": ["AT"],
         "categories": ["exchange"], "context": {"same_as": ["bourse2"]}},
        {"id": "bourse2", "label": "y", "context": {"same_as": [first["actor"]]}},
    ]  # fmt: skip
    actors = yaml.safe_dump({"title": "a", "creator": "c", "actors": listed}).encode()
    tables = with_packs({"second.yaml": other, "actors.yaml": actors})
    one = min(first["actor"], "bourse2")
    assert tables["tag_conflict"].num_rows == 0
    rows = [r for r in tables["attribution"].to_pylist() if r["place"] == first["address"]]
    assert {r["service"] for r in rows} == {f"service:{one}"}
    assert {r["jurisdictions"] for r in rows} == {"AT"}
    assert {r["category"] for r in rows} == {"exchange"}
    assert len(tables["release"]) == len(with_packs({})["release"])


def test_other_tools_claims_and_mentions_name_nobody(with_packs: Packs, case: Any) -> None:
    whole = frozenset({f"tag:{case.tag}"})
    tags = own_tags(case)
    claims = "Wallet Address,Entity,Entity Type\n" + "".join(f"{t['address']},{t['actor']},exchange\n" for t in tags)
    mentions = pack(*({"address": t["address"], "label": "seen on a forum", "category": "exchange"} for t in tags),
                    confidence="forensic", tag_type="mention")  # fmt: skip
    tables = with_packs({"othertool.csv": claims.encode(), "mentions.yaml": mentions}, whole)
    assert tables["release"].num_rows == 0
    assert "exchange" not in tables["exposure"].column("category").to_pylist()
    rows = tables["attribution"].to_pylist()
    assert {(r["use"], r["vendor"]) for r in rows} == {("claim", "othertool"), ("remark", None)}
    assert not [r for r in tables["basis"].to_pylist() if r["kind"] == "tag"]


def test_a_bad_pack_or_entry_is_one_row_and_the_rest_goes_on(with_packs: Packs) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(["title: t", "creator: c", "a0: &a0 [x]", *levels, "tags: *a11"]).encode()
    cycle = b"title: t\ncreator: c\ntags: &a [*a]\n"
    broken = b"title: t\ncreator: 'c\ntags: []\n"
    entries = pack(
        {"address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "label": "wrong checksum"}, {"label": "of nothing"}
    )
    tables = with_packs({"bomb.yaml": bomb, "cycle.yaml": cycle, "broken.yaml": broken, "bad.yaml": entries})
    assert sorted((r["fault"], r["locator"].partition(":")[0]) for r in tables["tag_fault"].to_pylist()) == [
        ("bad_address", "entry"), ("no_address", "entry"), ("unreadable", "line"), ("unreadable", "line"),
        ("unreadable", "line"),
    ]  # fmt: skip
    assert tables["release"].equals(with_packs({})["release"])


def test_a_tag_of_a_transaction_is_shown_and_names_nobody(with_packs: Packs, case: Any) -> None:
    payment = case.truth.payments.to_pylist()[0]
    tables = with_packs(
        {"tx.yaml": pack({"tx_hash": payment["txid"], "label": "theft", "confidence": "forensic", "tag_type": "event"})}
    )
    (row,) = (r for r in tables["attribution"].to_pylist() if r["place"].startswith("tx:"))
    assert (row["place"], row["use"], row["tag_type"]) == (f"tx:{payment['txid']}", "remark", "event")
    assert tables["release"].equals(with_packs({})["release"])


def test_the_share_said_first_is_the_one_counted_anew(with_packs: Packs) -> None:
    """Counted again, with fractions."""
    tables = with_packs({})
    said = summary.reached({name: tables[name] for name in summary.READS})
    value = {r["outpoint"]: r["value_sat"] for r in tables["payment"].to_pylist()}
    exact = sum(Fraction(value[r["payment"]] * r["share_ppm"], 1_000_000) for r in tables["release"].to_pylist())
    named = said.recorded_sat + said.inferred_sat
    assert said.sat == sum(value.values()) and said.payments == len(value)
    assert 0 <= exact - named < 2 * len(value)
    assert said.public_sat == 0  # the training pack says that it is not public
    assert summary.lines(said)[0].startswith(f"{named * 100 // said.sat}.")
    empty = {name: tables[name].slice(0, 0) for name in summary.READS}
    assert summary.lines(summary.reached(empty)) == []


def test_what_public_packs_reach_is_said_apart(with_packs: Packs, case: Any) -> None:
    keep = ("address", "label", "actor", "category", "confidence")
    again = pack(*({k: t[k] for k in keep} for t in own_tags(case)), is_public=True)
    tables = with_packs({"public.yaml": again}, frozenset({f"tag:{case.tag}"}))
    said = summary.reached({name: tables[name] for name in summary.READS})
    assert said.public_sat == said.recorded_sat + said.inferred_sat > 0


def test_a_tag_too_weak_for_its_cluster_still_names_its_address(case: Any, hand_inputs: Any, tmp_path: Path) -> None:
    """One tag alone, so that the only service there is, is the first: what it names does not rest on its place."""
    strong, weak = (
        pack({"address": tag["address"], "label": "Alone", "category": "exchange"}, confidence=confidence)
        for tag in own_tags(case)[:1]
        for confidence in ("ledger_immanent", "web_crawl")
    )
    given = {"currency": "USD", "valuation_date": "2018-03-01"}
    releases = []
    for name, data in (("strong.yaml", strong), ("weak.yaml", weak)):
        (tmp_path / name).write_bytes(data)
        pins = {**case.pins, "tag": [Pin("tag", name, tmp_path / name, hashlib.sha256(data).hexdigest())]}
        tables = dict(SPEC.run(hand_inputs(SPEC, {"address": case.address}, pins, given)))
        releases.append({(r["release_outpoint"], r["service"], r["grade"]) for r in tables["release"].to_pylist()})
    recorded = {row for row in releases[0] if row[2] == "recorded"}
    assert recorded and recorded <= releases[1] and {row[1] for row in releases[1]} == {"service:Alone"}
