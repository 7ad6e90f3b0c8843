"""One maker under one name, whatever its EXIF headers say of the company."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs import camera_makers
from leadline.kinds.mapping.normalise import RULES


def named(*texts: str | None) -> list[str | None]:
    found: list[str | None] = camera_makers.name(RULES["name"](pa.array(texts, pa.string()))).to_pylist()
    return found


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("canon", ("Canon", "Canon Inc.", "CANON INC", " canon ")),
        ("nikon", ("NIKON CORPORATION", "Nikon", "NIKON")),
        ("olympus", ("OLYMPUS IMAGING CORP.", "OLYMPUS OPTICAL CO.,LTD", "OLYMPUS CORPORATION", "Olympus")),
        ("samsung", ("SAMSUNG", "Samsung Electronics", "Samsung Techwin")),
        ("lg", ("LG Electronics", "LGE", "LG")),
        ("fujifilm", ("FUJIFILM", "FUJI PHOTO FILM CO., LTD.", "FUJIFILM Corporation")),
        ("kodak", ("EASTMAN KODAK COMPANY", "KODAK")),
        ("casio", ("CASIO COMPUTER CO.,LTD.", "CASIO")),
        ("hp", ("Hewlett-Packard", "Hewlett-Packard Company", "HP")),
        ("leica", ("Leica Camera AG", "LEICA")),
        ("konica minolta", ("KONICA MINOLTA", "Konica Minolta Camera, Inc.")),
    ],
)
def test_spellings_of_one_maker(name: str, spellings: tuple[str, ...]) -> None:
    assert set(named(*spellings)) == {name}


def test_makers_stay_apart_and_nothing_is_lost() -> None:
    assert named("Canon", "Canonical", "Sony", "Sony Ericsson", "Co.", "...", None) == [
        "canon", "canonical", "sony", "sony ericsson", "co", "", None,
    ]  # fmt: skip


@given(st.text(max_size=20))
def test_a_name_is_its_own(text: str) -> None:
    (once,) = named(text)
    assert named(once) == [once]
    assert (once == "") == (RULES["name"](pa.array([text]))[0].as_py() == "")
