"""Signs of the machine that served a page: addresses, names, keys, ids and banners in captured source text.

Some name the machine itself (an address in a server's own line), some an owner (an id of analytics, a key), some only a
program (a banner, a path). What each proves is said in docs/leaks.md; here they are found by their form.
"""

import base64
import binascii
import hashlib
import ipaddress
import re
from collections.abc import Iterator

from leadline.kinds.mapping.finders import ipv4
from leadline.model.words import ANALYTICS, BANNER, CERTIFICATE, HOST, ONION, PATH, PGP, SERVER_IP

Sign = tuple[str, str, int, int]
"""(kind, value, where it begins, where it ends)."""
BESIDE = 120
"""Bytes before and after an address that say what it is."""
_TAG = re.compile(rb"<(?!virtualhost)[^<>]{0,200}>", re.I)
_SELF = re.compile(
    rb"(?:server\s+at|\(via|\bserver_addr\W{0,12}|\blocal_addr\W{0,12}|<virtualhost|\blisten|\bbind(?:-address)?\s*=?"
    rb"|\bx-[a-z-]{0,30}(?:server|backend|host|addr|served)[a-z-]{0,20}\s*:)\s*$",
    re.I,
)
"""What a server writes before its own address: the signature under its error pages and the head of its status page
(Apache HTTP Server, ServerSignature and mod_status), phpinfo(), directives of its configuration, headers of a proxy."""
_ON_PORT = re.compile(rb"\b(?:nginx|apache|lighttpd|iis)\S{0,40}\s+on\s*$", re.I)
_PORT = re.compile(rb"^\s+port\s+[0-9]", re.I)
_FROM = re.compile(rb"\bReceived:\s*from\b(?:[^\r\n]|\r?\n[ \t]){0,400}$", re.I)
_IPV6 = re.compile(rb"(?<![0-9A-Za-z:.])[23][0-9A-Fa-f]{3}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")
_URL_HOST = re.compile(
    rb"(?:[a-z][a-z0-9+.-]{1,10}:)?//(?:[^/\s@\"'<>]{1,60}@)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})", re.I
)
_NAMED = re.compile(
    rb"\b(?:server_?name|server\s+at|server\s+status\s+for)\s+((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})", re.I
)
_ONION = re.compile(rb"(?<![a-z2-7])(?:[a-z2-7]{56}|[a-z2-7]{16})\.onion\b", re.I)
_ANALYTICS = re.compile(
    rb"(?<![0-9A-Za-z-])(?:UA-[0-9]{4,10}-[0-9]{1,4}|G-[A-Z0-9]{10}|GTM-[A-Z0-9]{5,9}|AW-[0-9]{9,11}|ca-pub-[0-9]{16})"
    rb"(?![0-9A-Za-z-])"
)
"""Ids of Google's services as they are written into pages."""
_CALLED = re.compile(rb"\b(ym)\(\s*([0-9]{5,9})\s*,|\b(fbq)\(\s*[\"']init[\"']\s*,\s*[\"']([0-9]{13,17})[\"']", re.I)
"""Yandex Metrica's counter and Meta's pixel, as their own snippets call them."""
_BANNER = re.compile(
    rb"\b(?:Apache|nginx|openresty|lighttpd|LiteSpeed|Caddy|Microsoft-IIS|Tomcat|Jetty|gunicorn|Werkzeug|PHP|OpenSSL"
    rb"|mod_ssl|Phusion Passenger)/[0-9][0-9A-Za-z._+-]{0,40}(?:\s\([A-Za-z0-9 ._-]{1,30}\))?"
    rb"|\bPHP Version [0-9][0-9A-Za-z._+-]{0,40}"
)
_PATH = re.compile(
    rb"(?<![\w/.:])(?:/(?:var|home|srv|opt|etc|root|mnt|usr)(?:/[\w.@+-]{1,100}){1,12}"
    rb"|[A-Za-z]:\\(?:[\w.@+-][\w .@+-]{0,60}\\){1,12}[\w.@+-]{1,60})"
)
_LINKED = re.compile(rb"(?:href|src|action|url)\s*[=(]\s*[\"']?$", re.I)
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,20000})-----END CERTIFICATE-----")
_KEY = re.compile(
    rb"-----BEGIN PGP PUBLIC KEY BLOCK-----([\x20-\x7e\r\n\t]{1,200000}?)-----END PGP PUBLIC KEY BLOCK-----"
)


def signs(data: bytes) -> Iterator[Sign]:
    """Every sign in a text: kinds `server_ip`, `ipv4`, `ipv6`, `host`, `onion`, and those of model.words."""
    for first, last in ipv4(data):
        yield (SERVER_IP if names_itself(data, first, last) else "ipv4"), data[first:last].decode(), first, last
    for m in _IPV6.finditer(data):
        try:
            text = ipaddress.IPv6Address(m[0].decode()).compressed
        except ValueError:
            continue
        yield (SERVER_IP if names_itself(data, *m.span()) else "ipv6"), text, *m.span()
    for pattern in (_URL_HOST, _NAMED):
        for m in pattern.finditer(data):
            if not m[1].lower().endswith((b".onion", b".i2p")):
                yield HOST, m[1].decode().lower(), *m.span(1)
    for kind, pattern in ((ONION, _ONION), (ANALYTICS, _ANALYTICS), (BANNER, _BANNER)):
        for m in pattern.finditer(data):
            yield kind, m[0].decode(), *m.span()
    for m in _CALLED.finditer(data):
        name, number = (m[1], m[2]) if m[1] else (m[3], m[4])
        yield ANALYTICS, f"{name.decode().lower()}-{number.decode()}", *m.span()
    for m in _PATH.finditer(data):
        if not _LINKED.search(data[max(0, m.start() - 20) : m.start()]):
            yield PATH, m[0].decode(errors="replace"), *m.span()
    for m in _PEM.finditer(data):
        if der := _decoded(m[1]):
            yield CERTIFICATE, hashlib.sha256(der).hexdigest(), *m.span()
    for m in _KEY.finditer(data):
        if fingerprint := pgp_fingerprint(m[1]):
            yield PGP, fingerprint, *m.span()


def names_itself(data: bytes, first: int, last: int) -> bool:
    """Whether the address at these bytes stands where a server writes its own."""
    raw = data[max(0, first - BESIDE) : first]
    before = _TAG.sub(b" ", raw).rstrip(b" \"'[=>\t\r\n")
    if _SELF.search(before):
        return True
    if _ON_PORT.search(before) and _PORT.match(data[last : last + BESIDE]):
        return True
    return _FROM.search(data[max(0, first - 4 * BESIDE) : first]) is not None


def pgp_fingerprint(armoured: bytes) -> str:
    """The fingerprint of the first key of an armoured block, version 4 (RFC 9580, section 5.5.4.2); else nothing."""
    _, blank, body = armoured.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    lines = [line for line in (body if blank else armoured).split(b"\n") if line and not line.startswith(b"=")]
    packet = _decoded(b"".join(lines))
    if len(packet) < 6 or not packet[0] & 0x80:
        return ""
    if packet[0] & 0x40:
        tag, length = packet[0] & 0x3F, packet[1]
        at, size = (2, length) if length < 192 else (3, (length - 192 << 8) + packet[2] + 192)
        if length >= 224:
            at, size = 6, int.from_bytes(packet[2:6], "big")
    else:
        tag, octets = packet[0] >> 2 & 0xF, (1, 2, 4, 0)[packet[0] & 3]
        at, size = 1 + octets, int.from_bytes(packet[1 : 1 + octets], "big")
    key = packet[at : at + size]
    if tag != 6 or len(key) != size or not key.startswith(b"\x04"):
        return ""
    return hashlib.sha1(b"\x99" + size.to_bytes(2, "big") + key, usedforsecurity=False).hexdigest().upper()


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return b""
