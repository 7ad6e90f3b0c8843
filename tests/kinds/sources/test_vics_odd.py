"""VICS files that no tool should write and some do: read as far as they say something, else refused with the place."""

import io
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.flow import categories
from leadline.kinds import returned, source
from leadline.kinds.vics import reading
from leadline.model.progress import silent

HEAD = '{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media","value":['
MD5 = "AB" * 16
HUGE = "9" * 5000


def read(path: Path, records: str, encoding: str = "utf-8") -> list[tuple[object, ...]]:
    path.write_text(HEAD + records + "]}", encoding)
    rows = source.read("list", path).to_pylist()
    return [(r["entry"], r["hasher"], r["category"], r["quarantine"]) for r in rows]


def test_huge_numbers_and_repeated_ids(tmp_path: Path) -> None:
    record = f'{{"MediaID":{HUGE},"MediaSize":{HUGE},"Category":%s,"MD5":"{MD5}"}}'
    rows = read(tmp_path / "a.json", ",".join(record % category for category in (1, HUGE, "1e400", "NaN", "-0")))
    assert rows == [(0, "md5", "1", None), (1, "md5", HUGE, None), *((n, "md5", c, None) for n, c in
                    ((2, None), (3, None), (4, "0")))]  # fmt: skip


def test_halves_of_surrogates_become_question_marks(tmp_path: Path) -> None:
    odd = '{"Category":"\\ud800","AlternativeHashes":[{"HashName":"\\uDC00x","HashValue":"\\ud800"}]}'
    whole = f'{{"MD5":"{MD5}","Category":"\\ud83d\\ude00"}}'
    assert read(tmp_path / "a.json", f"{odd},{whole}") == [(0, "?x", "?", "not_hex"), (1, "md5", "\U0001f600", None)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(KindError, match="UTF-16") as caught:
        read(tmp_path / "a.json", f'{{"MD5":"{MD5}"}}', encoding)
    assert caught.value.remedy == "save it as UTF-8"
    file = io.StringIO((tmp_path / "a.json").read_bytes().decode("utf-8-sig", "replace"))
    with pytest.raises(KindError, match="UTF-16"):
        next(reading.media(file))


@pytest.mark.parametrize(
    ("records", "place"),
    [("{},[]", "entry:1"), ("{},{" + '"X":' + "[" * 100_000, "entry:1"), ('{"MD5":"' + MD5, "entry:0")],
)
def test_what_cannot_be_read_is_named_by_its_place(tmp_path: Path, records: str, place: str) -> None:
    with pytest.raises(KindError) as caught:
        read(tmp_path / "a.json", records)
    assert caught.value.where == f"a.json {place}"


@pytest.mark.parametrize(
    ("scheme", "category", "yes"),
    [("vics-us", "1", True), ("vics-us", "77", False), ("vics-us", HUGE, False), ("vics-uk", "C", True),
     ("vics-uk", "a\x1b[31m", False), ("vics", HUGE, False), ("vics", "\ud800", False)],
)  # fmt: skip
def test_a_category_is_one_of_its_scheme(scheme: str, category: str, yes: bool) -> None:
    assert reading.belongs(scheme, category) is yes


def test_a_category_outside_its_scheme_decides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "back.json"
    said = [
        f'{{"MD5":"{n:032x}","Category":{c}}}' for n, c in enumerate(("1", "77", HUGE, "1.0", '"<b>"', "true", "[1]"))
    ]
    path.write_text(HEAD + ",".join(said) + "]}")
    known = {"sha256": {}, "sha1": {}, "md5": {bytes.fromhex(f"{n:032x}"): f"media:md5-{n:032x}" for n in range(9)}}
    counts = categories.Counter()
    found = categories._categories(returned.read(path, silent, demanded=False).records, known, counts, reviewed=False)
    assert {media: category.said for media, category in found.items()} == {f"media:md5-{0:032x}": "vics-us: 1"}
    assert dict(counts) == {"outside": 5, "uncategorized": 1}
