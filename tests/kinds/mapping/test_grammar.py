"""The grammar of maps: what is refused, and that every shipped map is read whole."""

import pytest

from leadline.errors import MappingError
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.mapping.maps import Cell, Slot, Template

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
        HEAD
        + '[[part]]\n[[part.record]]\ntable = "identifier"\nsubject = "account:a/{b}"\nkind = "{k}"\nvalue = "v"\n',
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse(text, "the map given")
    assert raised.value.where == "the map given"
    assert raised.value.remedy
