"""The roll of a case's operators."""

from pathlib import Path
from typing import Any

from leadline.views import reading


def operators(path: Path) -> list[dict[str, Any]]:
    """Name, role and public key of each operator; none where the case has no roll.

    Raises:
        CaseError: no case lies there.
    """
    return [{"operator": o.name, "role": o.role, "key": o.public} for o in reading.roll(path).values()]
