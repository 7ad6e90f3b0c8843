"""Which machine served it: the order of signs, what speaks against each, ties; twenty seeds of the training case."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from leadline.kinds.reader import Source
from leadline.model.catalog import TABLES
from leadline.model.progress import silent
from leadline.model.tables import from_rows
from leadline.scenario.names import SERVER_IP
from leadline.scenario.pages import write_config, write_pages
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options
from leadline.steps.intake import read_exhibit
from leadline.steps.link import SPEC
from leadline.steps.link.leaks import sign_ref

SITE = "service:site"
Row = dict[str, Any]


@pytest.fixture
def leaked(hand_inputs: Any, records: Any) -> Any:
    """A function: (subject, kind, value, exhibit number) of identifiers to rows of leak by value, and the basis."""

    def run(*stated: tuple[str, str, str, int]) -> tuple[dict[str | None, Row], list[Row]]:
        rows = [
            {
                "subject": s,
                "kind": k,
                "value": v,
                "normal": v,
                "exhibit": bytes([n]) * 32,
                "locator": f"byte:{i}-{i + 1}",
            }
            for i, (s, k, v, n) in enumerate(stated)
        ]
        out = SPEC.run(hand_inputs(SPEC, {"identifier": records("identifier", *rows)}))
        return {row["value"]: row for row in out["leak"].to_pylist()}, out["basis"].to_pylist()

    return run


def test_what_a_server_writes_of_itself_stands_before_every_mention(leaked: Any) -> None:
    rows, _ = leaked(
        (SITE, "ip", "198.19.0.1", 1), (SITE, "ip", "198.19.0.1", 2), (SITE, "ip", "198.19.0.1", 3),
        (SITE, "server_ip", "198.19.0.2", 1), (SITE, "banner", "nginx/1.10.3", 1), (SITE, "host", "a.test", 1),
    )  # fmt: skip
    places = {value: (row["place"], row["sharing"], row["names"]) for value, row in rows.items()}
    assert places == {
        "198.19.0.2": (1, 1, "machine"), "198.19.0.1": (2, 1, "machine"),
        "a.test": (3, 1, "owner"), "nginx/1.10.3": (4, 1, "program"),
    }  # fmt: skip
    assert (rows["198.19.0.1"]["exhibits"], rows["198.19.0.1"]["places"]) == (3, 3)


def test_more_exhibits_come_first_and_more_places_of_one_do_not(leaked: Any) -> None:
    one, two, three = ((SITE, "server_ip", f"198.19.0.{n}") for n in (1, 2, 3))
    rows, _ = leaked(
        (*one, 1), (*one, 1), (*two, 1), (*three, 1), (*three, 2),
    )  # fmt: skip
    assert {v: (r["place"], r["sharing"]) for v, r in rows.items()} == {
        "198.19.0.3": (1, 1), "198.19.0.1": (2, 2), "198.19.0.2": (2, 2),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "doubts"),
    [
        ("server_ip", "198.19.0.1", ""),
        ("ip", "198.19.0.1", "mentioned"),
        ("server_ip", "10.1.2.3", "private_range"),
        ("server_ip", "172.31.0.1", "private_range"),
        ("server_ip", "172.32.0.1", ""),
        ("server_ip", "fd00::1", "private_range"),
        ("server_ip", "2a00::1", ""),
        ("ip", "203.0.113.9", "mentioned,documentation"),
        ("ip", "2001:db8::1", "mentioned,documentation"),
        ("ip", "8.8.8.8", "mentioned,resolver,version_like"),
        ("ip", "29.1.2.3", "mentioned,version_like"),
        ("ip", "30.1.2.3", "mentioned"),
        ("server_ip", "29.1.2.3", ""),
        ("host", "fonts.googleapis.com", "library"),
        ("host", "notgoogleapis.com", ""),
        ("certificate", "ab" * 32, ""),
    ],
)
def test_what_speaks_against_a_sign(leaked: Any, kind: str, value: str, doubts: str) -> None:
    rows, _ = leaked((SITE, kind, value, 1))
    assert rows[value]["doubts"] == doubts


def test_a_visitor_s_address_is_no_leak_before_others_and_the_record_stands_against_it(leaked: Any) -> None:
    rows, basis = leaked(
        (SITE, "server_ip", "198.19.0.1", 1), (SITE, "ip", "198.19.0.9", 1), ("account:site/1", "ip", "198.19.0.1", 2),
        ("account:site/1", "email", "198.19.0.9", 2),
    )  # fmt: skip
    assert rows["198.19.0.1"]["doubts"] == "visitor"
    assert (rows["198.19.0.9"]["place"], rows["198.19.0.1"]["place"]) == (1, 2)
    own = [r for r in basis if r["finding"] == rows["198.19.0.1"]["finding"]]
    assert {(r["role"], r["locator"]) for r in own} == {("for", "byte:0-1"), ("against", "byte:2-3")}


def test_what_can_name_a_private_person_is_not_spelled_out(leaked: Any) -> None:
    rows, _ = leaked((SITE, "email", "a@example.org", 1))
    assert set(rows) == {None}
    assert rows[None]["kind"] == "email"


def test_accounts_have_no_leaks_and_each_service_an_order_of_its_own(leaked: Any) -> None:
    rows, _ = leaked(
        ("account:site/1", "ip", "198.19.0.1", 1), (SITE, "server_ip", "198.19.0.2", 1),
        ("service:other", "server_ip", "198.19.0.3", 1),
    )  # fmt: skip
    assert {v: (r["service"], r["place"], r["sharing"]) for v, r in rows.items()} == {
        "198.19.0.2": (SITE, 1, 1), "198.19.0.3": ("service:other", 1, 1),
    }  # fmt: skip


def test_a_sign_s_ref_is_of_its_kind_and_value() -> None:
    assert sign_ref("host", "a.test") == "sign:host/" + hashlib.sha256(b"a.test").hexdigest()[:16]


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_planted_leak_is_found_and_stands_first_alone(seed: int, tmp_path: Path, hand_inputs: Any) -> None:
    plan, _ = draw_plan(Options(SIZES["tiny"], seed))
    png = b"\x89PNG\r\n\x1a\n" + b"u" * 90
    names = write_pages(tmp_path, plan, png, png + b"2")
    write_config(tmp_path / "site.conf", seed)
    stated = []
    for name in [*names, "site.conf"]:
        path = tmp_path / name
        source = Source(hashlib.sha256(path.read_bytes()).digest(), path)
        stated += read_exhibit(source, None, silent)["identifier"].to_pylist()
    spec = TABLES["identifier"]
    table = from_rows(spec, [tuple(row[c.name] for c in spec.columns) for row in stated])
    leak = SPEC.run(hand_inputs(SPEC, {"identifier": table}))["leak"].to_pylist()
    first = [(row["value"], row["exhibits"]) for row in leak if row["place"] == 1]
    assert first == [(SERVER_IP, 2)]
    decoys = {row["value"]: row["doubts"] for row in leak if row["names"] == "machine" and row["value"] != SERVER_IP}
    assert len(decoys) >= 4 and all(decoys.values())
