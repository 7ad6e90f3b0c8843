"""Trace on the training chain: payments, releases, exact shares, withdrawals, values and the picture of a path."""

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.model import findings
from leadline.model.locators import parse
from leadline.model.predicates import PREDICATES
from leadline.model.refs import parse as parse_ref
from leadline.model.tables import digest
from leadline.steps.trace import SPEC
from leadline.steps.trace.explain import draw

Traced = Callable[..., dict[str, pa.Table]]


def outpoint(row: dict[str, Any]) -> str:
    return f"outpoint:{row['txid']}:{row['vout']}"


def test_every_payment_is_received_once(traced: Traced, case: Any) -> None:
    rows = traced()["payment"].to_pylist()
    truth = {
        (f"account:site/{r['account']}", outpoint(r), r["value_sat"], r["height"])
        for r in case.truth.payments.to_pylist()
    }
    assert {(r["account"], r["outpoint"], r["value_sat"], r["height"]) for r in rows} == truth
    assert len(rows) == len(truth)


def test_payments_straight_from_a_tagged_service_are_all_found_and_no_other(traced: Traced, case: Any) -> None:
    got = {(r["payment"], r["service"]) for r in traced()["release"].to_pylist() if r["hops"] == 0}
    rows = case.truth.payments.to_pylist()
    want = {(outpoint(r), f"service:{r['service']}") for r in rows if r["stop"] is None and r["hops"] == 0}
    assert got == want


def test_releases_over_hops_name_the_service_and_its_output(traced: Traced, case: Any) -> None:
    got = {(r["payment"], r["service"], r["release_outpoint"], r["hops"]) for r in traced()["release"].to_pylist()}
    want = {
        (outpoint(r), f"service:{r['service']}", f"outpoint:{r['release_txid']}:{r['release_vout']}", r["hops"])
        for r in case.truth.payments.to_pylist()
        if r["stop"] is None
    }
    assert want <= got
    untagged = {outpoint(r) for r in case.truth.payments.to_pylist() if r["stop"] is not None}
    assert not untagged & {payment for payment, *_ in got}


def test_shares_of_a_payment_add_up_to_one(traced: Traced) -> None:
    tables = traced()
    sums: Counter[str] = Counter()
    for name in ("release", "stop"):
        for row in tables[name].to_pylist():
            sums[row["payment"]] += row["share_ppm"]
    assert set(sums) == set(tables["payment"].column("outpoint").to_pylist())
    assert set(sums.values()) == {1_000_000}


def test_tables_keep_their_definitions_and_repeat(traced: Traced) -> None:
    one, two = traced(), traced()
    assert set(one) == {spec.name for spec in SPEC.writes}
    for spec in SPEC.writes:
        assert one[spec.name].schema == spec.schema
        assert digest(spec, one[spec.name]) == digest(spec, two[spec.name])
    for row in one["basis"].to_pylist():
        parse_ref(row["ref"])
        if row["locator"]:
            parse(row["locator"])
    for row in one["finding"].to_pylist():
        assert PREDICATES[row["predicate"]].step == "trace"
        assert row["id"] == findings.finding_id(row["subject"], row["predicate"], row["object"])


def test_hops_join_up(traced: Traced) -> None:
    tables = traced()
    releases = tables["release"].column("finding").to_pylist()
    paths: dict[tuple[bytes, int], list[dict[str, Any]]] = {}
    for row in tables["hop"].to_pylist():
        if row["finding"] in releases:
            paths.setdefault((row["finding"], row["path"]), []).append(row)
    for hops in paths.values():
        hops.sort(key=lambda h: h["seq"])
        for nearer, farther in pairwise(hops):
            assert nearer["outpoint_in"] == farther["outpoint_out"]
        assert all(h["tx"].removeprefix("tx:") in h["outpoint_out"] for h in hops)
        assert hops[-1]["rule"] in ("tag", "cluster")


def test_no_hop_spends_what_it_creates(traced: Traced) -> None:
    assert all(row["outpoint_in"] != row["outpoint_out"] for row in traced()["hop"].to_pylist())


def test_a_withdrawn_tag_takes_exactly_what_rests_on_it(traced: Traced, case: Any) -> None:
    whole = traced()
    tags = whole["basis"].filter(pc.equal(whole["basis"].column("kind"), "tag")).to_pylist()
    entry = Counter(r["locator"] for r in tags).most_common(1)[0][0]
    gone = f"tag:{case.tag}#{entry}"
    after = traced(frozenset({gone}))
    left = after["basis"].filter(pc.equal(after["basis"].column("kind"), "tag")).to_pylist()
    assert left and entry not in {r["locator"] for r in left}
    everything = frozenset({f"tag:{case.tag}"})
    assert traced(everything)["release"].num_rows == 0
    assert traced(everything)["payment"].num_rows == whole["payment"].num_rows


def test_a_withdrawn_merge_rests_under_nothing(traced: Traced) -> None:
    whole = traced()
    merges = whole["basis"].filter(pc.equal(whole["basis"].column("kind"), "merge")).to_pylist()
    assert merges
    gone = merges[0]["ref"]
    after = traced(frozenset({gone}))
    assert gone not in after["basis"].filter(pc.equal(after["basis"].column("kind"), "merge")).column("ref").to_pylist()


def test_a_withdrawn_rule_takes_all_its_merges(traced: Traced) -> None:
    assert traced(frozenset({"rule:same_key"}))["basis"].equals(traced()["basis"]), "no key shows in two forms there"
    after = traced(frozenset({"rule:multi_input", "rule:dust"}))
    assert "merge" not in after["basis"].column("kind").to_pylist()
    assert "inferred" not in set(after["release"].column("grade").to_pylist())


def test_what_rests_on_a_cluster_says_so(traced: Traced) -> None:
    tables = traced()
    on_merge = set(
        tables["basis"].filter(pc.equal(tables["basis"].column("kind"), "merge")).column("finding").to_pylist()
    )
    for row in tables["release"].to_pylist():
        assert row["grade"] == "recorded" or row["finding"] in on_merge
    assert {"recorded", "inferred"} == set(tables["release"].column("grade").to_pylist())


def test_values_are_exact_and_absent_without_a_price(traced: Traced) -> None:
    tables = traced()
    value = dict(
        zip(
            tables["payment"].column("outpoint").to_pylist(),
            tables["payment"].column("value_sat").to_pylist(),
            strict=True,
        )
    )
    rows = [r for r in tables["valuation"].to_pylist() if r["outpoint"] in value]
    assert Counter(r["at"] for r in rows) == {"payment": len(value), "valuation_date": len(value)}
    for r in rows:
        exact = Decimal(value[r["outpoint"]]) * r["rate"] / 10**8
        assert r["amount"] == exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    assert set(traced(valuation_date="")["valuation"].column("at").to_pylist()) == {"payment"}


def test_dollars_stand_beside_the_cases_currency_and_a_missing_series_is_said(traced: Traced) -> None:
    tables, plain = traced(currency="EUR"), traced()
    assert tables["valuation"].equals(plain["valuation"]), "dollars whatever the case's currency is"
    (row,) = (r for r in tables["gap"].to_pylist() if r["what"] == "no_series")
    assert "EUR" in row["says"] and "USD" not in row["says"]
    assert not [r for r in plain["gap"].to_pylist() if r["what"] == "no_series"]


def test_the_hop_limit_stops_walks(traced: Traced) -> None:
    tables = traced(hop_limit=0)
    assert set(tables["release"].column("hops").to_pylist()) == {0}
    assert "hop_limit" in tables["stop"].column("reason").to_pylist()


def test_a_path_is_drawn_from_its_rows(traced: Traced) -> None:
    tables = traced()
    row = max(tables["release"].to_pylist(), key=lambda r: r["hops"])
    text = draw(row["finding"], tables)
    assert row["payment"] in text and row["release_outpoint"] in text and row["service"] in text
    assert text.count("tx:") >= row["hops"] + 1
    assert draw(bytes(32), tables) == ""


def test_a_service_without_a_name_is_said_with_the_signs_counted(traced: Traced) -> None:
    rows = traced()["stop"].to_pylist()
    judged = [r for r in rows if r["reason"] in ("untagged_service", "mixer")]
    assert judged and all(r["signs"] for r in judged)
    assert all(r["signs"] is None for r in rows if r["reason"] not in ("untagged_service", "mixer"))


def test_taint_by_every_rule_adds_up_and_the_cases_rule_is_marked(traced: Traced) -> None:
    tables = traced(taint="fifo")
    whole = sum(tables["payment"].column("value_sat").to_pylist())
    sums: Counter[str] = Counter()
    for row in tables["taint"].to_pylist():
        sums[row["rule"]] += row["value_sat"]
        assert row["named"] == (row["rule"] == "fifo")
    assert set(sums) == set(findings.TAINT_RULES)
    assert {rule: total for rule, total in sums.items() if rule != "poison"} == {
        rule: whole for rule in findings.TAINT_RULES if rule != "poison"
    }


def test_exposure_of_a_payment_adds_up_to_it(traced: Traced, case: Any) -> None:
    tables = traced()
    value = dict(zip(*(tables["payment"].column(c).to_pylist() for c in ("outpoint", "value_sat")), strict=True))
    sums: Counter[str] = Counter()
    exchange: Counter[str] = Counter()
    for row in tables["exposure"].to_pylist():
        sums[row["payment"]] += row["value_sat"]
        exchange[row["payment"]] += row["value_sat"] if row["category"] == "exchange" and row["direct"] else 0
    assert dict(sums) == value
    for row in case.truth.payments.to_pylist():
        if row["stop"] is None and row["hops"] == 0:
            assert exchange[outpoint(row)] == row["value_sat"]
    whole = frozenset({f"tag:{case.tag}"})
    assert "exchange" not in traced(whole)["exposure"].column("category").to_pylist()


def test_large_packs_are_kept_parsed_and_checked(case: Any, tmp_path: Any, monkeypatch: Any) -> None:
    from leadline.steps import open_pins

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(open_pins, "WORTH_KEEPING", 1)
    pin = case.pins["tag"][0]
    first = open_pins.tags(pin)
    (kept,) = (tmp_path / "leadline" / "tags").iterdir()
    monkeypatch.setattr(open_pins.source, "read", lambda kind, path, **_: pytest.fail("read again"))
    assert open_pins.tags(pin).equals(first)
    kept.write_bytes(kept.read_bytes()[:-9])
    monkeypatch.setattr(open_pins.source, "read", lambda kind, path, **_: first)
    assert open_pins.tags(pin).equals(first)


def test_a_page_for_the_other_side_says_rules_limits_and_what_refutes(traced: Traced) -> None:
    from leadline.steps.disclosure import page
    from leadline.steps.disclosure_sentences import REFUTES
    from leadline.steps.trace.disclosure import LIMITS, limits

    tables = traced()
    release = max(tables["release"].to_pylist(), key=lambda r: r["hops"])
    text = page(release["finding"], tables, ["ledger chain ab"], limits(4, 20, "haircut"))
    assert all(line in text for line in LIMITS) and "A return confirms the output, not the hops" in text
    assert release["release_outpoint"] in text and REFUTES["always"] in text and "not measured" in text
    signs = next(r for r in tables["stop"].to_pylist() if r["signs"])
    assert signs["signs"] in page(signs["finding"], tables, [])
    assert signs["signs"] in draw(signs["finding"], tables)
    assert page(bytes(32), tables, []) == ""
