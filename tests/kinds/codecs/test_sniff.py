"""Types by content."""

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from leadline.kinds.codecs.sniff import HEAD, is_visual, sniff


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("BMP", "image/bmp"), ("TIFF", "image/tiff"),
     ("WEBP", "image/webp"), ("AVIF", "image/avif"), ("JPEG2000", "image/jp2"), ("ICO", "image/x-icon")],
)  # fmt: skip
def test_images_that_the_decoder_writes(form: str, media_type: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (20, 90, 160)).save(out, form)
    assert sniff(out.getvalue()[:HEAD]) == media_type
    assert is_visual(media_type)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"", "application/x-empty"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x1aE\xdf\xa3\x01\x00", "video/x-matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video/x-msvideo"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n", "message/rfc822"),
        (b'\xef\xbb\xbf{"value": []}', "application/json"),
        (b"-- MySQL dump 10.19\n", "application/sql"),
        (b"reference,name\n1,x\n", "text/plain"),
        ("имя,город\n".encode(), "text/plain"),
        ("имя,город\n".encode("utf-16"), "text/plain"),
        (b"name\x00\x01\x02", "application/octet-stream"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
    ],
)
def test_known_beginnings(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


def test_containers(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert sniff(out.getvalue()).endswith("spreadsheetml.sheet")
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t (a)")
    connection.commit()
    connection.close()
    assert sniff(path.read_bytes()[:HEAD]) == "application/vnd.sqlite3"


@given(st.text(min_size=2000, max_size=5000, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])))
def test_text_cut_inside_a_character_stays_text(text: str) -> None:
    assert sniff(b"x " + text.encode()[: HEAD - 2]).startswith(("text/", "message/"))


@given(st.binary(max_size=600))
def test_any_bytes_have_a_type(head: bytes) -> None:
    assert sniff(head).count("/") == 1


@pytest.mark.parametrize("lead", [0, 4])
def test_a_transport_stream_is_known_by_two_packets_and_a_shorter_head_is_none(lead: int) -> None:
    """Packets of 188 bytes begin with 0x47; M2TS puts a time of four bytes before each (ISO/IEC 13818-1)."""
    packets = (bytes(lead) + b"\x47" + bytes(187)) * 3
    assert sniff(packets) == "video/mp2t"
    assert all(sniff(packets[:length]).count("/") == 1 for length in range(len(packets)))
    assert sniff(packets[:188]) == "application/octet-stream"
