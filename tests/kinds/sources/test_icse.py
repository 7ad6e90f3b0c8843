"""ICSE lists: bad lines as real ones have them, and only what a match needs."""

import base64
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds.source import read, source_of

HEAD = (
    "MD5;SHA1;ZZ40;PhotoDNA;Lace;Image ID;Is distributed;Victim identified;Offender identified;Series name;"
    "Investigation name;Agency;Number of submissions;File Available;Media Type;Baseline"
)
MD5 = "ab" * 16
SHA1 = "cd" * 20
PHOTODNA = "0F" * 144


def line(
    md5: str, sha1: str = "", photodna: str = "", agency: str = "", baseline: str = "No", flags: str = "NNN"
) -> str:
    distributed, victim, offender = flags
    lace = base64.b64encode(bytes(129)).decode()
    hashes = f"{md5};{sha1};{'AA' * 16};{photodna};{lace}"
    return f"{hashes};i-1;{distributed};{victim};{offender};series;inv;{agency};3;True;Image;{baseline};"


def test_icse(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = [
        HEAD,
        line(MD5, SHA1, PHOTODNA, "unit-7", "Yes", "YYN"),
        line("5" * 33, SHA1.upper(), flags="NYY"),
        line("", "", "", flags="NNN"),
    ]
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    assert source_of("list", path).name == "icse"
    rows = [
        (r["entry"], r["hasher"], r["value"].hex(), r["category"], r["scheme"], r["note"], r["quarantine"])
        for r in read("list", path).to_pylist()
    ]
    first, second = (
        "victim identified: contact unit-7; distributed",
        "victim identified: contact the issuer; offender identified",
    )
    assert rows == [
        (0, "md5", MD5, "baseline", "icse", first, None),
        (0, "photodna", PHOTODNA.lower(), "baseline", "icse", first, None),
        (0, "sha1", SHA1, "baseline", "icse", first, None),
        (1, "md5", ("5" * 33).encode().hex(), "other", "icse", second, "not_hex"),
        (1, "sha1", SHA1, "other", "icse", second, None),
    ]
    assert "series" not in str(rows) and "inv" not in str(rows)


def test_other_semicolon_lists_are_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"MD5;category\n{MD5};1\n")
    assert source_of("list", path).name == "csv"


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(HEAD.encode() + b"\r\n" + line(MD5, agency="x").encode().replace(b"x", b"\xe9") + b"\r\n")
    with pytest.raises(KindError):
        read("list", path)
