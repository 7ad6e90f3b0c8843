"""Decisions that a key vouches for: the signature in their log entry, made and checked."""

import hashlib
from collections.abc import Callable, Collection, Sequence

from leadline.errors import LeadlineError
from leadline.kinds.codecs import signed_note
from leadline.store import decisions
from leadline.store.decisions import Decision
from leadline.store.entry import Entry
from leadline.store.keys import Key


def signature(made: Sequence[Decision], key: Key, what: str) -> dict[str, str]:
    """What a log entry says of decisions that a key vouches for, with `what` it vouches for beside them (one line)."""
    text = _text([decision.id for decision in made], what)
    return {"signed_as": what, "signed": key.sign_note(text), "signer": signed_note.verifier_text(key.name, key.public)}


def forged(entry: Entry, content: Callable[[str], bytes]) -> str:
    """Why the signature of a log entry's decisions is none; empty when it is one, or when the entry has none.

    `content` gives the bytes of a file of the case by name; IntegrityError when they are not what the log says.
    """
    said = entry.note
    if not {"signed_as", "signed", "signer"} & said.keys():
        return ""
    try:
        ids = [*(id_ for name in entry.files for id_ in decisions.names_in(name, content)), *decisions.again(entry)]
        text, _ = signed_note.opened(str(said["signed"]), [signed_note.verifier(str(said["signer"]))])
        whole = text == _text(ids, str(said["signed_as"]))
    except KeyError:
        return "a signature of decisions lacks a part"
    except LeadlineError as error:
        return error.what
    return "" if whole else "the signature is not over the decisions it stands with"


def _text(ids: Collection[str], what: str) -> str:
    digest = hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
    return f"leadline decisions\n{what}\n{len(ids)} {digest}\n"
