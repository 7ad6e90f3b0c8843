"""Who the pinned tag packs say owns which scripts, and what each name rests on."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution.behaviour import Counted, counted
from leadline.engines.ledger.attribution.merges import Joins, joins
from leadline.engines.ledger.tracing.walks import Names
from leadline.engines.ledger.view import Ints, View
from leadline.model.refs import ref
from leadline.steps.step import Claims
from leadline.steps.trace.tags import NAMES, Tag, Tags


@dataclass(frozen=True, slots=True)
class Services:
    """Services by index, tags by script (best first), names by script, the way from a script to a tagged one, the
    signs of clusters that behave like a service, and the names between which equally sure tags leave a script or the
    tags of a cluster (by its label) leave that open."""

    refs: tuple[str, ...]
    mixes: tuple[bool, ...]
    tags: Mapping[int, list[Tag]]
    names: Names
    joined: Joins
    counted: Counted
    open_scripts: Mapping[int, tuple[str, ...]]
    open_clusters: Mapping[int, tuple[str, ...]]

    def level_ppm(self, script: int) -> int:
        """The confidence of the tag that names `script` (itself or through its cluster), in millionths."""
        return self.tags[self._tagged(script)[1]][0].level * 10_000

    def rest(self, claims: Claims, finding: bytes, script: int, ledger: Ledger) -> None:
        """`finding` rests on the tag that names `script` and the merges between; tags that differ stand against it."""
        merges, tagged = self._tagged(script)
        for tx, rule in merges:
            txid = ledger.txid_hex(tx)
            claims.rest(finding, "merge", ref("tx", txid), f"tx:{txid}>rule:{rule}")
        best = self.tags[tagged][0]
        for digest, entry in ((best.digest, best.entry), *best.actors):
            claims.rest(finding, "tag", ref("tag", digest), f"entry:{entry}")
        for other in self.tags[tagged][1:]:
            if other.name != best.name:
                claims.rest(finding, "tag", ref("tag", other.digest), f"entry:{other.entry}", "against")

    def disputed(self, view: View, script: int) -> str | None:
        """A sentence when tags contradict one another on `script` or its cluster, so that it has no name."""
        if names := self.open_scripts.get(script):
            return f"tags of equal confidence name {' and '.join(names)}"
        if names := self.open_clusters.get(int(view.cluster[script])):
            return f"tags on scripts spent together name {' and '.join(names)}"
        return None

    def _tagged(self, script: int) -> tuple[list[tuple[int, str]], int]:
        """The merges (transaction, rule) from `script` to the tagged script that names it (none when it is tagged)."""
        return ([], script) if self.names.direct[script] >= 0 else self.joined.path(script)


def services(tags: Tags, view: View) -> Services:
    """The services the tags name on this ledger.

    A script is named by its surest tag; where equally sure ones differ, by none. A cluster is named when all tags that
    speak for it agree. What has tags and no name still ends a walk, as any service without a name does.
    """
    known: dict[str, int] = {}
    mixes: list[bool] = []
    by_script: dict[int, list[Tag]] = defaultdict(list)
    for tag in tags.rows:
        if tag.use == NAMES:
            if tag.name not in known:
                known[tag.name] = len(known)
                mixes.append(tag.mixes)
            by_script[tag.script].append(tag)
    for those in by_script.values():
        those.sort(key=lambda t: -t.level)
    signs = counted(view)
    n = len(view.cluster)
    direct = np.full(n, -1, np.int64)
    flags = signs.service[view.cluster]
    undecided: dict[int, tuple[str, ...]] = {}
    speaking: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for script, those in sorted(by_script.items()):
        cluster = int(view.cluster[script])
        flags[cluster] = True
        best = tuple(sorted({t.name for t in those if t.level == those[0].level}))
        if len(best) > 1:
            undecided[script] = best
            continue
        direct[script] = known[best[0]]
        if those[0].spreads:
            speaking[cluster][best[0]].append(script)
    by_cluster = np.full(n, -1, np.int64)
    targets: list[int] = []
    for cluster, claims in speaking.items():
        if len(claims) == 1:
            ((name, scripts),) = claims.items()
            by_cluster[cluster] = known[name]
            targets += scripts
    service = np.where(direct >= 0, direct, by_cluster[view.cluster])
    service[list(undecided)] = -1
    unnamed = flags | flags[view.cluster]
    unnamed[list(undecided)] = True
    names = Names(direct, service, unnamed & (service < 0))
    joined = joins(view, _targets(targets))
    differing = {cluster: tuple(sorted(claims)) for cluster, claims in speaking.items() if len(claims) > 1}
    return Services(tuple(known), tuple(mixes), dict(by_script), names, joined, signs, undecided, differing)


def _targets(scripts: list[int]) -> Ints:
    return np.array(sorted(scripts), np.int64)
