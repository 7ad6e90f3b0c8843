"""Who becomes a person of a package: accepted ties only, and the jurisdiction decided for their hypothesis."""

from datetime import timedelta

from tests.steps.refer.conftest import START

from leadline.model.findings import MEMBERSHIP
from leadline.model.tables import from_rows
from leadline.steps.refer import build
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.referred_persons import accepted, persons


def hypothesis(world, rows):
    """The world's source with this membership: (person, member, core) rows, a core being what decisions hold."""
    source = world.source()
    source.tables["membership"] = from_rows(
        MEMBERSHIP, [(p, m, 0, core, None, "suggested", None, None) for p, m, core in rows]
    )
    return source


def same(world, a, b):
    """A decided same_person finding."""
    id_ = world.claim("link", a, "same_person", b, ("exhibit", "exhibit:" + "aa" * 32, "line:1", "for"))
    world.decide(id_)
    return id_


def located(world, person, place="us"):
    """A decided located_in finding."""
    id_ = world.claim("link", person, "located_in", f"jurisdiction:{place}",
                      ("exhibit", "exhibit:" + "aa" * 32, "line:1", "for"))  # fmt: skip
    world.decide(id_)
    return id_


def test_a_merely_suggested_member_stays_out(world):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    located(world, "person:account:site/7")
    key = "person:account:site/7"
    members = [(key, f"account:site/{n}", key if n < 9 else "person:account:site/9") for n in (7, 8, 9)]
    source = hypothesis(world, members)
    found, held = persons(source, accepted(source))
    assert [p.members for p in found] == [("account:site/7", "account:site/8")] and not held


def test_ties_chain_and_the_key_names_the_person(world):
    world.decisions.clear()
    same(world, "account:site/8", "account:site/9")
    same(world, "account:site/9", "customer:harbour/1")
    located(world, "person:account:site/9", "gr")
    members = ("account:site/8", "account:site/9", "customer:harbour/1")
    source = hypothesis(world, [("person:account:site/9", m, "person:account:site/9") for m in members])
    found, _ = persons(source, accepted(source))
    assert [(p.ref, p.members, p.located[0][0]) for p in found] == [("person:account:site/9", members, "gr")]
    assert len(found[0].ties) == 2


def test_a_jurisdiction_holds_for_the_key_when_decisions_split_a_hypothesis(world):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    same(world, "customer:harbour/1", "customer:harbour/2")
    located(world, "person:account:site/7")
    everyone = ("account:site/7", "account:site/8", "customer:harbour/1", "customer:harbour/2")
    source = hypothesis(
        world, [("person:account:site/7", m, f"person:{everyone[0 if m in everyone[:2] else 2]}") for m in everyone]
    )
    found, held = persons(source, accepted(source))
    assert [p.ref for p in found] == ["person:account:site/7"]
    assert [h.person for h in held] == ["person:customer:harbour/1"]


def test_an_unknown_jurisdiction_gets_no_package(world, key, now, tmp_path):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    located(world, "person:account:site/7", "unknown")
    ref = "person:account:site/7"
    source = hypothesis(world, [(ref, f"account:site/{n}", ref) for n in (7, 8)])
    outcome = build(source, key, now, tmp_path)
    assert not outcome.packages and [h.jurisdiction for h in outcome.held] == ["unknown"]


def test_two_jurisdictions_get_a_package_each(world):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    located(world, "person:account:site/7", "us")
    located(world, "person:account:site/7", "kr")
    ref = "person:account:site/7"
    source = hypothesis(world, [(ref, f"account:site/{n}", ref) for n in (7, 8)])
    found, _ = persons(source, accepted(source))
    assert [place for place, _ in found[0].located] == ["kr", "us"]


def test_a_decision_that_joins_nobody_is_held_back_with_what_contradicts_it(world):
    world.decisions.clear()
    tie = same(world, "customer:harbour/1", "customer:harbour/2")
    world.add("conflict", tie, "kept_apart", "customer:harbour/1", "customer:harbour/2", "blocked", "A sentence.")
    source = hypothesis(
        world, [(f"person:{m}", m, f"person:{m}") for m in ("customer:harbour/1", "customer:harbour/2")]
    )
    found, held = persons(source, accepted(source))
    assert not found
    assert [(h.person, h.reason, h.where) for h in held] == [
        ("person:customer:harbour/2", "joined to nobody: kept_apart", f"finding:{tie.hex()}")
    ]


def test_a_payer_is_referred_without_the_account_and_its_files(world):
    """Person 0 is decided to be the payer alone, then to be the user from the second day on."""
    account = ("account:site/0", "customer:northgate/NG-0000")
    mine = [r for r in world.rows["membership"] if r[1] not in account]
    world.decisions = [d for d in world.decisions if d[1] != world.rows["membership"][1][4]]
    customer = f"person:{account[1]}"
    located(world, customer)
    world.rows["membership"] = [
        *mine,
        (f"person:{account[0]}", account[0], 0, f"person:{account[0]}", None, "key", None, None),
        (customer, account[1], 0, customer, None, "key", None, None),
    ]
    source = world.source()
    whole = dossier(source, "us", [p for p in persons(source, accepted(source))[0] if p.ref == customer], "test")
    paid = whole.tables["payments"].to_pylist()
    assert {r["tie"] for r in paid} == {"payer"} and {r["account"] for r in paid} == {account[0]}
    assert whole.tables["media"].num_rows == 0
    assert whole.tables["persons"].column("accounts").to_pylist() == [0]
    assert {r["member"] for r in whole.tables["accounts"].to_pylist()} == {account[1]}


def test_what_happened_outside_the_span_decided_is_nobodys(world):
    account, customer = "account:site/0", "customer:northgate/NG-0000"
    source = world.source()
    before = dossier(source, "us", [p for p in persons(source, accepted(source))[0] if account in p.members], "test")
    start = START + timedelta(days=1)
    world.rows["membership"] = [(*r[:6], start, None) if r[1] == account else r for r in world.rows["membership"]]
    world.decisions = [(*d[:3], "2016-03-02T12:00:00Z/..", *d[4:]) if d[3] == "../.." else d for d in world.decisions]
    source = world.source()
    after = dossier(source, "us", [p for p in persons(source, accepted(source))[0] if account in p.members], "test")
    assert before.tables["media"].num_rows and not after.tables["media"].num_rows
    kept = after.tables["payments"].to_pylist()
    assert all(r["tie"] == "payer" or r["utc_low"] >= start for r in kept)
    spans = {r["span"] for r in after.tables["accounts"].to_pylist() if r["predicate"] == "user_candidate"}
    assert spans == {"2016-03-02T12:00:00Z/.."} and customer in {
        r["member"] for r in after.tables["accounts"].to_pylist()
    }


def test_nothing_decided_is_nothing_referred(world, key, now, tmp_path):
    world.decisions.clear()
    outcome = build(world.source(), key, now, tmp_path)
    assert outcome.packages == () and outcome.held == () and not list(tmp_path.iterdir())
