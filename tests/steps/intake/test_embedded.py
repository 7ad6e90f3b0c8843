"""No image leaves a cell as anything but its digest: drawn patterns in every writing, at any place in a text."""

import base64
import hashlib
import io
from urllib.parse import quote

import pyarrow as pa
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PIL import Image

from leadline.kinds.codecs.datauri import data_uris
from leadline.kinds.reader import Batch
from leadline.steps.intake.embedded import embedded, visual, without_images


def drawn(kind: str, size: int) -> bytes:
    """A plain gradient as a file of this kind."""
    sink = io.BytesIO()
    Image.linear_gradient("L").resize((size, size)).convert("RGB").save(sink, kind)
    return sink.getvalue()


PICTURES = [drawn(kind, size) for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP") for size in (8, 64)]
WRITINGS = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64 in lines": lambda data: base64.encodebytes(data).decode(),
    "base64 in JSON": lambda data: base64.b64encode(data).decode().replace("/", "\\/"),
    "hexadecimal": lambda data: data.hex(),
    "hexadecimal as SQL": lambda data: "0x" + data.hex().upper(),
    "hexadecimal as bytea": lambda data: "\\x" + data.hex(),
    "data URI": lambda data: "data:image/png;base64," + base64.b64encode(data).decode(),
    "data URI in capitals": lambda data: "DATA:IMAGE/PNG;BASE64," + base64.b64encode(data).decode(),
    "data URI of no type": lambda data: "data:application/octet-stream;base64," + base64.b64encode(data).decode(),
    "data URI, percent-encoded": lambda data: "data:image/png," + quote(data),
}
PLAIN = ["", hashlib.sha512(b"x").hexdigest(), base64.b64encode(bytes(range(200))).decode()]
around = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "L", "N"), exclude_characters="+/="), max_size=12
)
"""Text in which nothing can be taken for more of a picture in base64, which goes on behind white space."""


def held_in_quotes(before: str, after: str) -> bool:
    """Whether a quote or bracket around the URI holds more than blanks behind it: a browser takes that for content."""
    closer = {'"': '"', "'": "'", "`": "`", "(": ")"}.get(before.rstrip()[-1:])
    return closer is not None and closer in after and bool(after.partition(closer)[0].strip())


def test_what_a_quoted_uri_holds_is_content_up_to_its_quote() -> None:
    """As a browser reads an attribute (URL Standard): blanks are content where more follows them."""
    picture = PICTURES[0]
    (image,) = embedded(f'" data:image/png,{quote(picture)} :" behind', "line:1")[1]
    assert (image.sha256, image.size) == (hashlib.sha256(picture + b" :").hexdigest(), len(picture) + 2)


@example(PICTURES[0], "base64", "", "\x85:")
@example(PICTURES[0], "data URI, percent-encoded", "'", "'")
@example(PICTURES[0], "data URI, percent-encoded", '"', ' "')
@example(PICTURES[0], "data URI, percent-encoded", "(", ")")
@given(st.sampled_from(PICTURES), st.sampled_from(sorted(WRITINGS)), around, around)
def test_an_image_in_a_text_becomes_its_digest(picture: bytes, writing: str, before: str, after: str) -> None:
    if "data URI" in writing:
        assume(not held_in_quotes(before, after))
    text, images = embedded(f"{before} {WRITINGS[writing](picture)} {after}", "line:1")
    digest = hashlib.sha256(picture).hexdigest()
    assert [(image.sha256, image.size, image.locator) for image in images] == [(digest, len(picture), "line:1")]
    assert f"media:{digest}" in text
    assert base64.b64encode(picture).decode()[8:48] not in text and picture.hex()[16:80] not in text.lower()
    assert text.startswith(before) and text.rstrip().endswith(after.rstrip())


def test_a_percent_encoded_picture_loses_what_a_parser_of_urls_drops_and_no_byte_of_its_own() -> None:
    picture = PICTURES[0] + b" "
    written = quote(picture)
    for around_it in (written, f"{written} \t", f"{written[:40]}\n\t{written[40:]}"):
        ((found),) = data_uris(f"<img src='data:image/png,{around_it}'>".encode())
        assert found.content == picture


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_image_stays_as_it_is(text: str) -> None:
    assert embedded(text, "line:1") == (text, [])


@pytest.mark.parametrize("picture", PICTURES, ids=lambda data: f"{len(data)} bytes")
def test_an_image_cell_is_null_and_its_row_is_told(picture: bytes) -> None:
    rows = pa.table({"blob": pa.array([b"text", picture, None], pa.binary()), "note": ["a", "b", picture.hex()]})
    clean, images, holds = without_images(Batch(rows, pa.array(["line:1", "line:2", "line:3"])))
    digest = hashlib.sha256(picture).hexdigest()
    assert clean.rows["blob"].to_pylist() == ["text", None, None]
    assert clean.rows["note"].to_pylist() == ["a", "b", f"media:{digest}"]
    assert [image.locator for image in images] == ["line:2", "line:3"] and {i.sha256 for i in images} == {digest}
    assert holds.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"GIF89a" + bytes(27), "image/gif"), (b"\x89PNG\r\n\x1a\n" + bytes(24), "image/png"),
        (b"\xff\xd8\xff" + bytes(29), ""), (b"\xff\xd8\xff" + bytes(28), "image/jpeg"), (b"text", ""), (b"", ""),
    ],
)  # fmt: skip
def test_of_the_size_of_a_digest_only_a_sure_signature_is_an_image(data: bytes, media_type: str) -> None:
    """33 and 32 bytes are a public key and a SHA-256, of which some begin as a JPEG does; 31 are none."""
    assert visual(data) == media_type
