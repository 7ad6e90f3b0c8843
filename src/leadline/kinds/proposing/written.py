"""A proposal as the text of a map: TOML with the reason of every line, and what is not mapped."""

from collections.abc import Mapping

from leadline.kinds.proposing.meanings import Meaning
from leadline.kinds.proposing.proposal import PartProposal, Proposal, Proposed

OPEN = "?"
"""An answer that is not given."""


def text(proposal: Proposal, name: str, answers: Mapping[str, str]) -> str:
    """The map; questions that `answers` does not answer stand open, and intake refuses until they are answered."""
    lines = [
        "# Proposed by Leadline from a sample of the exhibit. Read it, answer what stands open (?), look at --preview.",
        f"name = {_quoted(name)}",
        f"says = {_quoted('Proposed from what the columns hold; to be read and answered by an analyst')}",
        f"reader = {_quoted(proposal.reader)}",
    ]
    lines += [f"network = {_quoted(proposal.network)}"] if proposal.network else []
    for question in proposal.questions.values():
        lines += ["", f"[answer.{question.name}]", f"question = {_quoted(question.text)}"]
        lines += [f"choices = {_value(list(question.choices))}"] if question.choices else []
        lines += [f"because = {_quoted(question.because)}"] if question.because else []
        lines += [f"value = {_quoted(answers.get(question.name, OPEN))}"]
    for name_, (of, key, value) in proposal.lookups.items():
        lines += [
            "",
            f"[lookup.{_key(name_)}]",
            f"part = {_quoted(of)}",
            f"key = {_quoted(key)}",
            f"value = {_quoted(value)}",
        ]
    if layouts := [part for part in proposal.parts if part.records]:
        lines += [
            "",
            "# The layout this was made for: an exhibit with another is refused, and the difference named.",
            "[layout]",
        ]
        lines += [f"{_key(p.sample.part)} = {_value([c.name for c in p.sample.columns])}" for p in layouts]
    for part in proposal.parts:
        lines += ["", *_part(part)]
    return "\n".join(lines) + "\n"


def _part(part: PartProposal) -> list[str]:
    sample = part.sample
    extent = "all" if sample.whole else "a sample of"
    title = f"# {_shown(sample.part)}: {part.says or 'not mapped'} ({extent} {sample.rows:,} rows)"
    comments = [_comment(m, used=m.column.name in part.used) for m in part.meanings]
    if not part.records:
        return [title, *comments]
    lines = [title, *comments, "[[part]]", f"match = {_quoted(_glob(sample.part))}"]
    lines += [f"columns = {_value(sorted(part.used))}"]
    for record in part.records:
        lines += ["", *_record(record)]
    return lines


def _comment(m: Meaning, *, used: bool) -> str:
    what = m.name or "unknown"
    if m.reference is not None:
        what = f"names rows of {_shown(m.reference.part)}"
    elif m.moment is not None:
        what += f", written {m.moment.format}"
    facts = [f"{m.share:.0%} by {m.by}" if m.share else m.by, f"{m.column.filled:,} of {m.column.seen:,} filled"]
    facts += [f"like {' or '.join(m.like)}"] if m.like else []
    facts += [f"rivals: {', '.join(m.rivals)}"] if m.rivals else []
    return f"#   {_shown(m.column.name)}: {what}{'' if used else ', not mapped'} ({'; '.join(facts)})"


def _record(record: Proposed) -> list[str]:
    lines = ["[[part.record]]", f"table = {_quoted(record.table)}"]
    if record.when:
        lines.append(f"when = {_value({'answer': record.when[0], 'is': list(record.when[1])})}")
    lines += [f"{name} = {_value(value)}" for name, value in record.fields.items()]
    lines += [f"time = {_value(record.time)}"] if record.time else []
    lines += [f"until = {_value(record.until)}"] if record.until else []
    lines += [f"where = {_value(list(record.where))}"] if record.where else []
    return lines


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _quoted(str(value))


def _key(name: str) -> str:
    plain = name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
    return name if plain else _quoted(name)


def _quoted(value: str) -> str:
    """A basic string of TOML (section 1.0, String): what no one sees is spelled out."""
    return '"' + "".join(map(_sign, value)) + '"'


def _sign(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c.isprintable() else f"\\U{ord(c):08X}"


def _shown(name: str) -> str:
    return name if name.isprintable() else _quoted(name)


def _glob(name: str) -> str:
    """A pattern that fits this name alone."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
