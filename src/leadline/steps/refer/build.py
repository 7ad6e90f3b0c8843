"""refer: one signed package a jurisdiction, of the persons that decisions in force tie together."""

from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import pyarrow as pa

from leadline.errors import RestrictionError
from leadline.model.progress import Progress, silent
from leadline.model.referral import Dossier
from leadline.steps.refer.companions import with_companions
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.narrow import narrow
from leadline.steps.refer.package import write
from leadline.steps.refer.refer_io import (
    Held,
    Outcome,
    Signer,
    Source,
)
from leadline.steps.refer.referred_persons import accepted, persons
from leadline.steps.refer.restrictions import Barred, barred


def build(
    source: Source,
    signer: Signer,
    at: datetime,
    out_dir: Path,
    *,
    restricted: Literal["refuse", "hold_back"] = "refuse",
    progress: Progress = silent,
) -> Outcome:
    """Packages of every jurisdiction decided for someone, written under `out_dir` and signed as of `at`.

    Raises StaleError when an accepted decision is stale, and RestrictionError when what a person's findings rest on may
    not travel; both name the rows, and nothing has been written then. With `restricted` set to ``hold_back`` such
    persons are left out whole - never only the row, which may speak for them - and listed in the outcome.
    """
    people, held = persons(source, accepted(source))
    source = narrow(source.measured(), people)
    places = sorted({place for person in people for place, _ in person.located})
    ready: list[Dossier] = []
    stopped: list[Barred] = []
    for done, place in enumerate(places):
        progress("dossier", done, len(places))
        here = [p for p in people if place in dict(p.located)]
        whole = dossier(source, place, here, software())
        if _barred(source, whole):
            free = []
            for person in here:
                rows = _barred(source, dossier(source, place, [person], software()))
                stopped += rows
                if rows:
                    held.append(Held(person.ref, place, f"restricted: {rows[0].restriction}", str(rows[0])))
                else:
                    free.append(person)
            if not free:
                continue
            whole = dossier(source, place, free, software())
        ready.append(whole)
    if stopped and restricted == "refuse":
        raise RestrictionError(
            f"{len(stopped)} rows that persons to be referred rest on may not travel",
            where="; ".join(str(r) for r in stopped[:10]) + ("; and more" if len(stopped) > 10 else ""),
            remedy=f"where it is lawful, leadline case set CASE clear+={stopped[0].place}:{stopped[0].restriction} "
            "--reason TEXT; or leadline refer CASE --key KEY --hold-back",
        )
    made = []
    ready = with_companions(source, ready)
    for done, whole in enumerate(ready):
        progress("package", done, len(ready))
        made.append(write(whole, signer, at, out_dir, source.acts))
    progress("package", len(ready), len(ready))
    return Outcome(tuple(made), tuple(held))


def _barred(source: Source, whole: Dossier) -> tuple[Barred, ...]:
    """What of a dossier may not go to its jurisdiction; every basis row and statement it carries is looked at."""
    tables = whole.tables
    stated = pa.concat_tables(
        [tables[name].select(["person", "exhibit", "locator"]) for name in ("identifiers", "media", "answers")]
    )
    exhibit, place = source.table("exhibit"), whole.jurisdiction
    return barred(tables["basis"], stated, exhibit, place, source.cleared, source.restrictions)


def software() -> str:
    """The name and version of this program, as a package states it."""
    return f"leadline {metadata.version('leadline')}"
