"""VICS in, out, in: the same rows; the output is what Python's own JSON reader and the data model's names expect."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import KindError
from leadline.kinds import source
from leadline.kinds.vics import writing
from leadline.kinds.vics.writing import (
    MODELS,
    OLD,
    records_of,
    scheme_of,
    write_case,
    write_list,
)

HEX = "0123456789abcdefABCDEF"
digests = st.one_of(
    st.text(HEX, min_size=32, max_size=32),
    st.text(HEX, min_size=40, max_size=40),
    st.sampled_from(["", "zz", "0" * 32]),
)
flags = st.sampled_from([True, False, "true", "False", "TRUE", 1, None])


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A media record as exporters write them, good and bad."""
    found: dict[str, Any] = {"MediaID": draw(st.integers(0, 9)), "Category": draw(st.sampled_from([0, 1, 2, "3", 5]))}
    for name in ("MD5", "SHA1"):
        if draw(st.booleans()):
            found[name] = draw(digests)
    if draw(st.booleans()):
        found["PhotoDNA"] = base64.b64encode(draw(st.binary(min_size=144, max_size=144))).decode()
    others = []
    for _ in range(draw(st.integers(0, 2))):
        others.append({"HashName": "PDQ", "HashValue": draw(st.text(HEX, min_size=64, max_size=64))})
        others.append({"HashName": "PDQQuality", "HashValue": str(draw(st.integers(0, 100)))})
    if draw(st.booleans()):
        others.append({"HashName": "SHA256", "HashValue": draw(st.text(HEX, min_size=64, max_size=64))})
    if others:
        found["AlternativeHashes"] = others
    for name in ("VictimIdentified", "OffenderIdentified", "IsDistributed"):
        found[name] = draw(flags)
    return found


CONTEXTS = {
    scheme_of(model): ("@odata.context", f"http://x/ProjectVic/DataModels/2.0.xml/{model}/$metadata#Media")
    for model in MODELS
} | {OLD: ("odata.metadata", "http://x/ProjectVic/DataModels/1.3.xml#Media")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of every example."""
    return tmp_path_factory.mktemp("vics")


@given(media=st.lists(records(), max_size=8), scheme=st.sampled_from(sorted(CONTEXTS)))
@settings(max_examples=150, deadline=None)
def test_in_out_in_is_the_same(folder: Path, media: list[dict[str, Any]], scheme: str) -> None:
    first, second = folder / "vics-in.json", folder / "vics-out.json"
    key, context = CONTEXTS[scheme]
    first.write_text(json.dumps({key: context, "value": media}), encoding="utf-8")
    before = source.read("list", first)
    with second.open("w", encoding="utf-8") as file:
        count = write_list(file, records_of(source.as_listed(before), scheme), scheme)
    written = json.loads(second.read_text("utf-8"))
    assert len(written["value"]) == count == len({r["entry"] for r in before.to_pylist()})
    after = source.read("list", second)
    numbers = {old: new for new, old in enumerate(sorted({r["entry"] for r in before.to_pylist()}))}
    assert [{**r, "entry": numbers[r["entry"]]} for r in before.to_pylist()] == after.to_pylist()


def test_categories_of_another_scheme_stay_behind(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("md5,category,scheme\n" + "a" * 32 + ",1,vics-us\n" + "b" * 32 + ",1,agency-a\n")
    made = list(records_of(source.as_listed(source.read("list", path)), "vics-us"))
    assert [r.get("Category") for r in made] == [1, None]
    assert [r["MD5"] for r in made] == ["A" * 32, "B" * 32]


def test_a_case_holds_its_facts_and_its_media() -> None:
    out = io.StringIO()
    assert write_case(out, {"CaseNumber": "7"}, [{"MediaID": 0}, {"MediaID": 1}], "US") == 2
    read = json.loads(out.getvalue())
    assert read["@odata.context"].endswith("2.0.xml/US/$metadata#Cases")
    assert read["value"] == [{"CaseNumber": "7", "Media": [{"MediaID": 0}, {"MediaID": 1}]}]


def test_an_unknown_model_or_scheme_is_refused() -> None:
    with pytest.raises(KindError):
        write_case(io.StringIO(), {}, [], "XX")
    with pytest.raises(KindError):
        write_list(io.StringIO(), [], "agency-a")


def test_hashes_stand_where_the_model_has_them_and_the_rest_by_their_names() -> None:
    """MD5 and SHA-1 in fields of their own, once; PhotoDNA in Base64; all others with PDQ's quality beside it."""
    found = writing.hashes(
        [("md5", b"\x0a" * 16, None), ("md5", b"\x0b" * 16, None), ("sha1", b"\x0c" * 20, None),
         ("sha256", b"\x0d" * 32, None), ("pdq", b"\x0e" * 32, 80), ("pdq", b"\x0f" * 32, None),
         ("md5", "no hex", None)]
    )  # fmt: skip
    assert found == {
        "MD5": "0A" * 16, "SHA1": "0C" * 20,
        "AlternativeHashes": [
            {"HashName": "MD5", "HashValue": "0B" * 16}, {"HashName": "SHA256", "HashValue": "0D" * 32},
            {"HashName": "PDQ", "HashValue": "0E" * 32}, {"HashName": "PDQQuality", "HashValue": "80"},
            {"HashName": "PDQ", "HashValue": "0F" * 32}, {"HashName": "MD5", "HashValue": "no hex"},
        ],
    }  # fmt: skip
    assert writing.hashes([("sha1", b"\x0c" * 20, None)]) == {"SHA1": "0C" * 20}
    assert writing.hashes([]) == {}
