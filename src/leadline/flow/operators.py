"""Who is put on the roll of a case's operators, and who is taken off it."""

from pathlib import Path

from leadline.errors import UsageError
from leadline.store import keys, roll
from leadline.store.case import Case
from leadline.store.roll import ROLES, Operator

__all__ = ["ROLES", "add", "remove"]


def add(case: Case, name: str, key_file: Path, role: str, reason: str) -> None:
    """Puts an operator on the roll, known by the public key in a file.

    Raises:
        UsageError: the file is no public key.
        CaseError: the roll does not allow it.
    """
    case.change_roll(roll.ADD, Operator(name, keys.public(key_file)[1], role), reason)


def remove(case: Case, name: str, reason: str) -> None:
    """Takes an operator off the roll.

    Raises:
        UsageError: nobody of that name is on it.
        CaseError: the roll does not allow it.
    """
    if name not in case.operators:
        raise UsageError("nobody of that name is on the roll", where=name, remedy="leadline case operator list CASE")
    case.change_roll(roll.REMOVE, case.operators[name], reason)
