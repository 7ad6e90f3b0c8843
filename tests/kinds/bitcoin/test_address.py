"""Address text both ways, against the vectors of BIP173 and BIP350 and against broken text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import EvidenceError, UsageError
from leadline.kinds.bitcoin import address, script
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.kinds.bitcoin.prefixes import PREFIXES

VECTORS = [
    ("main", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"),
    ("main", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "test",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "main",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("main", "BC1SW50QGDZ25J", "6002751e"),
    ("main", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"),
    (
        "test",
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "test",
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "main",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
    ("main", "bc1pfeessrawgf", "51024e73"),
]
REFUSED = [
    ("test", "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut"),
    ("main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd"),
    ("test", "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf"),
    ("main", "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL"),
    ("main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh"),
    ("test", "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47"),
    ("main", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4"),
    ("main", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R"),
    ("main", "bc1pw5dgrnzv"),
    ("main", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P"),
    ("test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq"),
    ("main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf"),
    ("test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j"),
    ("main", "bc1gmk9yu"),
    ("test", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("main", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
    ("main", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7\u212aV8F3T4"),
    ("main", ""),
]
BYTES20 = st.binary(min_size=20, max_size=20)
BYTES32 = st.binary(min_size=32, max_size=32)
SCRIPTS = st.one_of(
    BYTES20.map(script.p2pkh),
    BYTES20.map(script.p2sh),
    BYTES20.map(lambda b: script.witness(0, b)),
    BYTES32.map(lambda b: script.witness(0, b)),
    BYTES32.map(lambda b: script.witness(1, b)),
    st.tuples(st.integers(2, 16), st.binary(min_size=2, max_size=40)).map(lambda t: script.witness(*t)),
)


@pytest.mark.parametrize(("network", "text", "wanted"), VECTORS)
def test_published_vectors_both_ways(network: str, text: str, wanted: str) -> None:
    assert address.decode(text, network).hex() == wanted
    assert address.encode(bytes.fromhex(wanted), network) in (text, text.lower())


@pytest.mark.parametrize(("network", "text"), REFUSED)
def test_broken_text_is_refused_without_repeating_it(network: str, text: str) -> None:
    with pytest.raises(EvidenceError) as error:
        address.decode(text, network)
    assert not text or text not in str(error.value)
    assert not address.is_address(text, network)


@given(SCRIPTS, st.sampled_from(sorted(NETWORKS)))
def test_every_script_with_an_address_comes_back(output: bytes, network: str) -> None:
    text = address.encode(output, network)
    assert text is not None
    assert address.decode(text, network) == output


@given(SCRIPTS, st.data())
def test_one_changed_letter_is_refused(output: bytes, data: st.DataObject) -> None:
    text = address.encode(output, "main")
    assert text is not None
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from([c for c in "023456789acdefghjkmnp1lqrstuvwxyz" if c != text[at]]))
    assert not address.is_address(text[:at] + letter + text[at + 1 :], "main")


def test_scripts_without_an_address() -> None:
    for output in (b"", b"\x6a\x01\x00", script.p2pk(b"\x02" + bytes(32)), b"\x51"):
        assert address.encode(output, "main") is None


def test_unknown_network_is_refused() -> None:
    with pytest.raises(UsageError):
        address.decode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "moon")


def test_every_network_has_its_prefixes() -> None:
    assert list(PREFIXES) == list(NETWORKS)
