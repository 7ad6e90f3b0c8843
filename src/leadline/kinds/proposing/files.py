"""Records of media files that stand in records by their digest alone."""

from leadline.kinds.proposing.contents import DIGESTS
from leadline.kinds.proposing.meanings import OPEN, Meaning
from leadline.kinds.proposing.proposal import NEITHER, PartProposal, Proposal, Proposed, Value


def files(proposal: Proposal, part: PartProposal) -> list[Meaning]:
    """The columns of a part that are digests of files, with a record for each; what may be one is asked for."""
    found = part.of(*DIGESTS)
    if found:
        part.says = "files"
        part.records.append(Proposed("media", _media(part, found[0], found[0].name)))
        part.records += [Proposed("signature", _signature(found[0], found[0].name, m)) for m in found]
    for m in part.of(OPEN):
        length = next(name for name in DIGESTS if name in m.forms)
        name, choice = f"is_{part.name}_{m.column.name}", f"{length} of a file"
        question = f"What is the hexadecimal text in {part.name}.{m.column.name}?"
        asked = proposal.ask(name, question, (choice, NEITHER), ", ".join(m.rivals)).strip("<>")
        only = (asked, (choice,))
        part.records.append(Proposed("media", _media(part, m, length), when=only))
        part.records.append(Proposed("signature", _signature(m, length, m), when=only))
    return found


def ref(column: str, digest: str) -> str:
    """The media ref of a digest: its kind stands in it unless it is a SHA-256."""
    return "media:" + ("" if digest == "sha256" else f"{digest}-") + f"{{{column}}}"


def target(proposal: Proposal, part: PartProposal) -> str:
    """The media that a column of a part refers to through a part of files; nothing where none does."""
    there = {p.name: p for p in proposal.parts if p.of(*DIGESTS)}
    for m in part.of("ref"):
        assert m.reference is not None
        if m.reference.part in there:
            digest = there[m.reference.part].of(*DIGESTS)[0]
            name = proposal.look_up(m.reference.part, m.reference.column, digest.column.name)
            return ref(f"{m.column.name}|{name}", digest.name)
    return ""


def _media(part: PartProposal, m: Meaning, digest: str) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "media": ref(m.column.name, digest),
        "media_type": "unknown",
        "status": "digest_only",
    }
    for size in part.of("size")[:1]:
        fields["size"] = {"column": size.column.name}
    return fields


def _signature(first: Meaning, digest: str, m: Meaning) -> dict[str, Value]:
    hasher = digest if m is first else m.name
    return {"media": ref(first.column.name, digest), "hasher": hasher, "value": f"{{{m.column.name}}}", "frame": "-1"}
