"""The grammar of maps: what is refused, and that every shipped map is read whole."""

import pytest

from leadline.errors import MappingError
from leadline.kinds.mapping import grammar
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.mapping.maps import Cell, Slot, Template
from leadline.model.evidence import RECORDS

HEAD = 'name = "m"\nsays = "s"\nreader = "table"\n'
RECORD = '[[part]]\n[[part.record]]\ntable = "account"\naccount = "account:site/{id}"\nrole = "user"\n'


def test_a_map_is_read() -> None:
    map_ = parse(HEAD + '[lookup.file]\npart = "f"\nkey = "id"\nvalue = "sha"\n' + RECORD)
    rule = map_.rule("anything", ("id", "x"))
    assert rule is not None
    assert dict(rule.records[0].fields)["account"] == Template(("account:site/", Slot("id")))
    assert map_.used("anything", rule) == {"id"}
    assert map_.lookups[0].part == "f"


def test_cells_are_read() -> None:
    record = RECORD.replace('role = "user"', 'role = { column = "r", values = { a = "user" }, default = "unknown" }')
    rule = parse(HEAD + record).parts[0]
    assert dict(rule.records[0].fields)["role"] == Cell("r", {"a": "user"}, "unknown")


@pytest.mark.parametrize(
    "text",
    [
        "x = ",
        "",
        HEAD,
        HEAD + "extra = 1\n" + RECORD,
        HEAD + RECORD.replace('"account"', '"nothing"', 1),
        HEAD + RECORD + 'colour = "x"\n',
        HEAD + RECORD.replace("{id}", "{id|gone}"),
        HEAD + RECORD.replace("{id}", "{id"),
        HEAD + RECORD.replace("{id}", "{@when}"),
        HEAD + RECORD.replace("account:site", "somebody:site"),
        HEAD + RECORD.replace('role = "user"\n', ""),
        HEAD + RECORD + 'time = "t"\n',
        HEAD + RECORD + 'time = { column = "t", format = "%Y" }\n',
        HEAD + RECORD + 'time = { column = "t", format = "iso", zone = "Moon/Base" }\n',
        HEAD + RECORD + "where = 3\n",
        HEAD + RECORD + 'where = { column = "a" }\n',
        HEAD + RECORD.replace('"user"', '{ column = "a", unit = "eur" }'),
        HEAD + RECORD.replace('"user"', '{ column = "a", find = "faces" }'),
        HEAD + RECORD.replace('"user"', "3"),
        HEAD + RECORD.replace('"user"', '"customer"'),
        HEAD + RECORD.replace('"user"', '{ column = "r", values = { a = "customer" } }'),
        HEAD + RECORD.replace('"user"', '{ column = "r", default = "guest" }'),
        HEAD + RECORD.replace('"user"', '{ column = "r", values = "user" }'),
        HEAD + RECORD.replace('"user"', '{ column = "r", unit = "sat", lower = true }'),
        HEAD + RECORD.replace('"user"', '{ column = "r", lower = "yes" }'),
        HEAD + RECORD + 'time = { column = "t", format = "iso", stated = "no" }\n',
        HEAD + RECORD + 'where = { column = "a", is = 3 }\n',
        HEAD + 'network = "bitcoin"\n' + RECORD,
        HEAD + 'calling_country = "españa"\n' + RECORD,
        HEAD + 'calling_country = "{country}"\n' + RECORD,
        HEAD + RECORD + 'calling_country = "kr"\n',
        HEAD + "part = 3\n",
        HEAD + 'lookup = "x"\n' + RECORD,
        HEAD
        + '[[part]]\n[[part.record]]\ntable = "identifier"\nsubject = "account:a/{b}"\nkind = "{k}"\nvalue = "v"\n',
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse(text, "the map given")
    assert raised.value.where == "the map given"
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        (spec.name, column.name, column.words[0])
        for spec in RECORDS
        for column in spec.columns
        if column.words and column.name not in grammar._DERIVED
    ],
)
def test_every_closed_list_is_held(table: str, column: str, word: str) -> None:
    """Whatever else is wrong with these maps, only a word outside the list is called none of its words."""

    def told(value: str) -> str:
        with pytest.raises(MappingError) as raised:
            parse(HEAD + f'[[part]]\n[[part.record]]\ntable = "{table}"\n{column} = "{value}"\nx = 1\n')
        return str(raised.value)

    assert "is none of its words" not in told(word)
    assert "is none of its words" in told("españa")


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = (
        HEAD.replace('says = "s"\n', "")
        + 'extra = 1\n[time]\nformat = "%Q"\n'
        + RECORD.replace('"user"', '"customer"')
        + 'colour = "x"\nshape = "y"\ntime = "t"\n[[part]]\n[[part.record]]\ntable = "nothing"\n'
        + '[[part]]\n[[part.record]]\ntable = "identifier"\nsubject = "somebody:a/{b}"\nkind = "fax"\n'
    )
    with pytest.raises(MappingError) as raised:
        parse(text)
    for said in ("'extra'", "'says'", "%Q", "'customer'", "'colour', 'shape'", "unknown table", "'somebody'", "'fax'"):
        assert said in raised.value.what
    assert "needs 'value'" in raised.value.what
    assert raised.value.what.splitlines()[0] == f"the map has {len(raised.value.what.splitlines()) - 1} errors:"


def test_one_word_is_a_list_of_one() -> None:
    rule = parse(HEAD + RECORD + 'where = { column = "a", is = "Out" }\n').parts[0]
    assert rule.records[0].where[0].is_ == ("Out",)


def test_conditions_stand_with_their_column_and_all_they_ask() -> None:
    text = (
        'where = [{ column = "a", is = ["x", "y"] }, { column = "b", not = "z" }, { column = "c", present = true }]\n'
    )
    where = parse(HEAD + RECORD + text).parts[0].records[0].where
    assert [(c.column, c.is_, c.not_, c.present) for c in where] == [
        ("a", ("x", "y"), (), None),
        ("b", (), ("z",), None),
        ("c", (), (), True),
    ]


def test_a_time_of_its_own_overrides_part_of_the_default() -> None:
    map_ = parse(
        HEAD + '[time]\nformat = "unix"\nzone = "Asia/Seoul"\n' + RECORD + 'time = { column = "t", format = "iso" }\n'
    )
    time = map_.parts[0].records[0].time
    assert time is not None
    assert (time.column, time.format.text, time.format.zone) == ("t", "iso", "Asia/Seoul")


OFFER = (
    '[[part]]\n[[part.record]]\ntable = "offer"\noffer = "offer:site/{id}"\ncurrency = CURRENCY\n'
    'amount = { column = "price", unit = "UNIT" }\n'
)


@pytest.mark.parametrize(
    ("currency", "unit", "fits"),
    [
        ('"BTC"', "sat", True), ('"BTC"', "btc", True), ('"USD"', "hundredths", True), ('"USD"', "decimal", True),
        ('"BTC"', "hundredths", False), ('"BTC"', "decimal", False), ('"USD"', "sat", False), ('"USD"', "btc", False),
    ],
)  # fmt: skip
def test_the_unit_of_a_price_is_one_of_its_currency(currency: str, unit: str, fits: bool) -> None:
    text = HEAD + OFFER.replace("CURRENCY", currency).replace("UNIT", unit)
    if fits:
        assert len(parse(text).parts) == 1
    else:
        with pytest.raises(MappingError):
            parse(text)


@pytest.mark.parametrize("name", ["cp1252", "shift_jis", "utf-16"])
def test_an_encoding_of_text_is_taken(name: str) -> None:
    assert parse(f'encoding = "{name}"\n' + HEAD + RECORD).encoding == name


@pytest.mark.parametrize("name", ["of nowhere", "hex", "base64"])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(MappingError, match="unknown encoding"):
        parse(f'encoding = "{name}"\n' + HEAD + RECORD)
