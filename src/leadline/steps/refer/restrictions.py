"""What may travel: findings inherit the restrictions of every exhibit they rest on, however far below."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.evidence import NEVER_CLEARED, RESTRICTIONS


@dataclass(frozen=True, slots=True)
class Barred:
    """One thing that may not travel: who rests on it (finding or person), exhibit, locator, restriction, where to."""

    holder: str
    exhibit: bytes
    locator: str
    restriction: str
    place: str

    def __str__(self) -> str:
        return f"{self.holder} rests on exhibit:{self.exhibit.hex()} {self.locator} ({self.restriction})"


def basis_below(basis: pa.Table, findings: Iterable[bytes]) -> pa.Table:
    """Basis rows of `findings` and of every finding they rest on, in key order of `basis`."""
    frontier = frozenset(findings)
    seen = set(frontier)
    while frontier:
        rows = basis.filter(pc.is_in(basis.column("finding"), pa.array(sorted(frontier), pa.binary(32))))
        inner = rows.filter(pc.equal(rows.column("kind"), "finding")).column("ref").to_pylist()
        frontier = frozenset(bytes.fromhex(r.removeprefix("finding:")) for r in inner) - seen
        seen |= frontier
    return basis.filter(pc.is_in(basis.column("finding"), pa.array(sorted(seen), pa.binary(32))))


def barred(
    basis: pa.Table,
    stated: pa.Table,
    exhibit: pa.Table,
    place: str,
    cleared: Mapping[str, frozenset[str]],
    whole_case: Sequence[str] = (),
) -> tuple[Barred, ...]:
    """What may not go to jurisdiction `place`: rows of `basis`, then statements (`person`, `exhibit`, `locator`).

    An exhibit carries its own restrictions and those of the `whole_case`.
    An exhibit's restriction bars it unless a person cleared that restriction for the jurisdiction; a word that is not
    in the closed list bars always, and so do the restrictions in NEVER_CLEARED.
    """
    words = stopped(exhibit, place, cleared, whole_case)
    if not words:
        return ()
    cited = basis.filter(pc.equal(basis.column("kind"), "exhibit"))
    rows = [
        (f"finding:{finding.hex()}", bytes.fromhex(ref.removeprefix("exhibit:")), locator)
        for finding, ref, locator in zip(
            *(cited.column(c).to_pylist() for c in ("finding", "ref", "locator")), strict=True
        )
    ]
    rows += zip(*(stated.column(c).to_pylist() for c in ("person", "exhibit", "locator")), strict=True)
    return tuple(Barred(who, id_, where, word, place) for who, id_, where in rows for word in words.get(id_, ()))


def stopped(
    exhibit: pa.Table, place: str, cleared: Mapping[str, frozenset[str]], whole_case: Sequence[str] = ()
) -> dict[bytes, tuple[str, ...]]:
    """{exhibit: the restrictions for which it may not go to jurisdiction `place`}, of those that may not."""
    words: dict[bytes, tuple[str, ...]] = {}
    for id_, text in zip(
        exhibit.column("exhibit").to_pylist(), exhibit.column("restrictions").to_pylist(), strict=True
    ):
        stops = tuple(
            w for w in sorted({*text.split(","), *whole_case})
            if w and (w in NEVER_CLEARED or w not in RESTRICTIONS or place not in cleared.get(w, frozenset()))
        )  # fmt: skip
        if stops:
            words[id_] = tuple(sorted({*stops, *words.get(id_, ())}))
    return words


def barred_below(basis: pa.Table, finding: bytes, stops: Mapping[bytes, Collection[str]]) -> tuple[str, ...]:
    """The restrictions for which what `finding` rests on may not travel; none is looked for where nothing is barred."""
    if not stops:
        return ()
    below = basis_below(basis, [finding])
    cited = below.filter(pc.equal(below.column("kind"), "exhibit")).column("ref").to_pylist()
    return tuple(sorted({w for ref in cited for w in stops.get(bytes.fromhex(ref.removeprefix("exhibit:")), ())}))
