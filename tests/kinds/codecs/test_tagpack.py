"""Tag packs: header inheritance, refusals, and what is written reads back."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import KindError
from leadline.kinds.codecs import plainyaml, tagpack

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
REGTEST = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
PACK = f"""
title: t
creator: c
label: from header
category: exchange
confidence: forensic
lastmod: 2020-01-02
is_cluster_definer: false
tags:
- address: {GENESIS}
  currency: BTC
- address: {GENESIS}
  label: own
  actor: somebody
  confidence: web_crawl
  is_cluster_definer: true
- tx_hash: 00
- address: '0x42b86A269fb3d5368D880c519BadABa77eC00130'
  currency: ETH
- address: {REGTEST}
  currency: BTC
- address: {GENESIS}x
  currency: BTC
"""


def test_tags_inherit_the_header_and_say_their_entry() -> None:
    c = tagpack.parse(PACK.encode()).columns
    assert c["entry"] == [0, 1, 2, 3, 4, 5]
    assert c["network"] == ["main", "main", None, "eth", "regtest", "unknown"]
    assert c["label"] == ["from header", "own", *["from header"] * 4]
    assert c["confidence_level"] == [50, 20, 50, 50, 50, 50]
    assert c["cluster_definer"] == [False, True, *[False] * 4]
    assert c["lastmod"] == ["2020-01-02"] * 6
    assert c["actor"] == [None, "somebody", *[None] * 4]
    assert c["fault"] == [None, None, "bad_transaction", None, None, "bad_address"]
    assert c["creator"] == ["c"] * 6


def test_every_field_of_a_tag_is_kept() -> None:
    text = f"""
title: t
creator: c
license: CC0-1.0
tags:
- tx_hash: {"AB" * 32}
  label: theft
  abuse: service_hack
  concepts: [service_hack, exchange]
  tag_type: event
  context: {{b: 1, a: [2]}}
  source: https://example.org
  confidence: ledger_immanent
- 5
- address: {GENESIS}
- label: nobody
"""
    good, *bad = tagpack.parse(text.encode()).rows
    assert good["tx"] == "ab" * 32 and good["address"] is None and good["fault"] is None
    assert (good["category"], good["abuse"], good["concepts"]) == (
        "service_hack",
        "service_hack",
        "service_hack,exchange",
    )
    assert (good["tag_type"], good["context"], good["licence"]) == ("event", '{"a": ["2"], "b": "1"}', "CC0-1.0")
    assert (good["source"], good["confidence_level"]) == ("https://example.org", 100)
    assert [row["fault"] for row in bad] == ["no_mapping", "no_label", "no_address"]


def test_actors_of_an_actor_pack() -> None:
    text = """
title: t
creator: c
lastmod: 2023-02-17
actors:
- {id: north, label: Northgate, uri: north.example, categories: [exchange, service], jurisdictions: [AT, US],
   aliases: [northgate.example], context: {same_as: [old_north]}}
- {id: south, label: Southgate, context: '{"aliases": ["southgate"]}'}
- {label: nameless}
"""
    north, south, nameless = tagpack.parse(text.encode()).rows
    assert (north["actor"], north["category"], north["concepts"]) == ("north", "exchange", "exchange,service")
    assert (north["aliases"], north["jurisdictions"]) == ("northgate.example\nold_north", "AT,US")
    assert (north["source"], north["lastmod"], north.get("address")) == ("north.example", "2023-02-17", None)
    assert south["aliases"] == "southgate" and nameless["fault"] == "no_label"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("title: t\ncreator: c\n", ""),
        ("- 1\n- 2\n", ""),
        ("title: 't\n", "line:"),
        ("&a [*a]", ""),
        ("", ""),
        ("title: t\ntitle: u\ntags: []", ""),
        ("title: t\nheader: {creator: a, creator: b}\ntags: []", ""),
        ("title: t\nheader: !include header.yaml\ntags: []", "line:2"),
        ("title: t\ntags: []\n---\ntitle: u\n", "line:3"),
        ("title: t\n? [a]\n: b\n", "line:2"),
        ("tags: " + "[" * 100_000, "line:1"),
        ("tags:\n- " + "- " * 100_000, "line:2"),
    ],
)
def test_a_bad_pack_is_refused_with_its_place(text: str, where: str) -> None:
    with pytest.raises(KindError) as caught:
        tagpack.parse(text.encode())
    assert caught.value.where.startswith(where)


@given(st.lists(st.fixed_dictionaries({"address": st.text(min_size=1), "label": st.text(min_size=1)}), max_size=5))
def test_what_is_written_reads_back(tags: list[dict[str, str]]) -> None:
    data = tagpack.write({"title": "t", "creator": "c", "confidence": "forensic"}, tags)
    assert data == tagpack.write({"title": "t", "creator": "c", "confidence": "forensic"}, tags)
    c = tagpack.parse(data).columns
    assert c["address"] == [t["address"].strip() for t in tags]
    assert c["label"] == [t["label"] for t in tags]
    assert yaml.safe_load(data)["title"] == "t"


def test_nested_aliases_are_refused_before_they_unfold() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    text = "\n".join(["title: t", "a0: &a0 [x]", *levels, "tags: *a11"])
    with pytest.raises(KindError, match="aliases"):
        tagpack.parse(text.encode())


def test_every_scalar_is_what_is_written() -> None:
    """Where the resolver of YAML 1.1 makes NO false, 1.10 a float and a digest of digits a number."""
    text = f"""
title: t
is_public: Yes
header: {{label: NO, confidence: forensic, lastmod: 2023-2-7}}
tags:
- {{address: {GENESIS}, context: {{country: no, version: 1.10}}, is_cluster_definer: off}}
- {{tx_hash: {"12345678e9" * 6}1234, label: 0123, lastmod: 2023-02-17T10:00:00Z}}
- {{address: {GENESIS}, label: null, actor: ~}}
- {{address: {GENESIS}, label: a, label: b}}
"""
    first, second, third, fourth = tagpack.parse(text.encode()).rows
    assert (first["label"], first["context"], first["lastmod"]) == (
        "NO",
        '{"country": "no", "version": "1.10"}',
        "2023-02-07",
    )
    assert (first["public"], first["cluster_definer"], first["confidence_level"]) == (True, False, 50)
    assert (second["tx"], second["label"], second["lastmod"]) == ("12345678e9" * 6 + "1234", "0123", "2023-02-17")
    assert third["fault"] == "no_label" and fourth["fault"] == "repeated_key"
    norway = tagpack.parse(b"title: t\nactors:\n- {id: a, label: A, jurisdictions: [NO, AT]}\n").rows
    assert norway[0]["jurisdictions"] == "NO,AT"


VALUE = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\ufeff\ufffe\uffff")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUE)
def test_documents_are_what_pyyaml_reads_of_them(value: object) -> None:
    data = yaml.safe_dump(value, allow_unicode=True, encoding="utf-8")
    assert plainyaml.load(data) == yaml.load(data, Loader=yaml.CSafeLoader) == value
