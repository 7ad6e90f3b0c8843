"""The sentences of a Typst template, taken out of it: runs of four words and more that are no code."""

import re
from importlib import resources

FOLDER = "leadline.kinds.writers.report"
_RUN = re.compile(r"[A-Za-z*(][\w*',;:.()%/&’-]*(?: (?:[\w*(][\w*',;:.()%/&’-]*|-|95 %)){3,}")
_CODE = re.compile(
    r"[=]|: \(|\w\(\w|\b(?:data|p|r|c|d|w|e|a|l|m|s|n|f)\.\w|calc\.|\d(?:pt|em|mm|fr)\b|\(auto|\(right|\(left|Noto Sans"
)
_FIELD = re.compile(r"^[\w.]*(?:data|p|r|c|d|w|e|a|l|m|s|n|f)\.[\w.]+\)?")


def fragments(template: str) -> list[str]:
    """Every run of text between the marks of the template's language, each once, in order."""
    text = resources.files(FOLDER).joinpath(template).read_text("utf-8")
    text = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    found = []
    for chunk in re.split(r"[#\[\]{}\"`\n\\$@<>]", text):
        run = chunk.strip()
        if _CODE.search(run):
            run = _FIELD.sub("", run).strip()
        if _RUN.search(run) and not _CODE.search(run):
            found.append(" ".join(run.split()))
    return list(dict.fromkeys(found))
