"""What a user names of a ledger: what is wrong with it is said, and never passed over."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.commands.names import LEDGER as ledger
from leadline.errors import LeadlineError, UsageError

FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
REUSED = "12higDjoCCNXSA95xZMWUdPvXNmkAduhWv"
UNPAID = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
KEY_OF_BLOCK_9 = (
    "0411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b"
    "8643f656b412a3"
)


@pytest.fixture(scope="module")
def built(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("named") / "ledger")
    run("build", out, str(data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"))
    return out


def run(*arguments: str) -> str:
    done = CliRunner().invoke(ledger, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def refused(*arguments: str) -> LeadlineError:
    with pytest.raises(UsageError) as error:
        run(*arguments)
    assert error.value.remedy
    return error.value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "another network (signet, test, testnet4): the ledger",
        ),
        (
            "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
            "another network (regtest, signet, test, testnet4): the ledger",
        ),
        ("12higDjoCCNXSA95xZMWUdPvXNmkAduhWw", "the checksum is wrong"),
        ("12higDjoCCNXSA95xZMWUdPvXNmkAduhW0", "letter 34 is outside the Base58 alphabet"),
        ("bc1qw508d6qejxtdg4y5r3zarVARY0c5xw7kv8f3t4", "upper and lower case are mixed"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3b4", "letter 41 is outside the bech32 alphabet"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "the checksum is wrong for its witness version"),
        (FIRST_PAYMENT[:-1], "63 hex digits"),
        (FIRST_PAYMENT[:-2], "62 hex digits"),
        (KEY_OF_BLOCK_9[:-2], "128 hex digits"),
        ("zz" + FIRST_PAYMENT[2:], "64 hex digits are needed"),
        ("", "the length is of no address"),
    ],
)
def test_what_is_no_address_says_why(built: str, text: str, why: str) -> None:
    error = refused("find", built, text)
    assert why in error.what
    assert not text or text not in str(error)


@pytest.mark.parametrize("text", [REUSED, f" {REUSED}\n", FIRST_PAYMENT.upper(), f"{FIRST_PAYMENT} "])
def test_spaces_around_it_and_upper_case_digits_do_no_harm(built: str, text: str) -> None:
    assert run("find", built, text) == run("find", built, text.strip().lower() if len(text) > 60 else REUSED)


def test_a_key_or_a_script_without_an_address_is_found(built: str) -> None:
    """As `ledger tx` prints them: 12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S is the address of this key, never paid itself."""
    by_key, by_script = (run("find", built, text) for text in (KEY_OF_BLOCK_9, f"41{KEY_OF_BLOCK_9}ac"))
    assert by_key == by_script
    assert by_key.startswith("p2pk: 6 outputs, received ")
    assert run("cluster", built, KEY_OF_BLOCK_9) == run("cluster", built, f"41{KEY_OF_BLOCK_9}ac".upper())
    assert "no output of the ledger pays this script" in run("find", built, "0014" + "11" * 20)


def test_nothing_asked_for_is_passed_over(built: str, tmp_path: Path) -> None:
    assert "not in the ledger" in refused("cluster", built, REUSED, "--without", "00" * 32).what
    assert "hex digits" in refused("cluster", built, REUSED, "--without", "f4184").what
    assert "never" not in refused("cluster", built, REUSED, "--cannot-link", REUSED, UNPAID).what
    assert "are one" in refused("cluster", built, REUSED, "--cannot-link", REUSED, REUSED).what
    assert "hex digits" in refused("change", built, REUSED).what
    error = refused("cluster-conflicts", built, "--tags", str(tmp_path / "none.yaml"))
    assert (error.what, error.where) == ("no such tag pack", "none.yaml")
    (tmp_path / "text.yaml").write_text("hello")
    with pytest.raises(LeadlineError) as bad:
        run("cluster-conflicts", built, "--tags", str(tmp_path / "text.yaml"))
    assert bad.value.where == "text.yaml"
