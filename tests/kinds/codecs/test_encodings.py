"""Encodings: what Python writes with or without a mark is read as what it was."""

import pytest

from leadline.kinds.codecs.encodings import encoding_of

TEXT = "name;city\nAna;Praha\n"


@pytest.mark.parametrize(
    "codec", ["ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_latin_text_is_decoded_as_it_was_written(codec: str) -> None:
    assert TEXT.encode(codec).decode(encoding_of(TEXT.encode(codec))) == TEXT


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("text", ["имя", "名前", "n"])
def test_a_mark_decides_whatever_the_script(codec: str, text: str) -> None:
    assert text.encode(codec).decode(encoding_of(text.encode(codec))) == text


def test_of_bytes_that_say_nothing_none_is_guessed() -> None:
    assert encoding_of(b"") == encoding_of(b"\0\0\0\0") == encoding_of("имя".encode("cp1251")) == "utf-8"
