"""What VICS files state of their cases, and the order in which their categories are looked at."""

import io
import itertools
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import KindError
from leadline.kinds.vics import reading

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize("spelled", [ID, ID.upper(), "{" + ID + "}", f" {ID} ", ID.replace("-", "")])
def test_a_case_is_named_however_it_is_spelled(spelled: str) -> None:
    assert reading.case_ids(io.StringIO(json.dumps({"value": [{"Media": [], "CaseID": spelled}]}))) == {ID}


@given(st.lists(st.uuids(), max_size=4, unique=True), st.integers(0, 400))
def test_every_case_of_a_file_is_told_wherever_it_stands(ids: list[uuid.UUID], pad: int) -> None:
    """Before and after the media, and across the pieces in which a file is read."""
    cases = [{"CaseID": str(i), "Media": [{"MediaID": 1, "Tags": "x" * pad}]} for i in ids]
    cases += [{"Media": [], "CaseID": str(i)} for i in ids]
    text = json.dumps({"@odata.context": "x", "value": cases})
    whole = " " * (reading.CHUNK - pad - 60) + text
    assert reading.case_ids(io.StringIO(whole)) == {str(i) for i in ids}


def test_a_tag_is_no_case() -> None:
    record = {"Tags": f'"CaseID": "{ID}"'}
    assert reading.case_ids(io.StringIO(json.dumps({"value": [record]}))) == set()


def test_every_place_in_the_order_of_review_is_its_own() -> None:
    """Each category of the scheme, then those of other schemes, then none: no two of these tie."""
    said = [reading.said("vics-us", category) for category in ("1", "2", "3", "4", "5", "0")]
    places = [reading.gravity(s) for s in (*said, "other: 1", None)]
    assert all(a < b for a, b in itertools.pairwise(places))
    assert places[0] == 0
    assert reading.gravity("other: 1") == reading.gravity("another: 0") == reading.gravity("vics-us: A")
    assert reading.gravity(None) == reading.LEAST_GRAVE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("vics-us: 0", False), ("vics-us: 1", True), ("vics-us: 2", True), ("vics-us: 3", True),
        ("vics-us: 4", False), ("vics-us: 5", False), ("other: 0", True), ("other: 5", True),
    ],
)  # fmt: skip
def test_what_is_of_unlawful_material(said: str, expected: bool) -> None:
    assert reading.of_material(said) is expected


@pytest.mark.parametrize(
    ("scheme", "category", "expected"),
    [
        ("vics-us", "0", True), ("vics-us", "5", True), ("vics-us", "6", False), ("vics-us", "", False),
        ("other", "x" * 32, True), ("other", "x" * 33, False), ("other", "a\nb", False),
    ],
)  # fmt: skip
def test_which_categories_are_a_scheme_s(scheme: str, category: str, expected: bool) -> None:
    assert reading.belongs(scheme, category) is expected


@pytest.mark.parametrize("value", [True, "true", "TRUE", " True ", "1", 1])
def test_a_flag_that_is_set(value: object) -> None:
    assert reading.truth(value) is True


@pytest.mark.parametrize("value", [False, "false", "0", 0, 2, "", None, "yes", [], 1.0])
def test_a_flag_that_is_not_set(value: object) -> None:
    assert reading.truth(value) is False


@pytest.mark.parametrize("piece", [100, 117, 1000])
def test_a_list_is_the_same_in_whatever_pieces_it_is_read(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own JSON reader, which takes the file whole, is the oracle."""
    context = "http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    made = [{"MediaID": n, "Category": n % 3, "Tags": "ü" * n} for n in range(60)]
    text = json.dumps({"@odata.context": context, "value": made})
    monkeypatch.setattr(reading, "CHUNK", piece)
    assert list(reading.media(io.StringIO(text))) == json.loads(text)["value"]


def test_a_record_is_bounded_by_itself_not_by_what_was_read_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the longest a record may be, one that is longer is refused, however long the file is that holds short ones."""
    monkeypatch.setattr(reading, "CHUNK", 128)
    monkeypatch.setattr(reading, "LONGEST", 400)
    context = "http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    short = [{"MediaID": n, "Tags": "x" * 200} for n in range(20)]
    text = json.dumps({"@odata.context": context, "value": short})
    assert list(reading.media(io.StringIO(text))) == short
    text = json.dumps({"@odata.context": context, "value": [*short, {"MediaID": 20, "Tags": "x" * 4000}]})
    got = reading.media(io.StringIO(text))
    assert [next(got) for _ in short] == short
    with pytest.raises(KindError):
        next(got)


def test_a_list_that_breaks_off_is_refused_after_its_last_whole_record() -> None:
    context = "http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    whole = json.dumps({"@odata.context": context, "value": [{"MediaID": 1}, {"MediaID": 2}]})
    got = reading.media(io.StringIO(whole[:-8]))
    assert next(got) == {"MediaID": 1}
    with pytest.raises(KindError):
        next(got)


def test_cases_one_after_another_give_all_their_media() -> None:
    cases = [{"CaseID": str(n), "Media": [{"MediaID": 10 * n + m} for m in range(n)]} for n in range(4)]
    text = json.dumps({"@odata.context": "http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases", "value": cases})
    assert [row["MediaID"] for row in reading.media(io.StringIO(text))] == [10, 20, 21, 30, 31, 32]


HEAD = '{"@odata.context": "CONTEXT", "SourceApplicationName": "Tool", "SourceApplicationVersion": "7.1", '


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Media", "vics-us"),
        ("http://x/projectvic/DataModels/2.0.xml/UK/$metadata#Cases", "vics-uk"),
        ("http://x/ProjectVic/DataModels/1.3.xml/$metadata#Media", "vics"),
    ],
)
def test_whose_categories_a_context_names(text: str, found: str) -> None:
    head = HEAD.replace("CONTEXT", text)
    assert reading.context(head) == text and reading.scheme(text) == found
    assert reading.context(head.replace("@odata.context", "odata.metadata")) == text


@pytest.mark.parametrize("text", ["http://x/Other/2.0.xml/US/$metadata#Media", "http://x/ProjectVic/2.0.xml/US", ""])
def test_what_is_no_context_of_vics(text: str) -> None:
    assert reading.context(HEAD.replace("CONTEXT", text)) is None
    assert reading.context("x" * reading.HEAD + HEAD) is None


def test_the_program_is_named_before_the_media_only() -> None:
    cases = HEAD.replace("CONTEXT", "http://x/ProjectVic/2.0.xml/US/$metadata#Cases")
    assert reading.program(cases + '"Media": []}') == "Tool 7.1"
    assert reading.program(cases) == "Tool 7.1"
    assert reading.program(cases.replace("SourceApplicationVersion", "x") + '"Media": []}') == "Tool"
    media = '"Media": [{"SourceApplicationName": "Other", "SourceApplicationVersion": "1"}]}'
    assert reading.program('{"@odata.context": "a", ' + media) == ""
    assert reading.program(HEAD.replace("CONTEXT", "http://x/ProjectVic/2.0.xml/US/$metadata#Media")) == ""


def test_terms_stand_before_the_records() -> None:
    said = f'{{"{reading.LICENCE}": "for \\u0041 only", "value": [{{"{reading.LICENCE}": "other"}}]}}'
    assert reading.licence(said) == "for A only"
    assert reading.licence(f'{{"value": [{{"{reading.LICENCE}": "other"}}]}}') == ""
    assert reading.licence(f'{{"{reading.LICENCE}": "no records"}}') == ""
    assert reading.licence(f'{{"{reading.LICENCE}": "bad \\x", "value": []}}') == ""
