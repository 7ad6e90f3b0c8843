"""Tag packs: header inheritance, refusals, and what is written reads back."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import KindError
from leadline.kinds.codecs import tagpack

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
    assert c["entry"] == [0, 1, 3, 4, 5]
    assert c["network"] == ["main", "main", "eth", "regtest", "unknown"]
    assert c["label"] == ["from header", "own", "from header", "from header", "from header"]
    assert c["confidence_level"] == [50, 20, 50, 50, 50]
    assert c["cluster_definer"] == [False, True, False, False, False]
    assert c["lastmod"] == ["2020-01-02"] * 5
    assert c["actor"] == [None, "somebody", None, None, None]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("title: t\ncreator: c\n", ""),
        ("- 1\n- 2\n", ""),
        ("title: t\ntags:\n- 5\n", "entry:0"),
        ("title: t\ntags:\n- address: x\n", "entry:0"),
        ("title: 't\n", "line:"),
        ("&a [*a]", ""),
        ("", ""),
        ("title: t\nlastmod: 2020-99-99\ntags: []", ""),
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
