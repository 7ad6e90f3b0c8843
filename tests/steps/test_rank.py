"""Rank: unknown is never low, a file nobody reviewed moves nobody."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.steps.rank import BANDS, HISTORY, REACH, SPEC, band

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


ANSWERS = st.dictionaries(st.sampled_from(QUESTIONS), st.frozensets(st.sampled_from(["yes", "no", "unknown"])))


@given(ANSWERS, st.sampled_from(QUESTIONS))
def test_losing_an_answer_never_lowers_anyone_below_unknown(answers, question):
    letter, known, unknown = band({q: a for q, a in answers.items() if q != question}, categorised=False)
    assert question in unknown
    assert BANDS.index(letter) <= BANDS.index("U") or question not in REACH
    assert not set(known) & set(unknown)


@pytest.fixture
def case(records):
    """One person with one upload that stands in the review queue."""
    media = "media:" + "11" * 32
    return {
        "account": records("account", {"account": "account:site/1", "role": "user"}),
        "membership": records(
            "membership",
            {"person": "person:account:site/1", "member": "account:site/1", "finding": None, "state": "key"},
        ),
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
    row = (b"d" * 32, b"n" * 32, "accepted", "category 1", "seen", b"b" * 32, "examiner", T0, False)
    out = SPEC.run(hand_inputs(SPEC, case, decided=from_rows(findings.DECISION, [row])))
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
    tables = case | {"event": records("event", events), "tied": records("tied", *ties)}
    row = (b"d" * 32, b"n" * 32, "accepted", "category 1", "seen", b"b" * 32, "examiner", T0, False)
    out = SPEC.run(hand_inputs(SPEC, tables, decided=from_rows(findings.DECISION, [row])))
    assert out["band"].column("band").to_pylist() == ["A" if files == 1 else "U"]
    assert ("finding:" + "00" * 32 in out["basis"].column("ref").to_pylist()) == (files == 1)
