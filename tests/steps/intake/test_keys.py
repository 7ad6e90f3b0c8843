"""Keys of wallets at intake: public ones read where they stand, private ones by place alone, wrong ones rejected."""

import hashlib
from pathlib import Path

from leadline.scenario.chain.locks import Branch
from leadline.steps.intake import Source, load_map, read_exhibit

BRANCH = Branch(2, "test")


def test_keys_in_a_page(tmp_path: Path) -> None:
    wrong = BRANCH.public[:-1] + ("1" if BRANCH.public[-1] != "1" else "2")
    whole = f"wpkh([deadbeef/84h/1h/0h]{BRANCH.public}/&lt;0;1&gt;/*)"
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><p>{BRANCH.public}</p><p>{whole}</p><p>{BRANCH.private}</p><p>{wrong}</p>")
    data = page.read_bytes()
    tables = read_exhibit(Source(hashlib.sha256(data).digest(), page), load_map("page"), lambda *_: None)
    rows = tables["wallet"].to_pylist()
    assert {(r["form"], r["key"]) for r in rows} == {
        ("extended_key", BRANCH.public),
        ("descriptor", whole.replace("&lt;", "<").replace("&gt;", ">")),
        ("private", None),
    }
    (private,) = (r for r in rows if r["form"] == "private")
    first, _, last = private["locator"].removeprefix("byte:").partition("-")
    assert data[int(first) : int(last)].decode() == BRANCH.private
    assert tables["reject"].column("reason").to_pylist() == ["bad_key"]
    for table in tables.values():
        assert BRANCH.private not in str(table.to_pydict())
