"""From the report's data to PDF bytes: one fixed template, shipped fonts, no clock, no network."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

import typst

from leadline.errors import KindError
from leadline.kinds.writer import Writer
from leadline.kinds.writers.report.data import document
from leadline.kinds.writers.report.read_back import missing, texts
from leadline.model.referral import Dossier

STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")
"""PDF/A-2a (ISO 19005-2: archival, with structure) and PDF/UA-1 (ISO 14289-1: accessible reading order)."""
EPOCH = 0
"""The document's creation time, a constant: a payload follows from its inputs, and the signature says when."""


@cache
def _fonts() -> typst.Fonts:
    folder = resources.files("leadline.kinds.writers.report").joinpath("fonts")
    with resources.as_file(folder) as path:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path)])


def template(name: str = "referral.typ") -> bytes:
    """A template, as it is shipped."""
    return resources.files("leadline.kinds.writers.report").joinpath(name).read_bytes()


def typeset(source: bytes, content: Mapping[str, Any], jurisdiction: str) -> bytes:
    """A template's bytes with its content as PDF, read back whole.

    KindError when the typesetter refuses or warns, or when a text of the content cannot be read off the pages; without
    the text in question, which may quote evidence. An absent font is only a warning, and drops a name in silence.
    """
    # The folder the typesetter may read files from: our own, whatever the working directory is.
    root = str(resources.files("leadline.kinds.writers.report"))
    data = json.dumps(content, ensure_ascii=False, sort_keys=True)
    compiler = typst.Compiler(root=root, font_paths=_fonts(), ignore_system_fonts=True)
    try:
        made, warnings = compiler.compile_with_warnings(
            input=source, format="pdf", sys_inputs={"data": data}, pdf_standards=list(STANDARDS), timestamp=EPOCH
        )
    except typst.TypstError:
        raise _refused(jurisdiction, "the report cannot be typeset") from None
    if warnings:
        raise _refused(jurisdiction, f"the report is typeset with {len(warnings)} warnings, such as of an absent font")
    if not isinstance(made, bytes):
        raise KindError("the typesetter gave no document")
    if re.search(rb"/Subtype\s*/Image", made):
        raise KindError("the report holds an image object; nothing is written")
    lost = missing(texts(content), made)
    if lost:
        raise _refused(jurisdiction, f"{lost} words of the report cannot be read off its pages; nothing is written")
    return made


def _refused(jurisdiction: str, what: str) -> KindError:
    """The error of a report that is not written, without any of its text."""
    return KindError(
        what,
        where=f"jurisdiction:{jurisdiction}",
        remedy="install Leadline again, with its fonts; then tell its makers the number of persons and payments",
    )


def pdf(dossier: Dossier) -> bytes:
    """The report as PDF."""
    return typeset(template(), document(dossier), dossier.jurisdiction)


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """report.pdf."""
    return {"report.pdf": pdf(dossier)}


REPORT = Writer("report", "An accessible PDF/A report for people: figures, basis, alternatives, method.", write)
