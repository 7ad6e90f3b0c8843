"""A disk that fills up at any write: one SpaceError that names the case, and the case as it was."""

import errno
import os
from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import SpaceError
from leadline.store import durable
from leadline.store.case import Case
from leadline.store.settings import change, changed
from leadline.store.verify import verify

ACTS = {
    "note": lambda case, _: case.note("viewed", what="x"),
    "settings": lambda case, _: case.change(changed(case.settings, change("currency=EUR")), "r", {}),
    "exhibit": lambda case, path: case.add_exhibit(path),
}


@pytest.mark.parametrize("act", [*ACTS, "decide"])
def test_full_at_each_moment_of_each_append(
    small: Case, hand: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    moments = refused = 0
    for stop in range(1, 60):
        source = tmp_path / f"more-{stop}"
        source.write_text(f"account {stop}\n")
        seen = 0

        def point(_: str, stop: int = stop) -> None:
            nonlocal seen
            seen += 1
            if seen == stop:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        entries = len(small.log.entries)
        monkeypatch.setattr(durable, "point", point)
        try:
            if act == "decide":
                small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": f"seen {stop}"}])
            else:
                ACTS[act](small, source)
        except SpaceError as error:
            refused += 1
            assert error.where
        monkeypatch.setattr(durable, "point", lambda _: None)
        again = Case.open(small.root)
        again.recover()
        report = verify(small.root)
        assert report.ok, (act, stop, report.problems)
        small = again
        moments = max(moments, seen)
        if seen < stop:
            assert len(small.log.entries) > entries
            break
    assert refused >= moments - 1 > 0
