"""Saved pages of the market: plain tokens and numbers; in one the server names its own clearnet address, once.

One page carries a drawn image as a data: URI, one MHTML capture carries one as a part. The seized configuration names
the same address; beside it stand addresses that name nothing: of an inner network, of documents, a visitor's.
"""

import base64
from email.utils import formatdate
from pathlib import Path

from leadline.scenario import names
from leadline.scenario.plan import LEAK, Plan
from leadline.scenario.random_streams import stream, tokens

HTML = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<ul>
{items}
</ul>
{extra}
</body>
</html>
"""
MHTML = """From: <Saved by a browser>
Snapshot-Content-Location: http://market.example.org/item/{number}
Subject: item {number}
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----Boundary{mark}----"


------Boundary{mark}----
Content-Type: text/html
Content-ID: <page-{mark}@example.org>
Content-Transfer-Encoding: quoted-printable
Content-Location: http://market.example.org/item/{number}

{page}
------Boundary{mark}----
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: http://market.example.org/img/{number}

{image}
------Boundary{mark}------
"""
ERROR = "<address>nginx/1.10.3 on {ip} port 80</address>"
"""The default error page of a web server that names the address it listens on."""

CONFIG = """# site
server {{
    listen {ip}:80;
    root /srv/site/public;
    resolver {resolver};
    location / {{ proxy_pass http://{inner}:8080; }}
}}
"""
"""A web server's configuration, as it lies on the seized machine."""
FOOT = "<script>var peer = '{document}', seen = '{visitor}';</script>"
"""A page's foot with addresses that are none of the server's."""


def _page(title: str, marks: list[str], extra: str = "") -> str:
    items = "\n".join(f'<li><a href="/item/{i}">{mark}</a></li>' for i, mark in enumerate(marks, 1))
    return HTML.format(title=title, items=items, extra=extra)


def write_pages(folder: Path, plan: Plan, uri: bytes, part: bytes) -> list[str]:
    """Writes three pages and a capture; gives their names. `uri` is a PNG for the data: URI, `part` one for MHTML."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = stream(plan.options.seed, "pages")
    moment = int(rng.integers(LEAK[0], LEAK[1]))
    mark = tokens(rng, 1, 20)[0]
    inline = f'<img alt="" src="data:image/png;base64,{base64.b64encode(uri).decode()}">'
    foot = FOOT.format(
        document=f"203.0.113.{int(rng.integers(1, 255))}",
        visitor=names.ip(int(rng.integers(0, 40))),
    )
    pages = {
        "index.html": _page("index", tokens(rng, 12), foot),
        "error.html": _page("502", [], ERROR.format(ip=names.SERVER_IP)),
        "item.html": _page("item 12", tokens(rng, 3), inline),
        "capture.mhtml": MHTML.format(
            number=14,
            mark=mark,
            date=formatdate(moment),
            page=_quoted(_page("item 14", tokens(rng, 3))),
            image=_wrapped(part),
        ).replace("\n", "\r\n"),
    }
    for name, text in pages.items():
        (folder / name).write_bytes(text.encode())
    return sorted(pages)


def write_config(path: Path, seed: int) -> None:
    """Writes the configuration of the web server: the server's address, and two of an inner network."""
    rng = stream(seed, "config")
    net = int(rng.integers(0, 255))
    text = CONFIG.format(ip=names.SERVER_IP, resolver=f"10.{net}.0.53", inner=f"10.{net}.0.{int(rng.integers(1, 50))}")
    path.write_text(text, encoding="utf-8")


def _quoted(text: str) -> str:
    """Quoted-printable text of ASCII lines (RFC 2045 section 6.7)."""
    return text.replace("=", "=3D")


def _wrapped(data: bytes) -> str:
    """Base64 in lines of 76 characters (RFC 2045 section 6.8)."""
    text = base64.b64encode(data).decode()
    return "\n".join(text[i : i + 76] for i in range(0, len(text), 76))
