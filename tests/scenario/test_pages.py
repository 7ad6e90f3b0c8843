"""Saved pages: the server's address once, beside some that are none of its; images only where they were embedded."""

import email
import email.policy
import re
from pathlib import Path

from leadline.scenario.names import SERVER_IP
from leadline.scenario.pages import write_pages
from leadline.scenario.people import People
from leadline.scenario.plan import Plan


def test_address_once_and_images_in_their_places(drawn: tuple[Plan, People], tmp_path: Path) -> None:
    uri, part = b"\x89PNG\r\n\x1a\n" + b"u" * 90, b"\x89PNG\r\n\x1a\n" + b"p" * 90
    names = write_pages(tmp_path, drawn[0], uri, part)
    text = "".join((tmp_path / name).read_text() for name in names)
    assert text.count(SERVER_IP) == 1 and text.count("data:image/png;base64,") == 1
    others = re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text.replace(SERVER_IP, ""))
    assert [other.rpartition(".")[0] for other in sorted(others)] == ["198.18.0", "203.0.113"]
    message = email.message_from_bytes((tmp_path / "capture.mhtml").read_bytes(), policy=email.policy.default)
    kinds = {p.get_content_type(): p.get_payload(decode=True) for p in message.walk() if not p.is_multipart()}
    assert kinds["image/png"] == part and b"item 14" in kinds["text/html"]
