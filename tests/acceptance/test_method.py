"""Each sentence of method that a report prints is true of the case it describes, or its test fails by name."""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from pathlib import Path

import pytest
import yaml

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.view import as_of
from leadline.flow.court import court
from leadline.flow.custody import SELF_CONSISTENT
from leadline.flow.refer import source
from leadline.kinds.bitcoin import address
from leadline.kinds.writers.report.method import ERRORS, METHOD
from leadline.steps.link.rules import TWO_RETURNED
from leadline.steps.refer import build
from leadline.store import keys
from leadline.store.case import Case

Rows = list[dict[str, str]]


@dataclass
class World:
    """The played case, its packages' tables, its ledger and its tags, read without the steps."""

    folder: Path

    @cached_property
    def case(self) -> Case:
        return Case.open(self.folder / "case")

    @cached_property
    def packages(self) -> list[Path]:
        return sorted((self.folder / "case" / "packages").iterdir())

    def rows(self, table: str) -> Rows:
        """The rows of a table over all packages; there must be some, or the sentence would not be tested."""
        found = self.some(table)
        assert found, f"no package has a row of {table}"
        return found

    def some(self, table: str) -> Rows:
        """The same, where there may be none."""
        found: Rows = []
        for package in self.packages:
            with (package / "data" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
                found += [{**row, "package": package.name} for row in csv.DictReader(lines)]
        return found

    @cached_property
    def ledger(self):
        return open_ledger(self.case.settings.pinned("ledger")[0].at(self.case.root))

    @cached_property
    def view(self):
        return as_of(self.ledger, frozenset())

    @cached_property
    def tagged(self) -> set[tuple[str, str]]:
        """(service, address) of the pinned packs that are written by hand."""
        found = set()
        for pin in self.case.settings.pinned("tag"):
            for tag in yaml.safe_load(pin.at(self.case.root).read_text())["tags"]:
                if tag.get("address"):
                    found.add((f"service:{tag.get('actor') or tag.get('label')}", tag["address"]))
        return found

    def spent(self, outpoint: str) -> list[tuple[str, int]]:
        """(address, satoshi) of what the transaction of an outpoint spent."""
        tx = self.ledger.tx_index(outpoint.split(":")[1])
        inputs = self.view.in_prev[int(self.view.tx_first_in[tx]) : int(self.view.tx_first_in[tx + 1])]
        return [(self.address(int(o)), int(self.view.out_value[o])) for o in inputs]

    def address(self, output: int) -> str:
        return str(address.encode(self.ledger.script_bytes(int(self.view.out_script[output])), self.ledger.network))

    def output(self, outpoint: str) -> int:
        _, txid, n = outpoint.split(":")
        return int(self.view.tx_first_out[self.ledger.tx_index(txid)]) + int(n)


def records(w: World) -> None:
    for row in w.rows("exhibits"):
        if row["held"] == "stored":
            data = w.case.exhibit_path(row["exhibit"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == row["exhibit"] and len(data) == int(row["size"])
    added = Counter(n for e in w.case.log.entries for n in e.files if n.startswith("exhibits/"))
    assert set(added.values()) == {1}, "each came in once"


def basis(w: World) -> None:
    rests = {(r["package"], r["finding"]) for r in w.rows("basis") if r["role"] == "for"}
    assert {(r["package"], r["finding"]) for r in w.rows("findings")} <= rests


def same(w: World, tmp_path: Path) -> None:
    key = keys.load(w.folder / "training.key")
    given = replace(source(w.case, (SELF_CONSISTENT,)), court=court(w.case))
    outcome = build(given, key, datetime(2026, 1, 1, tzinfo=UTC), tmp_path, restricted="hold_back")
    assert {p.name for p in outcome.packages} == {p.name for p in w.packages}
    for made in outcome.packages:
        for file in (made.path / "data").rglob("*"):
            if file.is_file():
                there = w.folder / "case" / "packages" / made.name / file.relative_to(made.path)
                assert there.read_bytes() == file.read_bytes(), file.name


def payments(w: World) -> None:
    stated = {(r["subject"], r["address"]) for r in w.case.current("address").to_pylist()}
    stated |= {(r["account"] or r["subject"], r["address"]) for r in w.case.current("derivation").to_pylist()}
    for row in w.rows("payments"):
        output = w.output(row["outpoint"])
        assert (row["account"], w.address(output)) in stated
        assert int(row["value_sat"]) == int(w.view.out_value[output])


def once(w: World) -> None:
    rows = w.rows("payments")
    for person in w.rows("persons"):
        mine = {r["outpoint"]: int(r["value_sat"]) for r in rows if r["person"] == person["person"]}
        assert int(person["payer_sat"]) + int(person["account_sat"]) == sum(mine.values())
        assert int(person["payer_payments"]) + int(person["account_payments"]) == len(mine)
    given = defaultdict(set)
    for r in w.case.current("address").to_pylist():
        if r["role"] == "payment":
            given[r["address"]].add(r["subject"])
    for row in rows:
        accounts = given[w.address(w.output(row["outpoint"]))]
        assert (int(row["stated_for_others"]) > 0) == bool(accounts - {row["account"]})


def releases(w: World) -> None:
    for row in w.rows("releases"):
        spent = w.spent(row["release_outpoint"])
        tagged = sum(sat for at, sat in spent if (row["service"], at) in w.tagged)
        assert tagged > 0, "a tagged address was spent"
        assert int(row["tagged_ppm"]) == tagged * 1_000_000 // sum(sat for _, sat in spent)
    chains = defaultdict(list)
    for r in w.rows("hops"):
        chains[r["package"], r["finding"], r["path"]].append(r)
    for path in chains.values():
        for hop in sorted(path, key=lambda r: int(r["seq"])):
            if hop["rule"] == "spend":
                there = {int(o) for o in _inputs(w, hop["tx"])}
                assert w.output(hop["outpoint_in"]) in there, "the ledger records that spend"


def _inputs(w: World, tx: str) -> list[int]:
    index = w.ledger.tx_index(tx.removeprefix("tx:"))
    return [int(o) for o in w.view.in_prev[int(w.view.tx_first_in[index]) : int(w.view.tx_first_in[index + 1])]]


def walks(w: World) -> None:
    whole = defaultdict(int)
    for name in ("releases", "ends"):
        for row in w.rows(name):
            whole[row["package"], row["person"], row["payment"]] += int(row["share_ppm"])
    paid = {(r["package"], r["person"], r["outpoint"]) for r in w.rows("payments")}
    assert whole.keys() == paid and set(whole.values()) == {1_000_000}
    drawn = defaultdict(list)
    for r in w.case.current("hop").to_pylist():
        drawn[r["finding"].hex(), r["path"]].append(r)
    tagged = {address for _, address in w.tagged}
    seen = 0
    for row in w.rows("ends"):
        for (finding, _), path in drawn.items():
            if finding == row["finding"] and row["grade"] == "inferred":
                seen += 1
                between = sorted(path, key=lambda r: r["seq"])[:-1]
                assert not {w.address(w.output(r["outpoint_in"])) for r in between} & tagged, (
                    "it would have ended there"
                )
    assert seen


def inferred(w: World) -> None:
    graded = {
        (f"{r['finding'].hex()}", r["release_outpoint"]): r["grade"] for r in w.case.current("release").to_pylist()
    }
    accepted = {d.finding.hex() for d, s in w.case.decisions() if s == "in_force" and d.verdict == "accepted"}
    assert {graded[r["finding"], r["release_outpoint"]] for r in w.rows("releases")} == {"recorded"}
    held = 0
    for package in w.packages:
        with (package / "data/tables/legal_requests_inferred.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                held += 1
                assert graded[row["finding"], row["release_outpoint"]] == "inferred" and row["finding"] in accepted
    assert "inferred" in graded.values(), "the case has some, so that leaving them out means something"
    for row in w.rows("payments"):
        if row["tie"] == "payer":
            ways = [r for r in w.rows("releases") if (r["package"], r["payment"]) == (row["package"], row["outpoint"])]
            assert any(r["customers"] != "none" for r in ways), "what counts in a sum is recorded"


def copies(w: World) -> None:
    given = defaultdict(lambda: defaultdict(set))
    listed = defaultdict(set)
    for r in w.case.current("address").to_pylist():
        if r["role"] == "payment":
            given[r["exhibit"].hex()][r["subject"]].add(r["address"])
    for r in w.case.current("account").to_pylist():
        listed[r["exhibit"].hex()].add(r["account"])
    members = {(r["package"], r["member"]) for r in w.rows("accounts") if r["member"].startswith("account:")}
    expected = {
        (package, account, text, one, other)
        for package, account in members
        for one in given
        for other in given
        if one != other and (account in given[other] or listed[other])
        for text in given[one][account] - given[other][account]
    }
    got = {(r["package"], r["account"], r["address"], r["exhibit"], r["lacking"]) for r in w.some("copies")}
    assert got == expected


def times(w: World) -> None:
    for row in w.rows("payments"):
        low, high = (datetime.fromisoformat(row[n].replace("Z", "+00:00")) for n in ("utc_low", "utc_high"))
        header = datetime.fromtimestamp(int(w.view.tx_time[w.ledger.tx_index(row["outpoint"].split(":")[1])]), UTC)
        assert (low, high) == (header - timedelta(hours=2), header + timedelta(hours=2))
    for row in w.case.current("event").to_pylist():
        assert row["utc_low"] is None or (row["utc_low"] <= row["utc_high"] and row["doubt"])


def shared(w: World) -> None:
    cites = defaultdict(set)
    for r in w.rows("basis"):
        if r["kind"] == "exhibit":
            cites[r["role"]].add((r["package"], r["finding"]))
    for row in w.rows("payments"):
        key = (row["package"], row["finding"])
        assert key in cites["for"] and (int(row["stated_for_others"]) > 0) == (key in cites["against"])


def tags(w: World) -> None:
    cites = {(r["package"], r["finding"]) for r in w.rows("basis") if r["kind"] == "tag" and r["role"] == "for"}
    for row in w.rows("releases"):
        assert row["answer"] == "denied" or ((row["package"], row["finding"]) in cites and row["tagged_ppm"])


def returned(w: World) -> None:
    told = defaultdict(list)
    for e in w.case.current("event").to_pylist():
        if e["kind"] == "withdrawal" and e["subject"].startswith("customer:"):
            told[e["object"], e["subject"]].append(e)
    stated = {(r["finding"], r["release_outpoint"]): r for r in w.case.current("release").to_pylist()}
    told_of = 0
    for row in w.rows("releases"):
        release = stated[bytes.fromhex(row["finding"]), row["release_outpoint"]]
        for customer in [] if row["returned"] == "none" else row["returned"].split(" "):
            told_of += 1
            assert any(
                e["address"] == release["address"] if e["address"] else e["amount_sat"] == release["value_sat"]
                for e in told["tx:" + row["release_outpoint"].split(":")[1], customer]
            )
    assert told_of
    of = defaultdict(set)
    for (_, outpoint), release in stated.items():
        rows = [e for (tx, _), found in told.items() if tx == "tx:" + outpoint.split(":")[1] for e in found]
        exact = [e for e in rows if (e["address"], e["amount_sat"]) == (release["address"], release["value_sat"])]
        of[outpoint] = {e["subject"] for e in exact}
    double = {r["finding"] for r in w.case.current("link").to_pylist() if r["rule"] == TWO_RETURNED.name}
    both = {r["payment"] for (_, o), r in stated.items() if len(of[o]) > 1}
    named = {r["id"]: r["object"] for r in w.case.current("finding").to_pylist()}
    assert both <= {named[id_] for id_ in double}


def values(w: World) -> None:
    pin = w.case.settings.pinned("price")[0]
    for row in w.rows("payments"):
        header = datetime.fromtimestamp(int(w.view.tx_time[w.ledger.tx_index(row["outpoint"].split(":")[1])]), UTC)
        if row["payment_day"] not in ("", "unknown"):
            assert row["payment_day"] == header.date().isoformat()
            worth = Decimal(row["payment_rate"]) * int(row["value_sat"]) / 100_000_000
            assert Decimal(row["payment_amount"]) == worth.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
            assert pin.digest[:12] in row["series"]


CHECKS: dict[str, Callable[..., None]] = {
    "records": records, "basis": basis, "same": same, "payments": payments, "once": once, "releases": releases,
    "walks": walks, "inferred": inferred,
}  # fmt: skip
"""A check for each key of METHOD."""
GUARDS: dict[str, Callable[..., None]] = {
    "records": copies, "times": times, "payments": shared, "releases": tags, "returns": returned, "values": values,
}  # fmt: skip
"""A check for each step of ERRORS."""


@pytest.fixture(scope="module")
def world(played: Path) -> World:
    return World(played)


def test_every_sentence_has_its_check() -> None:
    assert CHECKS.keys() == METHOD.keys()
    assert list(GUARDS) == [step for step, _, _ in ERRORS]


@pytest.mark.parametrize("sentence", METHOD)
def test_the_method_is_what_was_done(world: World, sentence: str, tmp_path: Path) -> None:
    check = CHECKS[sentence]
    check(world, tmp_path) if check is same else check(world)


@pytest.mark.parametrize("step", [step for step, _, _ in ERRORS])
def test_what_is_done_about_errors_is_done(world: World, step: str) -> None:
    GUARDS[step](world)


def test_the_report_prints_these_sentences_and_no_other_of_method(world: World, oracle) -> None:
    pypdf = oracle("pypdf")
    for package in world.packages:
        text = "".join(page.extract_text() for page in pypdf.PdfReader(package / "data/report.pdf").pages)
        flat = re.sub(r"\s", "", text)
        for sentence in METHOD.values():
            assert re.sub(r"\s", "", sentence) in flat or len(sentence) > 60  # a page may turn in a long one
        assert "earliesttime" not in flat and "backupsarecompared" not in flat
