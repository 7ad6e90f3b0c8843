"""Rank: unknown is never low, a file nobody reviewed moves nobody."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import findings
from leadline.model.meanings import PLACED
from leadline.model.tables import from_rows
from leadline.steps.rank import BANDS, HISTORY, REACH, SPEC, band, role

T0 = datetime(2016, 1, 1, tzinfo=UTC)
QUESTIONS = (*REACH, *HISTORY)


def test_each_band_from_its_answers():
    no, yes = frozenset({"no"}), frozenset({"yes"})
    assert band({"household_minor": yes}, categorised=False)[0] == "A"
    assert band({}, categorised=True)[0] == "A"
    assert band({"travel": yes}, categorised=False)[0] == "B"
    assert band({}, categorised=False)[0] == "U"
    assert band({"household_minor": no}, categorised=False)[0] == "U"
    assert band(dict.fromkeys(REACH, no), categorised=False)[0] == "C"
    assert band(dict.fromkeys(QUESTIONS, no), categorised=False)[0] == "D"


def test_a_yes_outweighs_a_contrary_no_and_both_are_said():
    letter, known, unknown = band({"household_minor": frozenset({"yes", "no"})}, categorised=False)
    assert letter == "A" and known == ["household_minor", "household_minor=no"]
    assert "household_minor" not in unknown


@pytest.mark.parametrize("letter", BANDS)
def test_unknown_is_no_basis_and_a_no_speaks_against_what_a_yes_puts_there(letter):
    assert role(letter, "unknown") is None
    low = letter in ("C", "D")  # bands that rest on every question answered no
    assert role(letter, "no") == ("for" if low else "against")
    assert role(letter, "yes") == ("against" if low else "for")


ANSWERS = st.dictionaries(st.sampled_from(QUESTIONS), st.frozensets(st.sampled_from(["yes", "no", "unknown"])))


@given(ANSWERS, st.sampled_from(QUESTIONS))
def test_losing_an_answer_never_lowers_anyone_below_unknown(answers, question):
    letter, known, unknown = band({q: a for q, a in answers.items() if q != question}, categorised=False)
    assert question in unknown
    assert BANDS.index(letter) <= BANDS.index("U") or question not in REACH
    assert not set(known) & set(unknown)


def member(ref, person="account:site/1", core="", finding=None, **more):
    """A membership row; a member stands in the person's own core unless another is given."""
    row = {"person": f"person:{person}", "member": ref, "part": 0, "core": f"person:{core or person}"}
    return row | {"finding": finding, "state": "key"} | more


def placed(core):
    """A located row of a core."""
    return {"finding": core[-1:].encode() * 32, "person": f"person:{core}", "jurisdiction": "jurisdiction:us",
            "reason": PLACED}  # fmt: skip


def answers(records, *rows):
    """Answers (subject, question, answer), each in a line of its own."""
    return records("circumstance", *({"subject": s, "kind": q, "answer": a} for s, q, a in rows))


def category(verdict="accepted"):
    """A decision of an examiner about the file in the queue, with a category."""
    row = (b"d" * 32, b"n" * 32, verdict, "category 1", "seen", b"b" * 32, "examiner", None, T0, False)
    return from_rows(findings.DECISION, [row])


@pytest.fixture
def case(records):
    """One person with one upload that stands in the review queue."""
    media = "media:" + "11" * 32
    return {
        "account": records("account", {"account": "account:site/1", "role": "user"}),
        "membership": records("membership", member("account:site/1")),
        "located": records("located", placed("account:site/1")),
        "event": records(
            "event",
            {"event": "event:site/upload/1", "subject": "account:site/1", "kind": "upload", "object": media},
        ),
        "review": records(
            "review",
            {
                "finding": b"n" * 32,
                "media": media,
                "series": None,
                "place": 1,
                "uploads": 1,
                "lists": "",
                "reviewed": False,
            },
        ),
    }


def test_a_never_seen_file_moves_nobody_until_an_examiner_decides(hand_inputs, case):
    out = SPEC.run(hand_inputs(SPEC, case))
    assert out["band"].column("band").to_pylist() == ["U"]
    out = SPEC.run(hand_inputs(SPEC, case, decided=category()))
    assert out["band"].column("band").to_pylist() == ["A"]
    assert ("decision", "decision:" + "64" * 32) in zip(
        out["basis"].column("kind").to_pylist(), out["basis"].column("ref").to_pylist(), strict=True
    )


@pytest.mark.parametrize("files", [1, 2])
def test_an_upload_by_a_digest_is_one_of_the_file_that_alone_has_it(hand_inputs, records, case, files):
    media, digest = "media:" + "11" * 32, "media:md5-" + "ab" * 16
    events = case["event"].to_pylist()[0] | {"object": digest}
    ties = [
        {"finding": bytes([n]) * 32, "media": digest, "file": f"media:{n + 11:02d}" + "11" * 31, "hasher": "md5"}
        for n in range(files)
    ]
    assert ties[0]["file"] == media
    tables = case | {"event": records("event", events), "named_digest": records("named_digest", *ties)}
    out = SPEC.run(hand_inputs(SPEC, tables, decided=category()))
    assert out["band"].column("band").to_pylist() == ["A" if files == 1 else "U"]
    assert ("finding:" + "00" * 32 in out["basis"].column("ref").to_pylist()) == (files == 1)


@pytest.mark.parametrize("verdict", ["accepted", "rejected", "unsure"])
def test_only_an_accepted_category_lifts_anyone(hand_inputs, case, verdict):
    out = SPEC.run(hand_inputs(SPEC, case, decided=category(verdict)))
    assert out["band"].column("band").to_pylist() == ["A" if verdict == "accepted" else "U"]
    assert ("decision" in out["basis"].column("kind").to_pylist()) == (verdict == "accepted")


def test_answers_rest_where_they_speak_and_unknown_ones_are_listed_apart(hand_inputs, records, case):
    asked = [("household_minor", "yes"), ("household_minor", "no"), ("travel", "no"), ("works_with_minors", "unknown")]
    case["circumstance"] = answers(records, *(("account:site/1", q, a) for q, a in asked))
    out = SPEC.run(hand_inputs(SPEC, case))
    row = out["band"].to_pylist()[0]
    assert (row["band"], row["known"]) == ("A", "household_minor,household_minor=no,travel=no")
    roles = {(r["locator"], r["role"]) for r in out["basis"].to_pylist() if r["kind"] == "exhibit"}
    assert {("line:1", "for"), ("line:2", "against"), ("line:3", "against")} <= roles
    assert not any(locator == "line:4" for locator, _ in roles)
    listed = {(r["question"], r["answer"], r["locator"]) for r in out["answer"].to_pylist()}
    assert listed == {(q, a, f"line:{n}") for n, (q, a) in enumerate(asked, 1)}


def test_what_is_known_of_a_suggested_member_moves_nobody(hand_inputs, records, case):
    other = member("customer:northgate/a", core="customer:northgate/a", finding=b"s" * 32, state="suggested")
    case["membership"] = records("membership", member("account:site/1"), other)
    case["located"] = records("located", placed("account:site/1"), placed("customer:northgate/a"))
    case["customer"] = records(
        "customer", {"customer": "customer:northgate/a", "service": "service:northgate", "holder": "individual"}
    )
    case["circumstance"] = answers(records, ("customer:northgate/a", "household_minor", "yes"))
    out = SPEC.run(hand_inputs(SPEC, case))
    band_of = {r["person"]: r for r in out["band"].to_pylist()}
    own, theirs = band_of["person:account:site/1"], band_of["person:customer:northgate/a"]
    assert (own["band"], own["known"], own["suggested"]) == ("U", "", "household_minor")
    assert (theirs["band"], theirs["known"], theirs["suggested"]) == ("A", "household_minor", "")
    assert "finding:" + (b"s" * 32).hex() not in out["basis"].column("ref").to_pylist()
    decided = other | {"core": "person:account:site/1", "state": "decided"}
    tables = case | {
        "membership": records("membership", member("account:site/1"), decided),
        "located": records("located", placed("account:site/1")),
    }
    out = SPEC.run(hand_inputs(SPEC, tables))
    assert out["band"].column("band").to_pylist() == ["A"]
    assert "finding:" + (b"s" * 32).hex() in out["basis"].column("ref").to_pylist()


def test_most_uploads_stand_first_and_equals_share_a_place(hand_inputs, records, case):
    accounts = [f"account:site/{n}" for n in range(1, 6)]
    uploads = {"account:site/1": 1, "account:site/2": 3, "account:site/3": 1, "account:site/4": 0, "account:site/5": 0}
    files = [f"media:{n:02d}{'11' * 31}" for n in range(3)]
    case["account"] = records("account", *({"account": a, "role": "user"} for a in accounts))
    case["membership"] = records("membership", *(member(a, a) for a in accounts))
    case["located"] = records("located", *(placed(a) for a in accounts))
    case["event"] = records(
        "event",
        *(
            {"event": f"event:site/upload/{a[-1]}{n}", "subject": a, "kind": "upload", "object": files[n]}
            for a, count in uploads.items()
            for n in range(count)
            for _ in range(2)  # each stands in two exhibits, and is one upload all the same
        ),
    )
    queued = {"series": None, "uploads": 1, "lists": "", "reviewed": False}
    case["review"] = records(
        "review", *({"finding": bytes([n]) * 32, "media": m, "place": n + 1, **queued} for n, m in enumerate(files))
    )
    rows = {r["person"].removeprefix("person:"): r for r in SPEC.run(hand_inputs(SPEC, case))["band"].to_pylist()}
    assert [(rows[a]["place"], rows[a]["sharing"]) for a in accounts] == [(2, 2), (1, 1), (2, 2), (4, 2), (4, 2)]


def test_an_upload_outside_the_decided_span_is_nobodys(hand_inputs, records, case):
    late = datetime(2017, 1, 1, tzinfo=UTC)
    decided = category()
    upload = case["event"].to_pylist()[0] | {"utc_low": T0, "utc_high": T0}
    del upload["source_text"]
    case["event"] = records("event", upload)
    for bounds, letter in (({"utc_from": late}, "U"), ({"utc_until": late}, "A"), ({"utc_until": T0}, "U"), ({}, "A")):
        case["membership"] = records("membership", member("account:site/1", **bounds))
        assert SPEC.run(hand_inputs(SPEC, case, decided=decided))["band"].column("band").to_pylist() == [letter]


def test_a_customer_without_a_record_of_its_own_rests_on_what_names_it(hand_inputs, records, case):
    del case["account"]
    out = SPEC.run(hand_inputs(SPEC, case))
    assert "finding:" + (b"1" * 32).hex() in out["basis"].column("ref").to_pylist()
