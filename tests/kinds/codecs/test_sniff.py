"""Types by content."""

import io
import sqlite3
import tarfile
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


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return out.getvalue()


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (_tar(), "application/x-tar"),
        (_zip("a.txt"), "application/zip"), (_zip(), "application/zip"),
        (_zip("word/document.xml"), OFFICE + "wordprocessingml.document"),
        (_zip("ppt/slides.xml"), OFFICE + "presentationml.presentation"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"), (b"\xff\xf3\x90\x00", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" * 8, "application/octet-stream"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"), (b"RIFF\x24\x00\x00\x00ABCD", "application/octet-stream"),
        *((b"\x00\x00\x00\x20" + atom + bytes(9), "video/quicktime") for atom in (b"moov", b"mdat", b"wide")),
        (b"\x00\x00\x00\x18ftypheix", "image/heic"), (b"\x00\x00\x00\x18ftypavis", "image/avif"),
        (b"\x00\x00\x00\x18ftypXXXX", "video/mp4"),
        ((b"\x47" + bytes(187)) * 2, "video/mp2t"), (bytes(4) + (b"\x47" + bytes(191)) * 2, "video/mp2t"),
        (b"\x47" + bytes(187) + b"\x46" + bytes(20), "application/octet-stream"),
        (b"BM" + bytes(12), "application/octet-stream"), (b"BM" + bytes(13), "image/bmp"),
        (b"BM" + b"\x01" * 20, "application/octet-stream"),
        (b"<svg viewBox='0 0 1 1'>", "image/svg+xml"), (b"<?xml version='1.0'?>\n<html>", "text/html"),
        (b"<?xml version='1.0'?><a/>", "application/xml"), (b"<head>", "text/html"), (b"  <html>", "text/html"),
        (b"Received: from a\r\n", "message/rfc822"), (b"Return-Path: <a>\n", "message/rfc822"),
        (b"Subject: x\nMIME-Version: 1.0\n", "message/rfc822"), (b"MIME: x\n", "text/plain"),
        (b"-- MariaDB dump 10", "application/sql"), (b"/*!40101 SET", "application/sql"),
        (b"-- PostgreSQL database dump", "application/sql"), (b"-- a comment", "text/plain"),
        (b"[1]", "application/json"), (b"a\x01b", "application/octet-stream"), (b"a\x1b[0mb\t\f", "text/plain"),
        ("naïve café".encode("latin-1"), "text/plain"), (b"\x80\x81\x82\x83ab", "application/octet-stream"),
        (b"\xe9\xe8\xe7\xe6abcd", "text/plain"), (b"caf\xe9 \x01 plain text", "application/octet-stream"),
        (("a" * 50 + "é").encode()[:-1], "text/plain"),
        ("{}".encode("utf-16-le"), "application/octet-stream"),
        (b"\xff\xfe" + "{}".encode("utf-16-le"), "application/json"),
        (b"\xfe\xff" + "[]".encode("utf-16-be"), "application/json"),
    ],
)  # fmt: skip
def test_what_each_signature_says_and_what_only_begins_like_one(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("media_type", "visual"),
    [("image/png", True), ("video/mp4", True), ("application/vnd.rn-realmedia", True), ("text/html", False),
     ("audio/mpeg", False), ("application/pdf", False)],
)  # fmt: skip
def test_images_and_videos_are_visual_and_nothing_else(media_type: str, visual: bool) -> None:
    assert is_visual(media_type) is visual
