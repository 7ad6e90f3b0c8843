"""What intake says of a map that it proposes, or tries."""

from pathlib import Path
from typing import Any

from leadline.commands.terminal import answer, counted, progress
from leadline.errors import UsageError
from leadline.flow import casework, proposing


def shown(
    case: Path, paths: tuple[Path, ...], to: Path | None, answers: Path | None, map_: str, *, as_json: bool
) -> int:
    """Proposes a map and writes it to `to`, or tries one where none is to be written; the exit status.

    UsageError where a map is named and one is to be made.
    """
    if to is None:
        with progress() as report:
            parts = proposing.preview(casework.opened(case), paths, map_, report)
        answer({"ok": True, "parts": parts}, [line for part in parts for line in _part(part)], as_json=as_json)
        return 0
    if map_:
        raise UsageError("--map names a map, --propose makes one", remedy="leave one of them out")
    with progress() as report:
        found = proposing.propose(casework.opened(case), paths, to, answers, report)
    open_ = [q for q in found["questions"] if not q["answered"]]
    mapped = [part for part in found["parts"] if part["records"]]
    lines = [f"{to}: {counted(len(mapped), 'part')} of {len(found['parts'])} mapped"]
    lines += [f"  {p['part']}: {p['says']}, {', '.join(dict.fromkeys(p['records']))}" for p in mapped]
    left = [p["part"] for p in found["parts"] if not p["records"]]
    lines += [f"  not mapped: {', '.join(left)}"] if left else []
    lines += [
        f"open: {q['name']}: {q['question']}" + (f" ({', '.join(q['choices'])})" if q["choices"] else "") for q in open_
    ]
    if not mapped:
        lines += [
            "nothing in it tells whose records these are: the map lists what was seen, its parts are yours to write"
        ]
    elif open_:
        lines += ["write each answer into the map in place of its ?, then look at it with --map MAP --preview"]
    else:
        lines += ["look at it with --map MAP --preview"]
    answer({"ok": True, **found}, lines, as_json=as_json)
    return 0


def _choices(question: dict[str, Any]) -> str:
    return f" [{' | '.join(question['choices'])}]" if question["choices"] else ""


def _part(part: dict[str, Any]) -> list[str]:
    counts = f"{part['mapped']} mapped, {part['rejected']} rejected, {part['left_out']} left out of the first rows"
    lines = [f"{part['part']}: {counts}"]
    for record in part["records"]:
        said = (f"{key}={value}" for key, value in record.items() if key not in ("table", "locator"))
        lines.append(f"  {record['table']} {' '.join(said)} ({record['locator']})")
    return lines + [f"  rejected {reject['locator']}: {reject['reason']}" for reject in part["rejects"]]
