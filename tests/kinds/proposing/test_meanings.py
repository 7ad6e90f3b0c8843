"""What made columns are taken for, in several languages, against what they were made as."""

import hashlib
from typing import Any

import pyarrow as pa
import pytest

from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import encode
from leadline.kinds.proposing.columns import Sample, masked, sampled
from leadline.kinds.proposing.keys import key_of
from leadline.kinds.proposing.meanings import OPEN, Meaning, meanings

N = 40


def sample(part: str, columns: dict[str, list[Any]], *, whole: bool = True) -> Sample:
    return sampled(part, [pa.table({name: pa.array(values) for name, values in columns.items()})], whole=whole)


def found(*samples: Sample) -> dict[str, dict[str, Meaning]]:
    keyed = [(s, key_of(s)) for s in samples]
    others = [(s, k) for s, k in keyed if k]
    return {s.part: {m.column.name: m for m in meanings(s, k, others)} for s, k in keyed}


def one(name: str, values: list[Any]) -> Meaning:
    return meanings(sample("t", {name: values}), "", ())[0]


def address(n: int) -> str:
    text = encode(sc.witness(0, hashlib.sha256(bytes([n])).digest()[:20]), "main")
    assert text is not None
    return text


def digests(algorithm: str) -> list[str]:
    return [hashlib.new(algorithm, bytes([n])).hexdigest() for n in range(N)]


@pytest.mark.parametrize(
    ("name", "values", "meaning"),
    [
        ("spalte", [address(n) for n in range(N)], "address"),
        ("kontakt", [f"a{n}@example.org" for n in range(N)], "email"),
        ("wert", [f"10.1.{n}.7" for n in range(N)], "ip"),
        ("wert", [f"2001:db8::{n:x}" for n in range(N)], "ip"),
        ("feld", [f"+4930123{n:04}" for n in range(N)], "phone"),
        ("sha", digests("sha256"), OPEN),
        ("file_hash", digests("sha256"), "sha256"),
        ("tx_hash", digests("sha256"), "txid"),
        ("md5", digests("md5"), "md5"),
        ("gpg_key", digests("sha1"), "pgp"),
        ("пароль", digests("md5"), "password"),
        ("pass", ["$2y$10$" + "a" * 50 + str(n) for n in range(N)], "salted"),
        ("닉네임", [f"이름{n}" for n in range(N)], "handle"),
        ("Apellidos", [f"Perez {n}" for n in range(N)], "name"),
        ("生年月日", [f"19{n + 50}-04-01" for n in range(N)], "born"),
        ("fecha_alta", [f"{n % 27 + 1:02}/12/2017 10:00" for n in range(N)], "created"),
        ("Betrag", [f"0.{n:08}" for n in range(1, N)], "amount"),
        ("kyc_country", ["de", "FR", "kr", "us", "ro"] * 8, "country"),
        ("x", [1_500_000_000 + 86_400 * n for n in range(N)], "time"),
        ("n", [n % 3 for n in range(N)], ""),
        ("bio", ["some words here"] * N, "text"),
        ("note", [None] * N, ""),
    ],
)
def test_a_column_is_taken_for_what_it_was_made_as(name: str, values: list[Any], meaning: str) -> None:
    assert one(name, values).name == meaning


@pytest.mark.parametrize(
    ("values", "format_", "rivals", "zoned"),
    [
        ([1_500_000_000 + n for n in range(N)], "unix", 0, True),
        ([(1_500_000_000 + n) * 1000 for n in range(N)], "unix_ms", 0, True),
        ([f"2017-11-{n % 28 + 1:02} 10:00:00+00" for n in range(N)], "iso", 0, True),
        ([f"2017-11-{n % 28 + 1:02} 10:00:00" for n in range(N)], "iso", 0, False),
        ([f"{n % 28 + 1}.11.2017 10:00" for n in range(N)], "%d.%m.%Y %H:%M", 0, False),
        ([f"{n % 12 + 1}/11/2017" for n in range(N)], "%d/%m/%Y", 1, False),
        ([f"11/{n % 28 + 1}/2017 4:05 PM" for n in range(N)], "%m/%d/%Y %I:%M %p", 0, False),
    ],
)
def test_times_are_told_with_what_they_leave_open(values: list[Any], format_: str, rivals: int, zoned: bool) -> None:
    moment = one("when", values).moment
    assert moment is not None
    assert (moment.format, len(moment.rivals), moment.zoned) == (format_, rivals, zoned)


def test_a_reference_stands_in_the_key_of_the_part_it_names() -> None:
    users = sample("phpbb_users", {"user_id": list(range(1, N)), "username": [f"u{n}" for n in range(1, N)]})
    posts = sample("phpbb_posts", {"post_id": list(range(N)), "poster_id": [n % 30 + 1 for n in range(N)]})
    got = found(users, posts)["phpbb_posts"]["poster_id"]
    assert got.reference is not None
    assert (got.reference.part, got.reference.column, got.reference.named) == ("phpbb_users", "user_id", True)


def test_small_numbers_refer_to_nothing_that_their_name_does_not_say() -> None:
    users = sample("users", {"id": list(range(1, N))})
    posts = sample("posts", {"id": list(range(N)), "likes": [n % 30 + 1 for n in range(N)]})
    assert found(users, posts)["posts"]["likes"].reference is None


def test_a_reference_into_a_sampled_key_counts_inside_its_dense_range_only() -> None:
    ids = list(range(1, 11)) + list(range(990, 1001))
    users = sample("users", {"id": ids}, whole=False)
    inside = sample("logins", {"id": list(range(N)), "user_id": [500 + n for n in range(N)]})
    outside = sample("visits", {"id": list(range(N)), "user_id": [5_000 + n for n in range(N)]})
    got = found(users, inside, outside)
    assert got["logins"]["user_id"].name == "ref"
    assert got["visits"]["user_id"].name != "ref"


def test_nobody_is_no_reason_against_a_reference() -> None:
    users = sample("users", {"id": list(range(1, N))})
    logins = sample("logins", {"id": list(range(N)), "user_id": [0] * 20 + [n % 30 + 1 for n in range(20)]})
    assert found(users, logins)["logins"]["user_id"].name == "ref"


def test_the_key_is_no_time_and_no_amount() -> None:
    table = sample(
        "t",
        {
            "created": [1_500_000_000 + n for n in range(N)],
            "betrag": list(range(N)),
            "login": [f"u{n}" for n in range(N)],
        },
    )
    assert key_of(table) == "login"


def test_a_mask_keeps_the_form_alone() -> None:
    assert masked("Ann-3@Ex.org") == "xxx-9@xx.xxx"
    assert masked("a\x1b[31m") == "x?[99x"
    assert len(masked("a" * 1000)) == 43
