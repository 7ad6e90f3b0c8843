"""The examples of docs/extending.md put where the page says, into a copy of the program."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "extending.md"
_FENCE = re.compile(r"^(File|In) `([^`]+)`[^\n]*\n\n```(\w+)\n(.*?)^```", re.M | re.S)
FONTS = "src/leadline/kinds/writers/report/fonts"


def blocks(kind: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every new file (kind ``File``) or change of a file (kind ``In``) on the page, in its order."""
    for word, path, language, text in _FENCE.findall(PAGE.read_text("utf-8")):
        if word == kind:
            assert language == ("python" if kind == "File" else "diff"), path
            yield path, text


def changed(text: str, change: str) -> str:
    """`text` after a change: lines with a blank stand there, in this order; those with - go, those with + come.

    What comes stands after the line named before it, or, where none is, before the next. ValueError when a line that
    is to stand there does not.
    """
    lines, at, waiting = text.split("\n"), 0, []
    named = False
    for line in change.splitlines():
        sign, content = line[:1], line[1:]
        if sign == "+" and named:
            lines.insert(at, content)
            at += 1
        elif sign == "+":
            waiting.append(content)
        else:
            at = lines.index(content, at)
            lines[at:at] = waiting
            at, waiting, named = at + len(waiting), [], True
            if sign == "-":
                del lines[at]
            else:
                at += 1
    return "\n".join(lines)


def extend(folder: Path) -> None:
    """A copy of the program in `folder`, with what is compiled of it, and every example of the page in its place."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("fonts"))
    (folder / FONTS).symlink_to(ROOT / FONTS)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for path, text in blocks("File"):
        assert not (folder / path).exists(), path
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    for path, change in blocks("In"):
        (folder / path).write_text(changed((folder / path).read_text(), change))
