"""Every package of the played case: other programs accept it, and its figures are the findings' figures."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from click.testing import CliRunner

from leadline.cli import cli
from leadline.flow.custody import SELF_CONSISTENT
from leadline.store.case import open_case


def packages(played: Path) -> list[Path]:
    found = sorted((played / "case" / "packages").iterdir())
    assert found
    return found


def rows(package: Path, name: str) -> list[dict[str, str]]:
    with (package / "data" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_bagit_accepts_every_bag(played: Path, oracle) -> None:
    oracle("bagit")
    for package in packages(played):
        done = subprocess.run([sys.executable, "-m", "bagit", "--validate", package], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_case_validate_accepts_every_graph(played: Path, oracle) -> None:
    oracle("case_utils")
    program = Path(sys.executable).parent / "case_validate"
    for package in packages(played):
        data = package / "data"
        done = subprocess.run(
            [program, "--ontology-graph", data / "shapes.ttl", data / "graph.jsonld"], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_says_what_vouched_for_its_case(played: Path, oracle) -> None:
    pypdf = oracle("pypdf")
    for package in packages(played):
        info = (package / "bag-info.txt").read_text("utf-8")
        assert f"Case-Custody: {SELF_CONSISTENT}\n" in info
        text = " ".join(p.extract_text() for p in pypdf.PdfReader(package / "data" / "report.pdf").pages)
        assert "the case was self-consistent only" in " ".join(text.split())


def test_payments_accounts_and_sums_are_the_findings(played: Path) -> None:
    case = open_case(played / "case")
    paid = case.current("payment")
    value = dict(zip(paid["outpoint"].to_pylist(), paid["value_sat"].to_pylist(), strict=True))
    decided = {d.finding for d, state in case.decisions() if state == "in_force" and d.verdict == "accepted"}
    located = case.current("located").to_pylist()
    for package in packages(played):
        place = package.name.rpartition("-")[0]
        persons = {row["person"] for row in rows(package, "persons")}
        there = {row["person"] for row in located if row["jurisdiction"] == f"jurisdiction:{place}"}
        assert persons <= there
        for row in rows(package, "payments"):
            assert int(row["value_sat"]) == value[row["outpoint"]]
        for row in rows(package, "persons"):
            mine = [int(p["value_sat"]) for p in rows(package, "payments") if p["person"] == row["person"]]
            assert int(row["payer_sat"]) + int(row["account_sat"]) == sum(mine)
        for row in rows(package, "accounts"):
            assert bytes.fromhex(row["finding"]) in decided


def test_the_report_says_the_same_sums(played: Path, oracle) -> None:
    pypdf = oracle("pypdf")
    for package in packages(played):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(package / "data" / "report.pdf").pages)
        flat = "".join(text.split())
        for row in rows(package, "persons"):
            assert row["person"].replace(" ", "") in flat
            assert f"{int(row['payer_sat']) / 100_000_000:.8f}" in flat
        for row in rows(package, "payments"):
            assert row["outpoint"].removeprefix("outpoint:") in flat


def test_nobody_is_referred_for_what_nobody_decided(played: Path) -> None:
    case = open_case(played / "case")
    finding = case.current("finding")
    candidates = finding.filter(
        pc.is_in(finding["predicate"], pa.array(["payer_candidate", "user_candidate"]))
    ).to_pylist()
    verdict = {d.finding: d.verdict for d, state in case.decisions() if state == "in_force"}
    not_accepted = {c["id"].hex() for c in candidates if verdict.get(c["id"]) != "accepted"}
    pairs = {(c["subject"], c["object"]) for c in candidates if verdict.get(c["id"]) != "accepted"
             and c["predicate"] == "user_candidate"}  # fmt: skip
    for package in packages(played):
        for person in {row["person"] for row in rows(package, "accounts")}:
            tied = {r["member"] for r in rows(package, "accounts") if r["person"] == person}
            ties = {frozenset((r["member"], r["other"])) for r in rows(package, "accounts") if r["person"] == person}
            assert not any(a in tied and c in tied and {a, c} in ties for a, c in pairs)
        assert not not_accepted & {row["finding"] for row in rows(package, "accounts")}


def test_every_package_verifies_and_one_changed_byte_does_not(copied, tmp_path: Path) -> None:
    folder = copied()
    package = packages(folder)[0]
    key = str(folder / "training.key.pub")
    assert CliRunner().invoke(cli, ["verify", str(package), "--signer", key, "--json"]).exit_code == 0
    assert CliRunner().invoke(cli, ["verify", str(package), "--json"], standalone_mode=False).return_value != 0
    target = package / "data" / "tables" / "payments.csv"
    target.chmod(0o600)
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(bytes(data))
    result = CliRunner().invoke(cli, ["verify", str(package), "--signer", key, "--json"], standalone_mode=False)
    assert result.return_value != 0 or result.exception is not None


def test_a_package_holds_only_what_its_manifest_names(played: Path) -> None:
    for package in packages(played):
        listed = {line.split("  ", 1)[1] for line in (package / "manifest-sha256.txt").read_text().splitlines()}
        there = {str(p.relative_to(package)) for p in (package / "data").rglob("*") if p.is_file()}
        assert listed == there


def test_every_decision_about_a_person_s_records_travels(played: Path) -> None:
    case = open_case(played / "case")
    finding = {r["id"]: r for r in case.current("finding").to_pylist()}
    made = [(d, finding[d.finding]) for d, state in case.decisions() if state == "in_force"]
    seen = set()
    for package in packages(played):
        members = {r["member"] for r in rows(package, "accounts")}
        paid = {r["outpoint"] for r in rows(package, "payments")}
        carried = {r["finding"]: r["verdict"] for r in rows(package, "decisions")}
        for d, f in made:
            joins = f["predicate"] in ("payer_candidate", "user_candidate", "same_person")
            about = joins and {f["subject"], f["object"]} & members
            if about or (f["predicate"] in ("released", "customer_of_record") and f["object"] in paid):
                assert carried[d.finding.hex()] == d.verdict
                seen.add(d.verdict)
    assert seen >= {"accepted", "rejected"}


def test_report_graph_and_request_draw_the_same_hops(played: Path) -> None:
    """Every release of a package, in each of its forms, is the path that the case's hop rows are."""
    case = open_case(played / "case")
    paths: dict[str, dict[int, list[dict[str, str]]]] = {}
    for row in case.current("hop").to_pylist():
        paths.setdefault(row["finding"].hex(), {}).setdefault(row["path"], []).append(row)
    asked = 0
    for package in packages(played):
        sent = {(r["finding"], r["path"], r["seq"]): r for r in rows(package, "hops")}
        graph = json.loads((package / "data" / "graph.jsonld").read_text("utf-8"))["@graph"]
        drawn = {
            (n["ll:findingId"], f"outpoint:{n['ll:releaseTransactionHash']}:{n['ll:outputIndex']['@value']}"): n
            for n in graph
            if n["@type"] == "ll:Release"
        }
        for name in ("releases", "legal_requests", "legal_requests_inferred"):
            for r in rows(package, name):
                mine = [sorted(p, key=lambda h: h["seq"]) for p in paths[r["finding"]].values()]
                ends = [p for p in mine if p[-1]["outpoint_out"] == r["release_outpoint"]]
                assert ends and {p[0]["outpoint_out"] for p in mine} == {r["payment"]}
                assert min(len(p) for p in ends) - 1 == int(r["hops"])
                for path in ends:
                    for hop in path:
                        row = sent[r["finding"], str(hop["path"]), str(hop["seq"])]
                        assert (row["tx"], row["outpoint_out"]) == (hop["tx"], hop["outpoint_out"])
                        assert (row["rule"], int(row["score_ppm"])) == (hop["rule"], hop["score_ppm"])
                        assert int(row["value_sat"]) == hop["value_sat"]
                if name == "releases":
                    node = drawn[r["finding"], r["release_outpoint"]]
                    assert int(node["ll:privateTransactions"]["@value"]) == int(r["hops"])
                asked += name != "releases"
    assert asked
