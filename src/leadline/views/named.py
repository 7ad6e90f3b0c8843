"""What a user names of a ledger, an address, a transaction id, a key or a script, checked before it is looked up."""

from leadline.engines.ledger import Ledger
from leadline.errors import EvidenceError, UsageError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import decode, is_address
from leadline.kinds.bitcoin.networks import NETWORKS

ID_DIGITS = 64
"""Hex digits of a transaction id."""
KEYS = {66: ("02", "03"), 130: ("04",)}
"""Hex digits of a public key, and what each form begins with (SEC 1, section 2.3.3)."""


def is_id(text: str) -> bool:
    """Whether `text` has the length of a transaction id, which no address and hardly a script has."""
    return len(text) == ID_DIGITS


def tx_of(opened: Ledger, text: str) -> int:
    """The position of a transaction by its id; UsageError when it is no id, or none of the ledger."""
    text = text.strip()
    if not (is_id(text) and _is_hex(text)):
        raise UsageError(
            f"not a transaction id: {ID_DIGITS} hex digits are needed, these are {len(text)} letters",
            remedy="name the whole id as it is printed, without the number of an output",
        )
    found = opened.tx_index(text)
    if found < 0:
        raise UsageError("the transaction is not in the ledger", remedy="see `ledger info` for what it covers")
    return found


def script_of(opened: Ledger, text: str) -> bytes:
    """The script of an address, of a public key in hex (p2pk), or given in hex itself, as `ledger tx` prints it.

    UsageError when it is none of these, or an address of another network than the ledger's.
    """
    text = text.strip()
    try:
        return decode(text, opened.network)
    except EvidenceError as error:
        others = [name for name in sorted(NETWORKS) if is_address(text, name)]
        if others:
            raise UsageError(
                f"an address of another network ({', '.join(others)}): the ledger is of {opened.network}",
                remedy="name an address of the ledger's network, or the ledger of the address's",
            ) from error
        if _is_hex(text):
            return _script(opened, text.lower())
        raise UsageError(
            error.what, remedy="name an address of the ledger's network, a transaction id, or a key or script in hex"
        ) from error


def _is_hex(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789abcdefABCDEF")


def _script(opened: Ledger, digits: str) -> bytes:
    """The script that hex digits are, or that pays the public key they are."""
    if digits.startswith(KEYS.get(len(digits), ())):
        return sc.p2pk(bytes.fromhex(digits))
    raw = bytes.fromhex(digits) if len(digits) % 2 == 0 else b""
    if raw and (sc.classify(raw) != sc.NONSTANDARD or opened.find_script(raw) >= 0):
        return raw
    raise UsageError(
        f"{len(digits)} hex digits that are no public key and no script of the ledger",
        remedy=f"a transaction id has {ID_DIGITS} digits; keys and scripts are named whole, as --json prints them",
    )
