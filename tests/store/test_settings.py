"""case.toml reads back what was written, and changes only by known keys with values that fit."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import CaseError, UsageError
from leadline.kinds.codecs.visible import steers
from leadline.model.settings import SETTINGS, Setting, withdrawal
from leadline.store.settings import Pinned, Settings, change, changed, from_toml, pinned, to_toml

HEX = "ab" * 32


@given(
    st.text(st.characters(categories=("L", "N", "P", "Zs"))),
    st.text(),
    st.integers(0, 9999),
    st.lists(
        st.builds(Pinned, st.sampled_from(("list", "tag")), st.text(min_size=1), st.text(), st.just(HEX)), max_size=3
    ),
)
def test_it_reads_back(name: str, scope: str, hops: int, pins: list[Pinned]) -> None:
    settings = Settings(name, scope=scope, hop_limit=hops, withdrawn=(f"tx:{HEX}",))
    for pin in pins:
        settings = pinned(settings, pin)
    assert from_toml(to_toml(settings)) == settings
    assert not any(steers(c) for c in to_toml(settings).decode() if c != "\n")


@pytest.mark.parametrize("data", [b"", b"format = 4", b"format = 4\nname = 'x'\nother = 1", b"\xff"])
def test_what_is_no_case_toml(data: bytes) -> None:
    with pytest.raises(CaseError):
        from_toml(data)


def test_changes() -> None:
    settings = Settings("x")
    for text in ("valuation_date=2018-03-04", "currency=EUR", "hop_limit=4", "name=y z"):
        settings = changed(settings, change(text))
    assert (settings.valuation_date, settings.currency, settings.hop_limit) == ("2018-03-04", "EUR", 4)
    settings = changed(settings, change("restrictions+=mlat_use"))
    settings = changed(settings, change(f"withdraw+=tag:{HEX}#entry:5"))
    assert (settings.restrictions, settings.withdrawn) == (("mlat_use",), (f"tag:{HEX}#entry:5",))
    assert changed(settings, change("restrictions-=mlat_use")).restrictions == ()
    for text in ("clear+=us:mlat_use", "clear+=gb:mlat_use", "clear+=us:originator"):
        settings = changed(settings, change(text))
    assert settings.clearances() == {"mlat_use": {"us", "gb"}, "originator": {"us"}}
    assert from_toml(to_toml(settings)) == settings


@pytest.mark.parametrize(
    "text",
    [
        "x", "unknown=1", "currency=usd", "valuation_date=4.3.2018", "hop_limit=-1", "hop_limit=99999", "name=a\nb",
        "hop_limit=65", "hop_limit=4.0", "hop_limit=", "hop_limit=٤", "gap_limit=0", "gap_limit=10000", "name=",
        "name= ", "currency=", "currency=ZZZZ", "currency=US1", "valuation_date=2018-02-30", "valuation_date=soon",
        "taint=", "scope=a\tb",
        "taint=Haircut", "taint=haircut ", "forms=turned", "forms=", "crops=yes", "crops=", "contact=a\x1bb",
        "hop_limit+=4", "name-=x", "restrictions=mlat_use", "clear=us:mlat_use", "clear+=zz:mlat_use",
        "clear+=:mlat_use",
        "restrictions+=secret", "restrictions-=mlat_use", "withdraw+=account:site/1", "withdraw+=tx:12",
        f"withdraw+=exhibit:{HEX}#entry:1", f"withdraw+=tag:{HEX}#row:1", "withdrawn=x", "pin.list-=x", "pin.x+=y",
        "clear+=us", "clear+=us:secret", "clear+=US:mlat_use", "clear+=us:privileged", "clear+=us:child_identity",
    ],
)  # fmt: skip
def test_what_may_not_be_set(text: str) -> None:
    with pytest.raises(UsageError):
        changed(Settings("x"), change(text))


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_one_table_says_what_each_setting_is(setting: Setting) -> None:
    """Its default is one it takes, stands in Settings under its stored name, and comes back from what it is set to."""
    assert {f.name for f in fields(Settings)} == {s.stored for s in SETTINGS.values()} | {"pins"}
    if setting.name == "name":
        return
    assert getattr(Settings("x"), setting.stored) == setting.default
    if isinstance(setting.default, tuple):
        assert setting.key == f"{setting.name}+="
        return
    assert setting.key == f"{setting.name}="
    assert (
        getattr(changed(Settings("x"), change(f"{setting.name}={setting.default}")), setting.stored) == setting.default
    )
    assert setting.of({}) == setting.of({setting.stored: setting.default}) == setting.default


SINGLE = [s for s in SETTINGS.values() if not isinstance(s.default, tuple)]
NEAR = st.sampled_from(
    ["", " ", "0", "1", "64", "65", "9999", "10000", "007", "2018-03-05", "2018-3-5", "USD", "usd", "XBT", "haircut",
     "all", "stored", "off", "on", "matched", "beside", "refused", "tried", "demanded", "regtest", "main", "x"]
)  # fmt: skip
"""Values that one setting or another takes, and their neighbours."""


@pytest.mark.parametrize("setting", SINGLE, ids=lambda setting: setting.name)
@given(text=NEAR | st.integers(-2, 20_000).map(str) | st.dates().map(str) | st.text(max_size=12))
def test_nothing_is_taken_that_a_step_or_the_file_refuses(setting: Setting, text: str) -> None:
    """What `case set` takes is what every step reads, before and after it stood in case.toml."""
    try:
        settings = changed(Settings("x"), change(f"{setting.name}={text}"))
    except UsageError:
        with pytest.raises(CaseError):
            setting.of({setting.stored: text})
        return
    value = getattr(settings, setting.stored)
    assert getattr(from_toml(to_toml(settings)), setting.stored) == value
    assert setting.of({setting.stored: value}) == value


@pytest.mark.parametrize("limit", [-1, 65, 100, "many", 4.5])
def test_steps_and_case_set_hold_the_hop_limit_to_the_same_bounds(limit: object) -> None:
    with pytest.raises(UsageError, match="hop_limit"):
        changed(Settings("x"), change(f"hop_limit={limit}"))
    with pytest.raises(CaseError, match="hop_limit"):
        SETTINGS["hop_limit"].of({"hop_limit": limit})


def test_every_bound_is_taken() -> None:
    for text, value in (("hop_limit=0", 0), ("hop_limit=64", 64), ("gap_limit=1", 1), ("gap_limit=9999", 9999)):
        assert getattr(changed(Settings("x"), change(text)), text.partition("=")[0]) == value


def test_what_can_be_withdrawn() -> None:
    for ref in (f"exhibit:{HEX}", f"tx:{HEX}", f"list:{HEX}#entry:0", f"price:{HEX}#line:3", f"decision:{HEX}"):
        assert withdrawal(ref) == ref


def test_one_ledger_and_one_series_many_lists(tmp_path: Path) -> None:
    settings = Settings("x")
    for kind in ("ledger", "list", "price"):
        for digest in ("1" * 64, "2" * 64):
            settings = pinned(settings, Pinned(kind, "n", f"../{digest[:4]}", digest))
    assert [len(settings.pinned(kind)) for kind in ("ledger", "list", "tag", "price")] == [1, 2, 0, 1]
    assert settings.pinned("price")[0].at(tmp_path / "case") == tmp_path / "2222"


@pytest.mark.parametrize("by", ["name", "digest"])
def test_a_pin_is_taken_out_by_its_name_or_digest_and_the_others_stay(by: str) -> None:
    pins = {kind: Pinned(kind, f"{kind} of ours", "..", digest * 64) for kind, digest in (("list", "1"), ("tag", "2"))}
    settings = Settings("x")
    for pin in pins.values():
        settings = pinned(settings, pin)
    settings = changed(settings, change(f"pin.list-={getattr(pins['list'], by)}"))
    assert settings == pinned(Settings("x"), pins["tag"])
    with pytest.raises(UsageError, match="no list is pinned"):
        changed(settings, change(f"pin.list-={getattr(pins['tag'], by)}"))
