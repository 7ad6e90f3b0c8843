"""What the finders find."""

import pytest

from leadline.kinds.mapping.finders import FINDERS

MAIL = (
    b"Received: from mail.example.net (mail.example.net [198.18.9.9])\r\n\tby mx.example.org; date\r\n"
    b"Received: from [198.18.0.7] (helo=client)\r\n by mail.example.net [198.18.9.9] with ESMTPSA\r\nDate: x\r\n"
)


@pytest.mark.parametrize(
    ("finder", "text", "expected"),
    [
        ("ipv4", b"<address>nginx/1.10.3 on 198.19.255.7 port</address>", [b"198.19.255.7"]),
        ("ipv4", b"1.2.3.4.5 300.1.1.1 v1.2.3 127.0.0.1 0.0.0.0 ip=198.18.0.1.", [b"198.18.0.1"]),
        ("email", b"write to <a.b+c@mail.example.org>, not @x or a@b", [b"a.b+c@mail.example.org"]),
        (
            "email",
            b"ann@example.xn--p1ai, ann@example.xn--80asehdb ann@xn--bcher-kva.de.",
            [b"ann@example.xn--p1ai", b"ann@example.xn--80asehdb", b"ann@xn--bcher-kva.de"],
        ),
        (
            "email",
            "jürgen@bücher.de o'brien@example.org href='ann@example.org' 联系ben@example.org谢谢".encode(),
            ["jürgen@bücher.de".encode(), b"o'brien@example.org", b"ann@example.org", b"ben@example.org"],
        ),
        ("email", "ann@пример.рф ann@sub.example.c0m ann@sub.example.c1m".encode(), ["ann@пример.рф".encode()]),
        (
            "bitcoin",
            b"pay 1BoatSLRHtKNngkdXEeobR76b53LETtpyT or bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpyrwp9 0123456789",
            [b"1BoatSLRHtKNngkdXEeobR76b53LETtpyT", b"bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpyrwp9"],
        ),
        ("origin", MAIL, [b"198.18.0.7"]),
        ("origin", b"Date: x\r\n", []),
    ],
)
def test_found(finder: str, text: bytes, expected: list[bytes]) -> None:
    assert [text[a:b] for a, b in FINDERS[finder](text)] == expected
