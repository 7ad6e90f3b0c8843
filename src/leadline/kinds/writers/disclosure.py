"""The page for the other side as a text file: UTF-8, for a reader without this program."""

from collections.abc import Mapping

from leadline.kinds.writer import Writer
from leadline.model.referral import Dossier


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """disclosure.txt, every character that is not printed spelled as ``[U+XXXX]``."""
    lines = dossier.disclosure.splitlines()
    return {"disclosure.txt": "".join(f"{_spelled(line)}\n" for line in lines).encode()}


def _spelled(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in line)


DISCLOSURE = Writer("disclosure", "The page for the other side: what each claim leaves open, what refutes it.", write)
