"""The page for the other side as a text file: UTF-8, for a reader without this program."""

from collections.abc import Mapping

from leadline.kinds.codecs.visible import spelled
from leadline.kinds.writer import Writer
from leadline.model.referral import Dossier


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """disclosure.txt, every character that would steer what shows it spelled as ``[U+XXXX]``."""
    lines = dossier.disclosure.splitlines()
    return {"disclosure.txt": "".join(f"{spelled(line)}\n" for line in lines).encode()}


DISCLOSURE = Writer("disclosure", "The page for the other side: what each claim leaves open, what refutes it.", write)
