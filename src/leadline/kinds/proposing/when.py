"""The times of proposed records: which column, how written, and what must be asked."""

from leadline.kinds.mapping.time_formats import UNITS
from leadline.kinds.proposing.meanings import Meaning
from leadline.kinds.proposing.proposal import PartProposal, Proposal, Time


def time(proposal: Proposal, part: PartProposal, *names: str) -> Time:
    """Where and how a record's time stands: the first of the columns that hold one of these, in order of the names."""
    for name in names:
        for m in part.of(name):
            if m.moment is not None:
                return _time(proposal, part, m)
    return None


def written(proposal: Proposal, part: PartProposal, m: Meaning) -> str:
    """The format of a column of times; asked for where day and month cannot be told apart."""
    assert m.moment is not None
    if not m.moment.rivals:
        return m.moment.format
    return proposal.ask(
        f"format_{part.name}_{m.column.name}",
        f"How are the times of {part.name}.{m.column.name} written?",
        (m.moment.format, *m.moment.rivals),
        "every cell that was seen can be read in each of these ways",
    )


def _time(proposal: Proposal, part: PartProposal, m: Meaning) -> Time:
    assert m.moment is not None
    found: dict[str, object] = {"column": m.column.name, "format": written(proposal, part, m)}
    if m.moment.format not in UNITS and not m.moment.zoned:
        found["zone"] = proposal.ask(
            "zone",
            "In which zone did the program write its local times? (as UTC, Europe/Berlin or +09:00)",
            because=f"{part.name}.{m.column.name} says none",
        )
    return found
