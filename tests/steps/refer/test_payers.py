"""Who is decided to have paid which payment: a decision counts for the payments it names, in its span, and no other."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.steps.refer.conftest import START, World, outpoint, person, sha

from leadline.model.predicates import PREDICATES
from leadline.model.spans import Span, written
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.left_out import REASONS
from leadline.steps.refer.referred_persons import accepted, persons

ACCOUNT, FIRST, SECOND = "account:site/0", "customer:northgate/NG-0000", "customer:northgate/NG-9001"
NAMED = (0, 1, 3)
"""Payments of person 0 that a return names FIRST for over recorded spends; payment n comes on day n."""


def second(world: World, named: tuple[int, ...] = NAMED, listed: tuple[int, ...] = NAMED) -> bytes:
    """A return names SECOND for the same outputs; his payer_candidate lists some of them."""
    records = {}
    for n in named:
        paid, released = outpoint(f"pay 0 {n}", n % 2), outpoint(f"release 0 {n}", 3)
        stated = next(r for r in world.rows["release"] if r[3] == released)
        address = stated[5] if n else None
        world.add("event", f"event:northgate/withdrawal/s{n}", SECOND, "withdrawal", "tx:" + released.split(":")[1],
                  address, stated[4], START, START, "none", None, sha("return"), f"line:{70 + n}")  # fmt: skip
        records[n] = world.claim("link", SECOND, "customer_of_record", paid,
                                 ("exhibit", f"exhibit:{sha('return').hex()}", f"line:{70 + n}", "for"))  # fmt: skip
    rests = [("finding", f"finding:{records[n].hex()}", "", "for") for n in listed]
    world.add("membership", f"person:{SECOND}", SECOND, 0, f"person:{SECOND}", None, "key", None, None)
    located = world.claim("link", f"person:{SECOND}", "located_in", "jurisdiction:us",
                          ("exhibit", f"exhibit:{sha('return').hex()}", "line:2", "for"))  # fmt: skip
    world.add(
        "located", located, f"person:{SECOND}", "jurisdiction:us", "A service's customer record names this country."
    )
    world.decide(located)
    return world.claim("link", ACCOUNT, "payer_candidate", SECOND, *rests)


def world_of(first: Span, other: Span, **more: tuple[int, ...]) -> World:
    """Person 0 and SECOND, each decided payer of one account for a span."""
    world = World()
    ids = person(world, 0, payments=5)
    world.decide(ids["candidate"], value=written(first))
    world.decide(ids["user"], value="../..")
    world.decide(ids["located"])
    world.decide(second(world, **more), value=written(other))
    return world


Rows = list[dict[str, object]]


def read(world: World) -> tuple[dict[str, dict[str, str]], Rows]:
    """{person: {outpoint: tie}} of the dossier, and its rows of PAYERS."""
    source = world.source()
    made = dossier(source, "us", persons(source, accepted(source))[0], "test")
    found: dict[str, dict[str, str]] = {}
    for r in made.tables["payments"].to_pylist():
        found.setdefault(r["person"], {})[r["outpoint"]] = r["tie"]
    return found, made.tables["payers"].to_pylist()


days = st.integers(min_value=-1, max_value=7)


@settings(max_examples=25, deadline=None)
@given(cut=days, gap=st.integers(min_value=0, max_value=2), hours=st.integers(min_value=0, max_value=23))
def test_two_payers_in_different_spans_never_get_each_other_s_payments(cut: int, gap: int, hours: int) -> None:
    """Every return names both for every output: only the spans decided tell whose a payment is."""
    end = START + timedelta(days=cut, hours=hours)
    begin = end + timedelta(days=gap)
    found, _ = read(world_of(Span(None, end), Span(begin, None)))
    mine = {o for o, tie in found.get("person:account:site/0", {}).items() if tie == "payer"}
    his = {o for o, tie in found.get(f"person:{SECOND}", {}).items() if tie == "payer"}
    at = {outpoint(f"pay 0 {n}", n % 2): START + timedelta(days=n) for n in NAMED}
    assert mine == {o for o, when in at.items() if when + timedelta(hours=2) < end}
    assert his == {o for o, when in at.items() if when >= begin}
    assert not mine & his


def test_a_payer_decided_for_somebody_else_is_not_called_undecided() -> None:
    found, payers = read(world_of(Span(None, START + timedelta(days=1)), Span(START + timedelta(days=1), None)))
    last = outpoint("pay 0 3", 1)
    assert found["person:account:site/0"][last] == "account", "he uses the account, another paid"
    said = {(r["customer"], r["whose"], r["state"]) for r in payers
            if r["person"] == "person:account:site/0" and r["payment"] == last}  # fmt: skip
    assert said == {(FIRST, "own", "outside_span"), (SECOND, "other", "counted")}


def test_a_decision_counts_for_the_payments_its_finding_names_alone() -> None:
    """The return names him for three outputs; the finding that was decided lists one."""
    found, _ = read(world_of(Span(None, START), Span(), listed=(1,)))
    assert {o for o, tie in found[f"person:{SECOND}"].items() if tie == "payer"} == {outpoint("pay 0 1", 1)}


def test_every_counted_payer_names_decision_record_and_the_place_in_the_return() -> None:
    _, payers = read(world_of(Span(), Span(START + timedelta(days=30), None)))
    counted = {r["payment"]: r for r in payers if r["state"] == "counted"}
    assert counted.keys() == {outpoint(f"pay 0 {n}", n % 2) for n in NAMED}
    for n in NAMED:
        row = counted[outpoint(f"pay 0 {n}", n % 2)]
        assert (row["locator"], row["exhibit"]) == (f"line:{20 + n}", sha("return").hex())
        assert row["release_outpoint"] == outpoint(f"release 0 {n}", 3)
    unrecorded = [r["payment"] for r in payers if r["state"] == "unrecorded"]
    assert unrecorded == [outpoint("pay 0 4", 0)], "its release is graded inferred"


def test_every_claim_that_can_be_left_out_has_its_reason() -> None:
    """All but those that stand in a package or beside it whoever they are about: a place, a band, a payer."""
    assert PREDICATES.keys() - REASONS.keys() == {"located_in", "banded", "payer_candidate"}
