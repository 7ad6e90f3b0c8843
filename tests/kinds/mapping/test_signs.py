"""Signs of a machine in source text: what servers write of themselves, and what only looks like it."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest

from leadline.kinds.mapping.signs import pgp_fingerprint, signs


def found(text: str) -> set[tuple[str, str]]:
    return {(kind, value) for kind, value, _, _ in signs(text.encode())}


@pytest.mark.parametrize(
    "text",
    [
        "<address>Apache/2.4.25 (Debian) Server at 198.19.1.2 Port 80</address>",
        "<address>nginx/1.10.3 on 198.19.1.2 port 80</address>",
        "<h1>Apache Server Status for market.onion (via 198.19.1.2)</h1>",
        '<tr><td class="e">$_SERVER[\'SERVER_ADDR\']</td><td class="v">198.19.1.2</td></tr>',
        "server {\n    listen 198.19.1.2:443 ssl;\n",
        "Listen 198.19.1.2:80",
        "<VirtualHost 198.19.1.2:80>",
        "bind-address = 198.19.1.2",
        "X-Backend-Server: 198.19.1.2\r\n",
        "Received: from market (unknown [198.19.1.2])\r\n\tby mx.example.net; Mon",
    ],
)
def test_what_a_server_writes_of_itself_names_it(text: str) -> None:
    assert ("server_ip", "198.19.1.2") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "<p>198.19.1.2</p>",
        "see you at 198.19.1.2",
        "banned 198.19.1.2 on port 80",
        "jquery on 198.19.1.2",
        "resolver 198.19.1.2;",
        "proxy_pass http://198.19.1.2:8080;",
        "by mx.example.net with ESMTP; 198.19.1.2",
    ],
)
def test_a_mention_is_a_mention(text: str) -> None:
    assert found(text) & {("server_ip", "198.19.1.2"), ("ipv4", "198.19.1.2")} == {("ipv4", "198.19.1.2")}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("<a href='https://Shop.Example.org/x'>", ("host", "shop.example.org")),
        ("src=//cdn.example.net/a.js", ("host", "cdn.example.net")),
        ("server_name market.example.org;", ("host", "market.example.org")),
        ("ftp://user@files.example.org/", ("host", "files.example.org")),
        (f"http://{'a2' * 28}.onion/", ("onion", f"{'a2' * 28}.onion")),
        ("ga('create', 'UA-12345678-1')", ("analytics", "UA-12345678-1")),
        ("gtag('config', 'G-ABCDE12345')", ("analytics", "G-ABCDE12345")),
        ("'GTM-ABC123'", ("analytics", "GTM-ABC123")),
        ("ym(12345678, 'init')", ("analytics", "ym-12345678")),
        ("fbq('init', '123456789012345')", ("analytics", "fbq-123456789012345")),
        ("Server: nginx/1.10.3", ("banner", "nginx/1.10.3")),
        ("Apache/2.4.25 (Debian) Server", ("banner", "Apache/2.4.25 (Debian)")),
        ("in /var/www/site/index.php on line 3", ("path", "/var/www/site/index.php")),
        (r"in C:\inetpub\site\a.asp on", ("path", r"C:\inetpub\site\a.asp")),
        ("peer [2001:470:0:0::7]", ("ipv6", "2001:470::7")),
    ],
)
def test_each_kind_by_its_form(text: str, sign: tuple[str, str]) -> None:
    assert sign in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "href='/home/index.html'", "url(/var/theme/a.css)", "a::before{}", "12:34:56", "UA-1-1", "XUA-12345678-1",
        "http://localhost/", "nginx", "G-abcde12345", "version/1.2", f"http://{'a2' * 28}.onion/",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert {kind for kind, _ in found(text)} <= {"onion"}


def test_a_certificate_is_known_by_the_digest_of_its_der(tmp_path: Path) -> None:
    key, made = tmp_path / "k", tmp_path / "c"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    asked = ["openssl", "x509", "-in", made, "-noout", "-fingerprint", "-sha256"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    digest = said.partition("=")[2].strip().replace(":", "").lower()
    assert ("certificate", digest) in found(f"x {made.read_text()} y")
    assert found(key.read_text()) == set()  # a private key is no sign, and nothing of it is kept


def test_a_key_s_fingerprint_is_that_of_rfc_9580() -> None:
    body = b"\x04" + bytes(range(50))
    packet = b"\x99" + len(body).to_bytes(2, "big") + body
    armoured = b"\n\n" + base64.b64encode(packet) + b"\n=abcd\n"
    expected = hashlib.sha1(packet).hexdigest().upper()  # an old packet with two octets of length is what is hashed
    assert pgp_fingerprint(armoured) == expected
    new = b"\xc6" + bytes([len(body)]) + body
    assert pgp_fingerprint(b"Version: x\n\n" + base64.b64encode(new)) == expected
    assert pgp_fingerprint(b"\n\n" + base64.b64encode(packet[:20])) == ""
    assert pgp_fingerprint(b"\n\nno base64!") == ""
