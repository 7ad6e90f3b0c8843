"""A list says which of its picture hashes may meet none of ours, where its entries state types."""

import json
from pathlib import Path

import pytest

from leadline.cli import call
from leadline.kinds import source
from leadline.kinds.codecs.entries import MAY_MISS
from leadline.kinds.codecs.other_tools import MAY_MISS as REASONS
from leadline.kinds.codecs.other_tools import may_miss
from leadline.kinds.vics.writing import CONTEXT

PDQ = "1f" * 32
ALSO = [{"HashName": "PDQ", "HashValue": PDQ}, {"HashName": "PDQQuality", "HashValue": "90"}]


def stated(path: Path) -> dict[str, int]:
    said = source.read("list", path).schema.metadata or {}
    return json.loads(said.get(MAY_MISS, b"{}"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("image/gif",), "palette"), (("a/b.GIF",), "palette"), (("image/png",), "modes"), (("x.tiff",), "modes"),
        (("image/vnd.adobe.photoshop",), "modes"), (("video/x-matroska",), "matroska"),
        (("image/jpeg", "old.gif"), "palette"), (("image/jpeg",), None), (("gift",), None), (("gif.d/x",), None),
        ((None, 7, ""), None), ((None, "c.d.webm"), "matroska"),
    ],
)  # fmt: skip
def test_types_and_names_tell_what_can_be_concerned(words: tuple[object, ...], why: str | None) -> None:
    assert may_miss(*words) == why


def vics(path: Path, media: list[dict[str, object]], **case: str) -> Path:
    records = [{"MediaID": n, **one} for n, one in enumerate(media)]
    whole = {"@odata.context": CONTEXT.format(model="US", of="Cases"), "value": [{**case, "Media": records}]}
    path.write_text(json.dumps(whole))
    return path


def test_a_vics_list_of_another_tool(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    media: list[dict[str, object]] = [
        {"AlternativeHashes": ALSO, "MimeType": "image/gif"},
        {"AlternativeHashes": ALSO, "MediaFiles": [{"FileName": "b.png"}]},
        {"AlternativeHashes": ALSO, "RelativeFilePath": "c/d.mkv"},
        {"AlternativeHashes": ALSO, "MimeType": "image/jpeg"},
        {"MD5": "AB" * 16, "MimeType": "image/gif"},
    ]
    path = vics(tmp_path / "list.json", media, SourceApplicationName="Tool")
    assert stated(path) == {"matroska": 1, "modes": 1, "palette": 1}
    assert call(["hashlist", "info", str(path)]) == 0
    shown = capfd.readouterr().out
    assert all(f"1 perceptual hashes may meet none of ours: {words}" in shown for words in REASONS.values())
    assert not stated(vics(tmp_path / "own.json", media, SourceApplicationName="Leadline"))


def test_a_csv_list_with_names(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"pdq,quality,file name\n{PDQ},90,a.gif\n{PDQ},90,b.jpg\n{PDQ},90,\n")
    assert stated(path) == {"palette": 1}
    path.write_text(f"pdq,quality\n{PDQ},90\n")
    assert not stated(path)
    path.write_text(f"md5,file\n{'ab' * 16},a.gif\n")
    assert not stated(path)
