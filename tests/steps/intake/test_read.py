"""Intake end to end on small evidence: what is mapped, rejected and left out, and that no image gets through."""

import base64
import csv
import hashlib
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import EvidenceError, MappingError
from leadline.kinds.containers.folder import manifest
from leadline.kinds.mapping.grammar import parse
from leadline.model import evidence as ev
from leadline.model import locators, refs
from leadline.model.tables import digest as table_digest
from leadline.steps.intake import NAMED, Source, load_map, read_exhibit, resolve

Reading = Callable[..., dict[str, pa.Table]]
Sourcing = Callable[[Path], Source]
FILES = ("market.db", "market.sql", "access.log", "page.html", "customers.csv", "harbour.xlsx", "enquiries.csv")


def rows(table: pa.Table, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[n] for n in names) for row in table.to_pylist()]


def test_the_live_site(reading: Reading) -> None:
    got = reading("market.db")
    assert rows(got["account"], "account", "role") == [
        ("account:site/1", "operator"),
        ("account:site/2", "user"),
        ("account:site/3", "user"),
    ]
    assert ("account:site/2", "handle", "Ｔwo", "two") in rows(got["identifier"], "subject", "kind", "value", "normal")
    kinds = rows(got["identifier"], "subject", "kind", "normal")
    assert ("account:site/2", "ip", "198.18.0.9") in kinds
    assert ("account:site/2", "ip", "198.18.0.7") in kinds
    assert not [k for k in kinds if k[2] == "127.0.0.1"]
    assert rows(got["reject"], "part", "locator", "reason") == [
        ("credits", "row:credits/2", "bad_number"),
        ("credits", "row:credits/3", "bad_digest"),
        ("users", "row:users/4", "bad_time"),
        ("wallets", "row:wallets/4", "bad_address"),
    ]
    tally = {row["part"]: row for row in got["tally"].to_pylist()}
    assert (tally["users"]["rows_in"], tally["users"]["mapped"], tally["users"]["rejected"]) == (4, 3, 1)
    assert (tally["unheard_of"]["left_out"], tally["unheard_of"]["unmapped_columns"]) == (1, "a")
    assert tally["mail"]["left_out"] == 1
    downloads = [r for r in got["event"].to_pylist() if r["kind"] == "download"]
    assert [r["object"] for r in downloads] == ["media:" + hashlib.sha256(b"f").hexdigest(), None]


def test_the_backup_names_the_same_entities(reading: Reading) -> None:
    live, backup = reading("market.db"), reading("market.sql")
    both = pa.concat_tables([live["account"], backup["account"]])
    assert len(ev.first_statements("account", both)) == 4
    credits = pa.concat_tables([live["event"], backup["event"]]).filter(
        pc.equal(pa.concat_tables([live["event"], backup["event"]])["event"], "event:site/credit/1")
    )
    assert set(credits["amount_sat"].to_pylist()) == {12345}
    assert len(ev.first_statements("event", credits)) == 1
    doubts = dict(rows(backup["account"], "account", "doubt"))
    assert doubts == {
        "account:site/1": "nonexistent",
        "account:site/2": "ambiguous",
        "account:site/9": "assumed_zone",
    }


def test_the_log(reading: Reading) -> None:
    got = reading("access.log")
    assert rows(got["tally"], "rows_in", "mapped", "rejected", "left_out") == [(4, 2, 1, 1)]
    assert rows(got["reject"], "locator", "reason") == [("line:4", "cut_line")]
    assert rows(got["identifier"], "subject", "kind", "value", "locator") == [
        ("account:site/2", "ip", "198.18.0.9", "line:2")
    ]


def test_the_page(reading: Reading) -> None:
    got = reading("page.html")
    assert rows(got["identifier"], "subject", "kind", "value") == [("service:site", "ip", "198.19.255.7")]
    assert len(got["address"]) == 1
    assert rows(got["media"], "status", "media_type") == [("embedded", "image/png")]


def test_the_returns(reading: Reading) -> None:
    got = reading("customers.csv")
    assert rows(got["customer"], "customer", "name", "born", "country", "holder") == [
        ("customer:northgate/NG-1", "Lund, Инес", "1980-02-29", "no", "individual")
    ]
    assert rows(got["reject"], "locator", "reason") == [("line:3", "bad_time")]
    assert ("phone", "+99912345678") in rows(got["identifier"], "kind", "normal")
    moves = reading("harbour.xlsx")
    assert sorted(rows(moves["event"], "kind", "amount_sat", "locator")) == [
        ("withdrawal", 12345, "cell:Transfers!2"),
        ("withdrawal", 50_000_000, "cell:Transfers!3"),
    ]
    assert rows(moves["address"], "role", "locator") == [("withdrawal", "cell:Transfers!2")]
    assert rows(moves["reject"], "locator", "reason") == [("cell:Transfers!4", "bad_time")]
    assert rows(reading("enquiries.csv")["circumstance"], "subject", "kind", "answer") == [
        ("customer:northgate/NG-1", "travel", "no")
    ]


@pytest.mark.parametrize("name", FILES)
def test_rows_in_are_rows_mapped_rejected_or_left_out(name: str, reading: Reading) -> None:
    got = reading(name)
    for row in got["tally"].to_pylist():
        assert row["rows_in"] == row["mapped"] + row["rejected"] + row["left_out"]
    assert len(pc.unique(got["reject"]["locator"])) == pc.sum(got["tally"]["rejected"]).as_py()


@pytest.mark.parametrize("name", FILES)
def test_tables_fit_the_model_and_do_not_change(name: str, reading: Reading) -> None:
    got, again = reading(name), reading(name)
    for spec in (*ev.RECORDS, ev.REJECT, ev.TALLY):
        assert got[spec.name].schema == spec.schema
        assert table_digest(spec, got[spec.name]) == table_digest(spec, again[spec.name])
        for column in spec.columns:
            if column.name in ("account", "subject", "event", "customer", "media", "object", "script"):
                for value in got[spec.name][column.name].to_pylist():
                    assert value is None or refs.parse(value)
            if column.name == "locator":
                for value in got[spec.name]["locator"].to_pylist():
                    assert locators.parse(value)


def raw(evidence: Path, name: str, locator: str) -> str:
    """What other code finds at a locator."""
    kind, _, argument = locator.partition(":")
    path = evidence / name
    if kind == "row":
        table, _, key = argument.partition("/")
        db = sqlite3.connect(path)
        try:
            return repr(db.execute(f"SELECT * FROM {table} WHERE id = ?", (key,)).fetchone())
        finally:
            db.close()
    if kind == "byte":
        first, _, last = argument.partition("-")
        return path.read_bytes()[int(first) : int(last)].decode()
    if kind == "line":
        return path.read_text(encoding="utf-8").splitlines()[int(argument) - 1]
    sheet, _, row = argument.partition("!")
    return repr([c.value for c in openpyxl.load_workbook(path)[sheet][int(row)]])


@pytest.mark.parametrize("name", FILES)
def test_other_code_finds_the_values_at_their_locators(name: str, reading: Reading, evidence: Path) -> None:
    got = reading(name)
    checked = 0
    for table in ("identifier", "event", "address", "account", "customer"):
        for row in got[table].to_pylist():
            place = raw(evidence, name, row["locator"]).replace("\\\\'", "'").replace("\\'", "'")
            for column in ("value", "address", "source_text", "name"):
                if row.get(column) is not None:
                    assert row[column] in place, (table, row["locator"], column)
                    checked += 1
    assert checked or name == "enquiries.csv"


def everything(tables: dict[str, pa.Table]) -> str:
    return "\n".join(repr(t.to_pylist()) for t in tables.values())


def test_no_image_gets_through(reading: Reading, evidence: Path, images: list[bytes], source_of: Sourcing) -> None:
    """Neither bytes nor base64 nor hexadecimal of a embedded image stand in any table or in what is shown."""
    media: dict[str, str] = {}
    written = ""
    for name in FILES:
        got = reading(name)
        written += everything(got)
        for row in got["media"].to_pylist():
            if row["status"] == "embedded":
                media[row["media"]] = name
                written += resolve(source_of(evidence / name), row["locator"])
    assert set(media) == {"media:" + hashlib.sha256(i).hexdigest() for i in images}
    for image in images:
        for form in (repr(image[8:30])[2:-1], base64.b64encode(image).decode()[:40], image.hex()[:40]):
            assert form not in written
            assert form.upper() not in written


def test_shown_values_are_the_rows_own(evidence: Path, source_of: Sourcing) -> None:
    shown = resolve(source_of(evidence / "market.db"), "row:files/1")
    assert "size: 10" in shown
    assert "thumb: media:" in shown and "not shown" in shown
    assert "nick" not in resolve(source_of(evidence / "market.sql"), "byte:0-20")


@pytest.mark.parametrize("cut", [1, 2000, 9000])
def test_bad_evidence_is_an_error_with_exhibit_and_place(cut: int, evidence: Path, source_of: Sourcing) -> None:
    path = evidence / "market.db"
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(EvidenceError) as raised:
        read_exhibit(Source(bytes(32), path), load_map("market_live"), lambda *_: None)
    assert raised.value.where.startswith("exhibit:")
    assert raised.value.remedy
    with pytest.raises(EvidenceError):
        (evidence / "empty").touch()
        read_exhibit(source_of(evidence / "empty"), None, lambda *_: None)


def test_a_map_for_something_else_is_refused(evidence: Path, source_of: Sourcing) -> None:
    with pytest.raises(MappingError, match="for sqldump"):
        read_exhibit(source_of(evidence / "market.db"), load_map("market_backup"), lambda *_: None)
    with pytest.raises(MappingError, match="no shipped map"):
        path = evidence / "other.csv"
        path.write_text("a,b\n1,2\n")
        read_exhibit(source_of(path), None, lambda *_: None)
    with pytest.raises(MappingError, match="no such map"):
        load_map("nothing")


def test_names_never_stand_in_errors(evidence: Path, source_of: Sourcing) -> None:
    path = evidence / "customers.csv"
    map_ = parse(
        'name = "m"\nsays = "s"\nreader = "table"\n[[part]]\n[[part.record]]\ntable = "account"\n'
        'account = "account:x/{gone}"\nrole = "user"\n'
    )
    with pytest.raises(MappingError) as raised:
        read_exhibit(source_of(path), map_, lambda *_: None)
    assert "Lund" not in str(raised.value)


GENERIC = parse(
    """
name = "m"
says = "s"
reader = "table"
network = "regtest"
[[part]]
[[part.record]]
table = "event"
event = "event:x/{key}"
subject = "account:x/{who}"
kind = "credit"
amount_sat = { column = "btc", unit = "btc" }
time = { column = "at", format = "iso", zone = "UTC" }
where = [{ column = "who", not = ["skip"] }]
[[part.record]]
table = "identifier"
subject = "account:x/{who}"
kind = "email"
value = "{mail}"
[[part.record]]
table = "address"
subject = "account:x/{who}"
address = "{address}"
role = "payment"
"""
)
FIELD = st.one_of(
    st.sampled_from(["", "1", "a", "skip", "a@b.c", "0.5", "0.123456789", "2017-01-01 00:00:00", "2017-13-01"]),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\x00"), max_size=8),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lines=st.lists(st.lists(FIELD, min_size=5, max_size=7), max_size=12))
def test_every_row_of_any_table_is_accounted_for(lines: list[list[str]], tmp_path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["key", "who", "btc", "at", "mail", "address"])
    writer.writerows(lines)
    path = tmp_path / "any.csv"
    path.write_bytes(out.getvalue().encode())
    got = read_exhibit(Source(bytes(32), path), GENERIC, lambda *_: None)
    (tally,) = got["tally"].to_pylist()
    assert tally["rows_in"] == len(lines)
    assert tally["rows_in"] == tally["mapped"] + tally["rejected"] + tally["left_out"]
    rejected = set(got["reject"]["locator"].to_pylist())
    assert len(rejected) == tally["rejected"]
    gave = {place for t in ("event", "identifier", "address") for place in got[t]["locator"].to_pylist()}
    assert len(gave - rejected) == tally["mapped"]


def test_a_media_folder(tmp_path: Path, source_of: Sourcing) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"not an image")
    (folder / "b.bin").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    listing = tmp_path / "listing"
    listing.write_bytes(manifest(folder, lambda *_: None))
    plain = source_of(listing)
    here = Source(plain.digest, plain.path, (), folder)
    got = read_exhibit(here, None, lambda *_: None, workers=1)
    assert sorted(rows(got["media"], "locator", "status")) == [("line:2", "undecodable"), ("line:3", "undecodable")]
    assert {"sha256", "md5", "sha1"} == set(got["signature"]["hasher"].to_pylist())
    alone = read_exhibit(plain, None, lambda *_: None)
    assert set(alone["media"]["status"].to_pylist()) == {"digest_only"}
    assert alone["media"]["media"].to_pylist() == got["media"]["media"].to_pylist()
    (folder / "a.bin").write_bytes(b"changed")
    with pytest.raises(EvidenceError, match="changed") as raised:
        read_exhibit(here, None, lambda *_: None, workers=1)
    assert raised.value.where.endswith("line:2")


def test_escaped_and_wrapped_images_in_cells_become_digests(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    letters = base64.b64encode(picture).decode()
    wrapped = "\\r\\n".join(letters[i : i + 76] for i in range(0, len(letters), 76))
    texts = [
        '{"a":"data:image\\/png;base64,' + letters.replace("/", "\\/") + '"}',
        f'<img src=\\"data:image/png;base64,{wrapped}\\">',
        f'<img src="data&#58;image/png;base64,{letters}">',
        f'<img src="data:image/png;base64,\n {letters[:80]}\n {letters[80:]}\n">',
        '{"a":"' + letters.replace("/", "\\/") + '"}',
    ]
    path = tmp_path / "mail.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["who", "body"], *([str(n), body] for n, body in enumerate(texts))])
    map_ = parse('name="m"\nsays="m"\nreader="table"\n[[part]]\n')
    got = read_exhibit(Source(bytes(32), path), map_, lambda *_: None)
    assert got["media"]["media"].to_pylist() == [f"media:{hashlib.sha256(picture).hexdigest()}"] * len(texts)
    for n in range(len(texts)):
        assert "iVBOR" not in resolve(Source(bytes(32), path), got["media"]["locator"][n].as_py())


def one_table(text: bytes, path: Path, record: str, top: str = "") -> dict[str, pa.Table]:
    """A table read by a map of one record."""
    path.write_bytes(text)
    map_ = parse(f'name="m"\nsays="m"\nreader="table"\n{top}\n[[part]]\n[[part.record]]\n{record}')
    return read_exhibit(Source(bytes(32), path), map_, lambda *_: None)


@pytest.mark.parametrize("word", ["NULL", "null", "\\N", "None", "NaN", "N/A", "#N/A", "(null)", ""])
def test_what_programs_write_for_nothing_is_nothing(word: str, tmp_path: Path) -> None:
    """Neither an account of two strangers, nor an amount, nor a time."""
    text = f"who,mail,btc,at\n{word},a@example.org,1,2017-01-01\n2,{word},{word},{word}\n3,b@example.org,1,2017-01-01\n"
    record = (
        'table="event"\nevent="event:x/credit/{who}"\nsubject="account:x/{who}"\nkind="credit"\n'
        'amount_sat={column="btc",unit="btc"}\ntime={column="at",format="iso",zone="UTC"}\n'
        '[[part.record]]\ntable="identifier"\nsubject="account:x/{who}"\nkind="email"\nvalue="{mail}"\n'
    )
    got = one_table(text.encode(), tmp_path / "a.csv", record)
    assert rows(got["event"], "subject", "amount_sat", "doubt") == [
        ("account:x/2", None, "unknown"),
        ("account:x/3", 100_000_000, got["event"]["doubt"][1].as_py()),
    ]
    assert rows(got["identifier"], "subject", "normal") == [("account:x/3", "b@example.org")]
    assert set(rows(got["reject"], "locator", "reason")) == {("line:2", "missing_key")}


@pytest.mark.parametrize(
    ("values", "amounts"),
    [
        (["0,5", "1.234,56"], [50_000_000, 123_456_000_000]),
        (["1,234.56", "1,234,567"], [123_456_000_000, 123_456_700_000_000]),
        (["1,234", "0,123"], [None, 12_300_000]),
        (["0,5", "1.234"], [50_000_000, None]),
        (["0.5", "1.234"], [50_000_000, 123_400_000]),
        (["1 234,5", "1\u00a0234,5"], [123_450_000_000] * 2),
        (["1,2,3", "1,23,4.5"], [None, None]),
    ],
)
def test_amounts_with_a_decimal_comma(values: list[str], amounts: list[int | None], tmp_path: Path) -> None:
    text = "who;btc\n" + "".join(f"{n};{value}\n" for n, value in enumerate(values))
    record = (
        'table="event"\nevent="event:x/credit/{who}"\nsubject="account:x/{who}"\nkind="credit"\n'
        'amount_sat={column="btc",unit="btc"}\n'
    )
    got = one_table(text.encode(), tmp_path / "a.csv", record)
    found = dict(rows(got["event"], "locator", "amount_sat"))
    assert [found.get(f"line:{n + 2}") for n in range(len(values))] == amounts
    assert len(got["reject"]) == amounts.count(None)


@pytest.mark.parametrize(
    ("encoding", "name", "value"), [("cp1252", "Número", "José"), ("cp949", "이름", "김"), ("shift_jis", "名前", "表")]
)
def test_another_encoding_is_read_where_the_map_states_it_and_never_guessed(
    encoding: str, name: str, value: str, tmp_path: Path
) -> None:
    text = f"who,{name}\n1,{value}\n2,plain\n".encode(encoding)
    record = 'table="identifier"\nsubject="account:x/{who}"\nkind="name"\nvalue="{NAME}"\n'
    stated = one_table(text, tmp_path / "a.csv", record.replace("NAME", name), f'encoding="{encoding}"')
    assert stated["identifier"]["value"].to_pylist() == [value, "plain"]
    guessed = one_table(text, tmp_path / "a.csv", record.replace("NAME", "column 2"))
    assert guessed["identifier"]["value"].to_pylist() == ["plain"]
    assert rows(guessed["reject"], "locator", "reason") == [("line:2", "undecodable")]
    with pytest.raises(MappingError, match="encoding"):
        one_table(text, tmp_path / "a.csv", record, 'encoding="of nowhere"')


MAINNET = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
KEY = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"


def test_the_network_of_a_page_is_read_from_what_stands_there(tmp_path: Path) -> None:
    """An address of BIP 173 and a key of BIP 32; addresses of test write as those of signet do."""
    bech32 = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
    path = tmp_path / "page.html"
    path.write_text(f"<html><p>{MAINNET} {bech32} {KEY} {MAINNET[:-1]}3</p></html>")
    got = read_exhibit(Source(bytes(32), path), None, lambda *_: None)
    assert set(rows(got["address"], "address", "network")) == {(MAINNET, "main"), (bech32, "test")}
    assert rows(got["wallet"], "network", "form") == [("main", "extended_key")]
    assert [reason for (reason,) in rows(got["reject"], "reason")] == ["bad_address"]


def test_an_address_of_another_network_is_a_reject_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("who,address\n1,{}\n2,{}\n".format(MAINNET, MAINNET[:-1] + "3"))
    text = (
        'name="m"\nsays="m"\nreader="table"\nnetwork="regtest"\n[[part]]\n[[part.record]]\ntable="address"\n'
        'subject="account:x/{who}"\naddress="{address}"\nrole="payment"\n'
    )
    got = read_exhibit(Source(bytes(32), path), parse(text), lambda *_: None)
    assert rows(got["reject"], "locator", "reason") == [("line:2", "other_network"), ("line:3", "bad_address")]


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ('198.18.0.9 - - [29/Oct/2017:00:00:00 +0200] "GET / HTTP/1.1" 200 1\n', []),
        ('198.18.0.9 - ann [29/Oct/2017:00:00:00 +0200] "GET / HTTP/1.1" 200 1 "-" "b"\n', ["account:login/ann"]),
        (
            'a.example:443 198.18.0.9 - ann [29/Oct/2017:00:00:00 +0200] "GET / HTTP/1.1" 200 1 "-" "b"\n',
            ["account:login/ann"],
        ),
    ],
)
def test_a_plain_log_is_taken_in_without_a_map(tmp_path: Path, text: str, users: list[str]) -> None:
    path = tmp_path / "access.log"
    path.write_text(text)
    got = read_exhibit(Source(bytes(32), path), None, lambda *_: None)
    assert got["event"]["subject"].to_pylist() == users
    assert rows(got["identifier"], "subject", "normal") == [(user, "198.18.0.9") for user in users]
    assert rows(got["tally"], "rows_in", "rejected", "left_out") == [(1, 0, 1 - len(users))]


def test_a_training_map_is_used_where_it_is_named_and_nowhere_else(evidence: Path, source_of: Sourcing) -> None:
    with pytest.raises(MappingError, match="no shipped map"):
        read_exhibit(source_of(evidence / "customers.csv"), None, lambda *_: None)


@pytest.mark.parametrize("name", NAMED)
def test_shipped_maps_are_read(name: str) -> None:
    map_ = load_map(name)
    assert map_ is not None and map_.name == name and map_.says
