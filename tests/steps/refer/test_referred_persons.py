"""Who becomes a person of a package: accepted ties only, and the jurisdiction decided for their hypothesis."""

from leadline.model.findings import MEMBERSHIP
from leadline.model.tables import from_rows
from leadline.steps.refer import build
from leadline.steps.refer.referred_persons import accepted, persons


def hypothesis(world, rows):
    """The world's source with this membership: (person, member) pairs."""
    source = world.source()
    source.tables["membership"] = from_rows(MEMBERSHIP, [(p, m, None, "suggested") for p, m in rows])
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
    source = hypothesis(world, [("person:account:site/7", f"account:site/{n}") for n in (7, 8, 9)])
    found, held = persons(source, accepted(source))
    assert [p.members for p in found] == [("account:site/7", "account:site/8")] and not held


def test_ties_chain_and_the_key_names_the_person(world):
    world.decisions.clear()
    same(world, "account:site/8", "account:site/9")
    same(world, "account:site/9", "customer:harbour/1")
    located(world, "person:account:site/9", "gr")
    members = ("account:site/8", "account:site/9", "customer:harbour/1")
    source = hypothesis(world, [("person:account:site/9", m) for m in members])
    found, _ = persons(source, accepted(source))
    assert [(p.ref, p.members, p.located[0][0]) for p in found] == [("person:account:site/9", members, "gr")]
    assert len(found[0].ties) == 2


def test_a_jurisdiction_holds_for_the_key_when_decisions_split_a_hypothesis(world):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    same(world, "customer:harbour/1", "customer:harbour/2")
    located(world, "person:account:site/7")
    everyone = ("account:site/7", "account:site/8", "customer:harbour/1", "customer:harbour/2")
    source = hypothesis(world, [("person:account:site/7", m) for m in everyone])
    found, held = persons(source, accepted(source))
    assert [p.ref for p in found] == ["person:account:site/7"]
    assert [h.person for h in held] == ["person:customer:harbour/1"]


def test_an_unknown_jurisdiction_gets_no_package(world, key, now, tmp_path):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    located(world, "person:account:site/7", "unknown")
    outcome = build(hypothesis(world, [("person:account:site/7", "account:site/7")]), key, now, tmp_path)
    assert not outcome.packages and [h.jurisdiction for h in outcome.held] == ["unknown"]


def test_two_jurisdictions_get_a_package_each(world):
    world.decisions.clear()
    same(world, "account:site/7", "account:site/8")
    located(world, "person:account:site/7", "us")
    located(world, "person:account:site/7", "kr")
    source = hypothesis(world, [("person:account:site/7", f"account:site/{n}") for n in (7, 8)])
    found, _ = persons(source, accepted(source))
    assert [place for place, _ in found[0].located] == ["kr", "us"]


def test_nothing_decided_is_nothing_referred(world, key, now, tmp_path):
    world.decisions.clear()
    outcome = build(world.source(), key, now, tmp_path)
    assert outcome.packages == () and outcome.held == () and not list(tmp_path.iterdir())
