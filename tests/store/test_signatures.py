"""A key vouches for just the decisions it signed, with just the words it signed; anything else is named as forged."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.conftest import ABOVE, CLAIM

from leadline.store import keys
from leadline.store.case import Case
from leadline.store.entry import Entry
from leadline.store.keys import Key
from leadline.store.signatures import forged, signature

WHAT = "categories of list 12, by the examiner"


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return keys.new(tmp_path / "examiner.key", "agency.example/examiner")


@pytest.fixture
def signed(small: Case, key: Key) -> Entry:
    """The log's entry of two decisions that the key vouches for."""
    rows = [{**claim, "verdict": "accepted", "reason": "seen"} for claim in (CLAIM, ABOVE)]
    small.decide(rows, signed=(key, WHAT))
    return small.log.entries[-1]


def reason(entry: Entry) -> str:
    return forged(entry, lambda name: b"")


def test_what_was_signed_holds_and_what_was_not_is_no_matter(small: Case, signed: Entry) -> None:
    assert len(signed.files) == 2 and reason(signed) == ""
    assert all(reason(entry) == "" for entry in small.log.entries if "signed" not in entry.note)


def test_a_decision_taken_away_or_added_is_seen(signed: Entry) -> None:
    first, *_ = sorted(signed.files)
    other = f"decisions/{'0' * 64}.json"
    for files in ({first: signed.files[first]}, {**signed.files, other: "0" * 64}):
        assert "not over the decisions" in reason(replace(signed, files=files))
    again = replace(signed, note={**signed.note, "again": [other]})
    assert "not over the decisions" in reason(again)


def test_other_words_are_seen(signed: Entry) -> None:
    assert "not over the decisions" in reason(replace(signed, note={**signed.note, "signed_as": "something else"}))


@pytest.mark.parametrize("part", ["signed_as", "signed", "signer"])
def test_a_part_that_is_missing_is_named(signed: Entry, part: str) -> None:
    note = {name: value for name, value in signed.note.items() if name != part}
    assert reason(replace(signed, note=note)) == "a signature of decisions lacks a part"


def test_the_signature_of_another_key_under_this_name_is_refused(signed: Entry, small: Case, tmp_path: Path) -> None:
    other = keys.new(tmp_path / "other.key", "agency.example/examiner")
    theirs = signature([d for d, _ in small.decisions()], other, WHAT)
    assert reason(replace(signed, note={**signed.note, **theirs})) == "", "whose key it is, verify's signers say"
    mixed = {**signed.note, "signed": theirs["signed"]}
    assert reason(replace(signed, note=mixed))
