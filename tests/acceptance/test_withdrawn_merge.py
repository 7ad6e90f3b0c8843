"""One merge withdrawn: exactly what rests on it goes, and the decisions on that are stale.

What should go is found anew: a plain union of scripts over the ledger's own inputs without that transaction, and the
pack read as YAML. Neither shares code with the clusters or the tags.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
import yaml

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.view import View, as_of
from leadline.flow import order as flow_order
from leadline.flow import run as flow_run
from leadline.kinds.bitcoin import address
from leadline.store.case import Case, open_case
from leadline.store.settings import change, changed


def components(view: View, without: int) -> list[int]:
    """A root per script: inputs of one transaction are joined, and scripts of one key; not by a mix or by `without`."""
    root = list(range(len(view.cluster)))

    def top(script: int) -> int:
        while root[script] != script:
            root[script] = root[root[script]]
            script = root[script]
        return script

    for tx in range(view.transactions):
        spent = [int(s) for s in view.in_script[view.tx_first_in[tx] : view.tx_first_in[tx + 1]] if s >= 0]
        if tx != without and not view.mixed[tx]:
            for script in spent[1:]:
                root[top(script)] = top(spent[0])
    for tx, a, b in zip(view.links.tx, view.links.script, view.links.other, strict=True):
        if tx != without:
            root[top(int(a))] = top(int(b))
    return [top(script) for script in range(len(root))]


Key = tuple[bytes, str]
"""A release: finding, and the output by which the service let the coins go."""


def released(case: Case) -> dict[Key, dict[str, Any]]:
    """The rows of the release table by key."""
    return {(r["finding"], r["release_outpoint"]): r for r in case.current("release").to_pylist()}


def test_a_withdrawn_merge_takes_exactly_what_rests_on_it(copied: Callable[[], Path]) -> None:
    folder = copied()
    case = open_case(folder / "case")
    flow_run.run(case)
    before, basis = released(case), case.current("basis")
    hops = case.current("hop").to_pylist()
    spent = {(r["finding"], r["outpoint_out"]): r["outpoint_in"] for r in hops if r["rule"] == "cluster"}
    merges = basis.filter(pc.equal(basis["kind"], "merge")).to_pylist()
    ledger = open_ledger(case.settings.pinned("ledger")[0].at(case.root))
    view = as_of(ledger, frozenset())
    tags = yaml.safe_load((folder / "tags" / case.settings.pinned("tag")[0].name).read_text())["tags"]
    own = {(f"service:{t['actor']}", ledger.find_script(address.decode(t["address"], ledger.network))) for t in tags}

    def stays(key: Key, root: list[int]) -> bool:
        """Whether the script spent at the release is still joined to a tagged one of its service, and of no other."""
        txid, n = spent[key].removeprefix("outpoint:").split(":")
        here = root[int(view.out_script[int(view.tx_first_out[ledger.tx_index(txid)]) + int(n)])]
        return {name for name, script in own if script >= 0 and root[script] == here} == {before[key]["service"]}

    for ref in sorted({r["ref"] for r in merges}):
        findings = {r["finding"] for r in merges if r["ref"] == ref}
        rests = {key for key in before if key[0] in findings and key in spent}
        root = components(view, ledger.tx_index(ref.removeprefix("tx:")))
        falls = {key for key in rests if not stays(key, root)}
        if falls:
            break
    else:
        pytest.fail("no merge of this case takes a release with it: the test means nothing")
    claims = [
        {"subject": before[k]["service"], "predicate": "released", "object": before[k]["payment"]}
        for k in sorted(rests)
    ]
    case.decide([{**claim, "verdict": "accepted", "reason": "looked at"} for claim in claims])
    decided = {d.finding for d, s in case.decisions() if s == "in_force" and d.predicate == "released"}

    case.change(changed(case.settings, change(f"withdraw+={ref}")), "test", {})
    flow_run.run_step(case, flow_order.step("trace"))
    after = released(case)

    assert set(before) - set(after) == falls, "what goes rested on the merge, and nothing else goes"
    touched = {before[key]["payment"] for key in rests}
    assert {r["payment"] for k, r in after.items() if k not in before} <= touched, "only there the walk went on"
    for key in set(before) - rests:
        assert after[key] == before[key], "what did not rest on it is as it was"
    left = case.current("basis")
    assert ref not in left.filter(pc.equal(left["kind"], "merge"))["ref"].to_pylist()
    states = {d.finding: s for d, s in case.decisions() if d.predicate == "released"}
    assert {states[key[0]] for key in rests} == {"stale"}
    kept = decided - {key[0] for key in rests}
    assert kept and {states[f] for f in kept} == {"in_force"}
