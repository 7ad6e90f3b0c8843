"""What holds for every reader: it knows its own files, its locators resolve, bad files give one clear error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, LeadlineError, UsageError
from leadline.kinds.codecs.cells import text
from leadline.kinds.reader import HEAD_BYTES, Reader, Source
from leadline.kinds.readers import READERS
from leadline.model import locators

NAMES = [r.name for r in READERS] + ["page, MHTML"]


def reader_of(name: str) -> Reader:
    return next(r for r in READERS if r.name == name.partition(",")[0])


@pytest.mark.parametrize("name", NAMES)
def test_the_first_reader_that_agrees_is_the_right_one(name: str, examples: dict[str, Source]) -> None:
    path = examples[name].path
    head = path.read_bytes()[:HEAD_BYTES]
    assert next(r for r in READERS if r.sniff(head, path)) is reader_of(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_locator_resolves_to_its_row(name: str, examples: dict[str, Source], read: Callable[..., object]) -> None:
    """The values a record was made of stand where its locator says."""
    source, reader = examples[name], reader_of(name)
    seen = 0
    parts = read(source, name)
    assert isinstance(parts, dict)
    for rows in parts.values():
        for locator, row in rows:
            place = locators.parse(locator)
            if "reject" in row and row["reject"] == "cut_line" and "byte" in locator:
                continue
            values = reader.resolve(source, place)
            if "reject" in row or "image" in row:
                continue
            whole = "\n".join(text(v) or "" for _, v in values)
            for column, value in row.items():
                if column not in ("kind",) and value is not None and "&#" not in whole:
                    assert (text(value) or "") in whole, (name, locator, column)
            seen += 1
    assert seen or name == "page"


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_named_before_they_are_read(name: str, examples: dict[str, Source]) -> None:
    for part in reader_of(name).parts(examples[name], None, lambda *_: None):
        for batch in part.batches:
            assert tuple(batch.rows.column_names) == part.columns
            assert batch.rows.num_rows == len(batch.locators)


@pytest.mark.parametrize("name", NAMES)
def test_an_exhibit_is_never_written_to(name: str, examples: dict[str, Source], read: Callable[..., object]) -> None:
    folder = examples[name].path.parent
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    read(examples[name], name)
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["empty", "gone", "noise"])
def test_a_bad_file_is_one_clear_error(
    name: str, kind: str, examples: dict[str, Source], tmp_path: Path, read: Callable[..., object]
) -> None:
    path = tmp_path / "bad"
    if kind != "gone":
        path.write_bytes(b"" if kind == "empty" else bytes(range(256)) * 40)
    try:
        read(Source(bytes(32), path), name)
    except EvidenceError as error:
        assert error.where.startswith("exhibit:" + "00" * 32)
        assert error.remedy
        assert str(tmp_path) not in str(error)
    else:
        assert kind == "noise"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("locator", ["out:" + "0" * 64 + ":0", "row:nothing/1", "line:99999", "byte:9999998-9999999"])
def test_a_wrong_locator_is_refused(name: str, locator: str, examples: dict[str, Source]) -> None:
    with pytest.raises((UsageError, EvidenceError)):
        reader_of(name).resolve(examples[name], locators.parse(locator))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_anywhere_is_read_in_part_or_refused(
    name: str, examples: dict[str, Source], tmp_path: Path, read: Callable[..., object]
) -> None:
    data = examples[name].path.read_bytes()
    for share in range(1, 20):
        path = tmp_path / "cut"
        path.write_bytes(data[: len(data) * share // 20])
        try:
            read(Source(bytes(32), path), name)
        except LeadlineError as error:
            assert isinstance(error, EvidenceError)
            assert "exhibit:" in error.where
