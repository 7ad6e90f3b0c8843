"""Intake: everything at some paths taken in, each thing that cannot be named, and a case taken in again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import EvidenceError, IntegrityError, LeadlineError, MappingError, UsageError
from leadline.flow import reframing
from leadline.flow.exhibits import DENSE, Taken, occur, read, take
from leadline.kinds.container import Container
from leadline.model.progress import Progress, silent
from leadline.steps import intake as step
from leadline.steps.intake import VIDEO as VIDEO
from leadline.steps.intake import not_listed as not_listed
from leadline.store.case import Case
from leadline.store.runs import INTAKE, OCCURRENCES


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that could not be taken in: its path as it was named, the place where it was named, and why.

    `inside` a container, that is, found there and named by nobody.
    """

    path: Path
    place: str
    error: LeadlineError
    inside: bool = False

    @property
    def unread(self) -> bool:
        """Whether nothing is wrong with it: it lies in a container, and no map is made for it."""
        return self.inside and isinstance(self.error, MappingError)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of every item of one call, in order of the items."""

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]


def intake(
    case: Case, paths: Sequence[Path], map_: str = "", progress: Progress = silent, video: str = DENSE
) -> list[Taken]:
    """As `take_in`, for a caller to whom an item that cannot be taken in is an error: the first, after all others.

    Raises:
        EvidenceError, MappingError: an item cannot be read; every other item is taken in nevertheless.
        UsageError: the paths are none to take in.
    """
    done = take_in(case, paths, map_, progress, video)
    wrong = [refused.error for refused in done.refused if not refused.unread]
    if wrong:
        raise wrong[0]
    return list(done.taken)


def take_in(
    case: Case, paths: Sequence[Path], map_: str = "", progress: Progress = silent, video: str = DENSE
) -> TakenIn:
    """Takes in everything at `paths`, and names what cannot be; what is there already is left alone.

    So a second call carries on after a kill.

    `video`: of the videos in a media folder hash dense (ten frames a second), keyframes (a tenth of the cost and less),
    or off (digests alone). A folder taken in again with another answer is read again, and the newer run counts.
    A map in a file is kept in the case as an exhibit; of a folder of maps each file gets the one that fits it.

    Raises:
        UsageError: the paths are none to take in.
        EvidenceError: a listing of exhibits is wrong, so that nobody can say what is to be taken in.
        MappingError: the map given is none, or one of the folder given.
    """
    if not paths:
        raise UsageError("nothing to take in", remedy="leadline intake CASE PATH...")
    here = case.root.resolve()
    for number, path in enumerate(paths, 1):
        if here.is_relative_to(path.resolve()) or path.resolve().is_relative_to(here):
            raise UsageError(
                f"argument {number} is the case, lies in it or holds it", remedy="keep evidence and case apart"
            )
    case.must_write()
    if map_ and Path(map_).is_dir():
        step.in_folder(map_)
    else:
        step.load_map(map_)
    items = list(step.plan(paths, map_))
    taken: list[Taken] = []
    refused: list[Refused] = []
    for done, item in enumerate(items):  # which grow by the files of each container
        progress("exhibits", done, len(items))
        try:
            one = take(case, item, f"exhibit {done + 1} of {len(items)} named", progress, video)
        except (EvidenceError, MappingError) as error:
            refused.append(Refused(item.path, item.place, error, inside=bool(item.parent)))
            continue
        taken.append(one)
        if item.container is not None:
            record = case.exhibit_path(one.exhibit).read_bytes()
            refused += _unread(item, item.container, record)
            items += step.within(item, one.exhibit, record, demanded=case.settings.demanded)
    progress("exhibits", len(items), len(items))
    return TakenIn(tuple(taken), tuple(refused))


def _unread(item: step.Item, container: Container, record: bytes) -> list[Refused]:
    """What in a container could not be read, each named by its own path and its place in the container's record."""
    return [
        Refused(
            child.path,
            f"{item.place}, {child.locator} of its record",
            EvidenceError(
                "cannot be read",
                where=child.locator,
                remedy="check that you may read it, then take the folder in again",
            ),
            inside=True,
        )
        for child in container.unread(record, item.path)
    ]


def again(old: Case, new: Case, progress: Progress = silent) -> None:
    """Takes every exhibit behind the current intake runs of `old` into `new` and reads it again from the copies.

    IntegrityError when an exhibit is not what its name says.
    """
    for run in old.current_runs((INTAKE,)):
        for digest in sorted(run.exhibits):
            if new.add_exhibit(old.exhibit_path(digest), f"exhibit:{digest}") != digest:
                raise IntegrityError("an exhibit is not what its name says", where=f"exhibit:{digest}")
        if run.method == OCCURRENCES:
            occur(new, run.params, run.inputs, run.environment)
        elif run.method == step.CROPS:
            reframing.repeat(run, new, progress)
        else:
            medium = run.environment.get("medium")
            read(new, run.params, run.inputs, Path(medium) if medium else None, progress)
