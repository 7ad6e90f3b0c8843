"""Hash lists: good rows read, bad rows kept aside, broken files refused with their place."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import KindError
from leadline.kinds.source import SOURCES, read, source_of
from leadline.model.meanings import QUARANTINE

MD5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(b"x").hexdigest()
PDQ = "ab" * 32
CONTEXT = "https://example.org/ProjectVic/DataModels/2.0.xml/US/$metadata"


def rows(path: Path) -> list[tuple[object, ...]]:
    return [
        (r["entry"], r["hasher"], r["value"].hex(), r["quality"], r["category"], r["scheme"], r["quarantine"])
        for r in read("list", path).to_pylist()
    ]


def test_each_source_names_a_kind_of_pin_with_columns() -> None:
    assert len({(s.kind, s.name) for s in SOURCES}) == len(SOURCES)
    for source in SOURCES:
        assert source.columns.key


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    zero = "00" * 32
    empty = hashlib.sha256(b"").hexdigest()
    lines = [
        "\ufeffSHA256,MD5,PDQ,PDQ Quality,Category,Scheme",
        f"{SHA256.upper()},{MD5},{PDQ},88,1,agency-a",
        f"{empty},,{zero},90,2,",
        f",{MD5[:30]},{PDQ},12,,",
        f",not a hash,{PDQ},,1,",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert source_of("list", path).name == "csv"
    assert rows(path) == [
        (0, "md5", MD5, None, "1", "agency-a", None),
        (0, "pdq-1", PDQ, 88, "1", "agency-a", None),
        (0, "sha256", SHA256, None, "1", "agency-a", None),
        (1, "pdq-1", zero, 90, "2", "unnamed", "all_zero"),
        (1, "sha256", empty, None, "2", "unnamed", "empty_file"),
        (2, "md5", MD5[:30], None, None, None, "wrong_length"),
        (2, "pdq-1", PDQ, 12, None, None, "low_quality"),
        (3, "md5", b"not a hash".hex(), None, "1", "unnamed", "not_hex"),
        (3, "pdq-1", PDQ, None, "1", "unnamed", "no_quality"),
    ]
    assert {r[-1] for r in rows(path)} - {None} <= set(QUARANTINE)


def record(**fields: object) -> dict[str, object]:
    return {"MediaID": 1, "Category": 1, **fields}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("kind", ["Media", "Cases"])
def test_vics(tmp_path: Path, bom: str, kind: str) -> None:
    picture = b"not decoded"
    media = [
        record(MD5=MD5.upper(), Category="2", VictimIdentified="True", Comments='a "Media": [ in a text'),
        record(SHA1="ab" * 20, Category=None, VictimIdentified=False, Miniature=base64.b64encode(picture).decode()),
        record(
            AlternativeHashes=[{"HashName": "PDQ", "HashValue": PDQ}, {"HashName": "PDQQuality", "HashValue": "77"}]
        ),
        record(PhotoDNA=base64.b64encode(bytes(range(144))).decode(), MD5=None),
    ]
    value = [{"CaseID": "c", "Media": media[:2]}, {"CaseID": "d", "Media": media[2:]}] if kind == "Cases" else media
    path = tmp_path / "list.json"
    path.write_text(bom + json.dumps({"@odata.context": f"{CONTEXT}#{kind}", "value": value}), encoding="utf-8")
    assert source_of("list", path).name == "vics"
    assert rows(path) == [
        (0, "md5", MD5, None, "2", "vics-us", None),
        (1, "sha1", "ab" * 20, None, None, None, None),
        (2, "pdq-1", PDQ, 77, "1", "vics-us", None),
        (3, "photodna", bytes(range(144)).hex(), None, "1", "vics-us", None),
    ]
    notes = read("list", path).column("note").to_pylist()
    assert notes[0] == "victim identified: contact the issuer"
    assert notes[1] == f"miniature sha256 {hashlib.sha256(picture).hexdigest()}"
    assert base64.b64encode(picture) not in str(read("list", path).to_pylist()).encode()


@pytest.mark.parametrize("cases", [False, True])
def test_vics_1_3(tmp_path: Path, cases: bool) -> None:
    media = [
        record(MD5=MD5.upper(), SHA1="AB" * 20, VictimIdentified="true", OffenderIdentified="false", Category=2),
        record(AlternativeHashes=[{"HashName": "PhotoDNA", "HashValue": base64.b64encode(bytes(range(144))).decode()}]),
    ]
    kind = "Cases" if cases else "Media"
    context = f"http://example.org/ICMEC/ProjectVic/DataModels/1.3.xml#{kind}"
    value = [{"CaseID": "c", "ContactName": "x", "Media": media}] if cases else media
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"odata.metadata": context, "value": value}), encoding="utf-8-sig")
    assert source_of("list", path).name == "vics"
    assert rows(path) == [
        (0, "md5", MD5, None, "2", "vics", None),
        (0, "sha1", "ab" * 20, None, "2", "vics", None),
        (1, "photodna", bytes(range(144)).hex(), None, "1", "vics", None),
    ]
    assert read("list", path).column("note").to_pylist()[0] == "victim identified: contact the issuer"


def test_a_list_longer_than_a_block_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    path.write_text("md5,sha1\n" + "".join(f"{n:032x},{n:040x}\n" for n in range(1, 30)))
    whole = read("list", path)
    monkeypatch.setattr("leadline.kinds.codecs.listrows.BLOCK", 7)
    assert read("list", path).equals(whole) and whole.num_rows == 58


@settings(max_examples=30, deadline=None)
@given(st.integers(20, 400), st.integers(0, 12), st.booleans())
def test_vics_does_not_depend_on_where_chunks_end(
    tmp_path_factory: pytest.TempPathFactory, chunk: int, count: int, cases: bool
) -> None:
    media = [record(MD5=f"{n:032x}", Tags=["x" * (n * 7)]) for n in range(1, count + 1)]
    value = [{"CaseID": "c", "Media": media[:3]}, {"Media": media[3:]}] if cases else media
    context = f"{CONTEXT}#{'Cases' if cases else 'Media'}"
    path = tmp_path_factory.mktemp("v") / "list.json"
    path.write_text(json.dumps({"@odata.context": context, "value": value}, indent=1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadline.kinds.vics.reading.CHUNK", max(chunk, len(context) + 40))
        assert [r[2] for r in rows(path)] == [f"{n:032x}" for n in range(1, count + 1)]


def test_a_cut_vics_file_names_the_entry(tmp_path: Path) -> None:
    text = json.dumps({"@odata.context": f"{CONTEXT}#Media", "value": [record(MD5=MD5), record(MD5=MD5)]})
    path = tmp_path / "list.json"
    path.write_text(text[:-20])
    with pytest.raises(KindError) as caught:
        read("list", path)
    assert caught.value.where == "list.json entry:1"


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b"\xff\xfe\x00 neither")
    with pytest.raises(KindError):
        read("list", path)
    path.write_text("name,value\n1,2\n")
    with pytest.raises(KindError):
        read("list", path)


@pytest.mark.parametrize(
    ("kind", "name", "text", "place"),
    [
        ("price", "day.csv", "date,close_usd\n2018-01-01,-5\n", "day.csv line:2"),
        ("price", "twice.csv", "date,close_usd\n2018-01-01,5\n2018-01-01,5\n", "twice.csv line:3"),
        ("list", "cut.json", '{"@odata.context": "x", "value": [{"MediaID": 1, "MD5": "', "cut.json"),
    ],
)
def test_a_pinned_file_that_cannot_be_read_is_named_with_its_place_and_a_remedy(
    tmp_path: Path, kind: str, name: str, text: str, place: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(KindError) as raised:
        read(kind, tmp_path / name)
    assert raised.value.where.startswith(place)
    assert raised.value.remedy
