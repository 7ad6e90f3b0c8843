"""HAR, WARC, traffic and configurations: what is found, where it stands, and that the place leads back to it."""

import contextlib
import gzip
import json
import random
import sys
from pathlib import Path

import dpkt
import pytest

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source
from leadline.kinds.readers.page import PAGE
from leadline.kinds.readers.page.pieces import pieces
from leadline.model import locators
from leadline.model.progress import silent

SELF = "<html><address>Apache/2.4.25 Server at 198.19.1.2 Port 80</address></html>"


def read(path: Path) -> list[tuple[str, str, str]]:
    assert PAGE.sniff(path.read_bytes()[:4096], path)
    (part,) = PAGE.parts(Source(bytes(32), path), None, silent)
    (batch,) = part.batches
    rows = batch.rows.to_pylist()
    return [(r["kind"], r["value"], where) for r, where in zip(rows, batch.locators.to_pylist(), strict=True)]


def shown(path: Path, locator: str) -> bytes:
    return dict(PAGE.resolve(Source(bytes(32), path), locators.parse(locator)))["bytes"]  # type: ignore[return-value]


def har(path: Path) -> Path:
    entries = [
        {"response": {"headers": [{"name": "X-Backend-Server", "value": "198.19.1.3"}], "content": {"text": SELF}},
         "serverIPAddress": "198.19.1.4"},
        {"response": {"content": {"text": "PGI+MTk4LjE5LjEuNTwvYj4=", "encoding": "base64"}}},
        {"response": None}, 7,
    ]  # fmt: skip
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return path


def record(kind: str, block: bytes, *fields: str) -> bytes:
    """One record of WARC 1.0 (ISO 28500): a version, fields, a blank line, the block, two line ends."""
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:1>",
        "WARC-Date: 2018-01-01T00:00:00Z",
        *fields,
    ]
    return "\r\n".join([*head, f"Content-Length: {len(block)}", "", ""]).encode() + block + b"\r\n\r\n"


def warc(path: Path, *, packed: bool) -> Path:
    body = gzip.compress(SELF.encode())
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:20], body[20:], b""))
    head = b"HTTP/1.1 200 OK\r\nServer: nginx/1.10.3\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    http = "Content-Type: application/http; msgtype=response"
    records = [
        record("response", head + chunked, http, "WARC-Target-URI: http://x.test/", "WARC-IP-Address: 198.19.1.4"),
        record("metadata", b"198.19.9.9"),
    ]
    path.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    return path


def traffic(path: Path) -> Path:
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for payload in (b"GET / HTTP/1.1\r\n", SELF.encode()):
            tcp = dpkt.tcp.TCP(sport=80, dport=4242, data=payload)
            ip = dpkt.ip.IP(src=b"\xc6\x13\x01\x05", dst=b"\xc6\x13\x01\x06", p=6, data=tcp)
            writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=ip, type=0x0800)), ts=1.0)
    return path


def test_a_har_gives_heads_bodies_and_the_addresses_spoken_to(tmp_path: Path) -> None:
    path = har(tmp_path / "x.har")
    rows = read(path)
    assert ("ipv4", "198.19.1.4", "part:0") in rows
    assert {(k, v, w.partition(">")[0]) for k, v, w in rows if k != "banner"} == {
        ("ipv4", "198.19.1.4", "part:0"), ("server_ip", "198.19.1.3", "part:0"),
        ("server_ip", "198.19.1.2", "part:1"), ("ipv4", "198.19.1.5", "part:3"),
    }  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_a_warc_gives_answers_decoded(tmp_path: Path, packed: bool) -> None:
    rows = read(warc(tmp_path / "x.warc", packed=packed))
    assert {(k, v, w.partition(">")[0]) for k, v, w in rows} == {
        ("ipv4", "198.19.1.4", "part:0"), ("banner", "nginx/1.10.3", "part:0"),
        ("server_ip", "198.19.1.2", "part:1"), ("banner", "Apache/2.4.25", "part:1"),
    }  # fmt: skip


def test_what_stands_before_a_damage_is_read_and_the_rest_is_one_reject(tmp_path: Path) -> None:
    for path in (warc(tmp_path / "x.warc", packed=False), traffic(tmp_path / "x.pcap")):
        whole = read(path)
        with path.open("ab") as file:
            file.write(b"WARC/1.0\r\nWARC-Type: response\r\n" if path.suffix == ".warc" else bytes(12) + b"\xff" * 9)
        (part,) = PAGE.parts(Source(bytes(32), path), None, silent)
        (batch,) = part.batches
        assert batch.rows.num_rows == len(whole)
        place = "part:4" if path.suffix == ".warc" else "part:3"
        assert [(b.locator, b.reason) for b in batch.broken] == [(place, "bad_row")]


def test_what_a_damaged_warc_holds_is_said_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = warc(tmp_path / "x.warc", packed=False)
    path.write_bytes(
        path.read_bytes().replace(b"Content-Length: ", b"Content-Length: 1", 1).replace(b"\r\n\r\n", b"\r\n\r\nabc", 3)
    )
    with contextlib.suppress(EvidenceError):
        read(path)
    assert capfd.readouterr() == ("", "")


def test_traffic_gives_both_ends_once_and_what_packets_carry(tmp_path: Path) -> None:
    rows = read(traffic(tmp_path / "x.pcap"))
    assert [r for r in rows if r[0] == "ipv4"] == [("ipv4", "198.19.1.5", "part:0"), ("ipv4", "198.19.1.6", "part:0")]
    assert ("server_ip", "198.19.1.2", "part:1") in {(k, v, w.partition(">")[0]) for k, v, w in rows}


@pytest.mark.parametrize("make", [har, lambda p: warc(p, packed=True), traffic])
def test_every_place_leads_back_to_what_stands_there(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / "capture")  # type: ignore[operator]
    for _, value, where in read(path):
        if ">" in where:
            assert value.encode() in shown(path, where)
    with pytest.raises(EvidenceError):
        shown(path, "part:99")


def test_a_configuration_is_read(tmp_path: Path) -> None:
    path = tmp_path / "site.conf"
    path.write_text("# made\nserver {\n  listen 198.19.1.2:80;\n  server_name market.example.org;\n}\n")
    assert {row[:2] for row in read(path)} == {("server_ip", "198.19.1.2"), ("host", "market.example.org")}


def test_scripts_and_style_sheets_of_a_capture_are_known_by_their_digest(tmp_path: Path) -> None:
    body = "var a = 1;\n" * 40
    path = tmp_path / "x.har"
    path.write_text(json.dumps({"log": {"entries": [{"response": {"content": {"text": body}}}]}}))
    assert [kind for kind, _, _ in read(path)] == ["resource"]


@pytest.mark.parametrize("make", [har, lambda p: warc(p, packed=False), lambda p: warc(p, packed=True), traffic])
def test_a_capture_that_was_damaged_is_read_or_refused_with_an_error_of_ours(tmp_path: Path, make: object) -> None:
    whole = make(tmp_path / "whole").read_bytes()  # type: ignore[operator]
    draw = random.Random(7)
    path = tmp_path / "damaged"
    for _ in range(300):
        data = bytearray(whole[: draw.randrange(1, len(whole) + 1)] if draw.random() < 0.5 else whole)
        for _ in range(draw.randrange(4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(bytes(data))
        try:
            for part in PAGE.parts(Source(bytes(32), path), None, silent):
                for batch in part.batches:
                    assert batch.rows.num_rows == len(batch.locators)
        except EvidenceError:
            pass


def test_a_capture_of_more_than_may_be_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[pieces.__module__], "LARGEST", 60)
    for path in (har(tmp_path / "x.har"), warc(tmp_path / "x.warc", packed=True), traffic(tmp_path / "x.pcap")):
        with pytest.raises(EvidenceError, match="a capture of more than 60 bytes"):
            list(pieces(Source(bytes(32), path), path.read_bytes()) or ())
