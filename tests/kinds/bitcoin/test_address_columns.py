"""Addresses by the column against one at a time."""

import hashlib

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import address
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address_columns import scripts, scripts_of
from leadline.kinds.bitcoin.prefixes import prefixes

NETWORKS = st.sampled_from(["main", "test", "regtest"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An address of some network, perhaps with a letter changed, its case changes, or cut."""
    program = draw(st.binary(min_size=40, max_size=40))
    script = draw(
        st.sampled_from(
            [
                sc.p2pkh(program[:20]),
                sc.p2sh(program[:20]),
                sc.witness(0, program[:20]),
                sc.witness(0, program[:32]),
                sc.witness(1, program[:32]),
                sc.witness(5, program[:7]),
                sc.witness(16, program),
            ]
        )
    )
    text = address.encode(script, draw(NETWORKS)) or ""
    change = draw(st.integers(0, 5))
    at = draw(st.integers(0, max(0, len(text) - 1)))
    if change == 0:
        text = text[:at] + draw(st.characters(max_codepoint=300, blacklist_categories=["Cs"])) + text[at + 1 :]
    elif change == 1:
        text = text.upper()
    elif change == 2:
        text = text[:at]
    return text


def alone(text: str, network: str) -> bytes | None:
    try:
        return address.decode(text, network)
    except EvidenceError:
        return None


@settings(deadline=None)
@given(st.lists(st.one_of(texts(), st.text(max_size=40)), max_size=6), NETWORKS)
def test_columns_equal_single_addresses(values: list[str], network: str) -> None:
    assert scripts(pa.array(values, pa.string()), prefixes(network)) == [alone(v, network) for v in values]


def test_refs() -> None:
    script = sc.p2pkh(bytes(20))
    text = address.encode(script, "main")
    got = scripts_of(pa.array([text, None, "x", text]), "main").to_pylist()
    ref = "script:main:" + hashlib.sha256(script).hexdigest()
    assert got == [ref, None, None, ref]
