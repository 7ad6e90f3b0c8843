"""A case made, opened for an act, and set: what a person changes of it by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from leadline.errors import UsageError
from leadline.flow.pinning import files_of, pin
from leadline.store import settings
from leadline.store.case import Case
from leadline.store.lookup import whole_ref


def new(path: Path, name: str, authority: str = "", scope: str = "") -> Case:
    """A new empty case.

    Raises:
        CaseError: something lies there already.
    """
    return Case.create(path, name, authority=authority, scope=scope)


def opened(path: Path) -> Case:
    """The case at `path`, for an act that will be a line of its log.

    Raises:
        CaseError: no case lies there, or nobody on its roll has signed in.
    """
    return Case.open(path)


def _whole(case: Case, item: settings.Change) -> settings.Change:
    """A withdrawal of a ref that is given by a beginning, with the whole ref."""
    return replace(item, value=whole_ref(case, item.value)) if item.key == "withdraw" else item


def assign(
    path: Path, assignments: Sequence[str], reason: str, licence: str = "", *, discard_edit: bool = False
) -> list[tuple[Path, str]]:
    """Changes the settings of a case by ``key=value`` texts; (file, why) of each that is not pinned with its folder.

    Raises:
        UsageError: nothing is to be set, a text is no assignment, or its value does not fit.
    """
    if not assignments and not discard_edit:
        raise UsageError("nothing to set", remedy="leadline case set CASE key=value --reason TEXT")
    case = Case.open(path, discard_edit=discard_edit)
    if discard_edit:
        case.change(case.settings, reason, {"set": "discarded a change by hand"})
    changes = [_whole(case, settings.change(text)) for text in assignments]
    pins = [c for c in changes if c.key.startswith("pin.") and c.operator != "-="]
    plain = [c for c in changes if c not in pins]
    if licence and not pins:
        raise UsageError("nothing is pinned that the licence is of", remedy="name the list: pin.list+=PATH")
    if plain:
        now = case.settings
        for item in plain:
            now = settings.changed(now, item)
        case.change(now, reason, {"set": [f"{c.key}{c.operator}{c.value}" for c in plain]})
    passed_over: list[tuple[Path, str]] = []
    for item in pins:
        kind = item.key.removeprefix("pin.")
        files, others = files_of(kind, Path(item.value), demanded=case.settings.demanded)
        for number, file in enumerate(files):
            pin(case, kind, file, reason, licence, 0 if number else len(others))
        passed_over += others
    return passed_over
