"""The whole job on a training case, as a user would do it: every step, the scripted reviewer, packages, scorecard.

    DIR/evidence lists tags prices chain reviewer truth    the training case
    DIR/maps                                               the map proposed for the site, with the analyst's answers
    DIR/ledger                                             the chain as columns
    DIR/case                                               the case
    DIR/training.key, DIR/training.key.pub                 the signer; a real one lies elsewhere
    DIR/checkpoint.txt                                     the log's signed size and root
    DIR/scorecard.json                                     what was found beside what is true

Killed anywhere, the next call carries on: each stage is skipped when what it makes is there.
"""

import json
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from leadline.engines.ledger import build as build_ledger
from leadline.engines.ledger import open_ledger
from leadline.errors import UsageError
from leadline.flow import order as flow_order
from leadline.flow import pinning
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.flow.proposing import propose
from leadline.flow.refer import refer
from leadline.model.findings import finding_id
from leadline.model.predicates import PREDICATES
from leadline.model.progress import Progress, silent
from leadline.scenario import reviewer, score
from leadline.scenario.build import build
from leadline.scenario.names import COUNTRIES
from leadline.scenario.plan import NETWORK, Options
from leadline.store import checkpoint, durable, keys
from leadline.store.case import Case
from leadline.store.environment import peak_mb, reset_peak
from leadline.store.layout import outside
from leadline.store.settings import change, changed

REVIEWER = "scripted reviewer"
ANALYST = "scripted analyst"
VALUATION_DATE = "2018-03-04"
"""The last day of the training case; prices reach it."""
REASON = "training case"
SENDER = ("sender=training office", "contact=nobody: a training case", "file_number=training/1")
"""Who sends the packages, as a real case would state it."""
CLEARED = "training case: the requested state agreed to use in every state concerned"
"""Why the return that came under a letter of request may travel; without it, refer holds back who rests on it."""
ROUNDS = 4
"""Decisions on persons rest on who was decided to be one: deciding and running alternate until nothing is new."""


@dataclass(slots=True)
class Took:
    """Seconds and peak memory of one stage."""

    seconds: float = 0.0
    peak_mb: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal left: its folder, scorecard, reports, decisions made, and time and memory by stage."""

    folder: Path
    scorecard: list[dict[str, Any]]
    reports: list[Path]
    decisions: int
    held: list[str]
    took: dict[str, Took] = field(default_factory=dict)


def rehearse(folder: Path, options: Options, progress: Progress = silent) -> Rehearsal:
    """Builds the training case of `options` in `folder` and plays it to the end.

    Raises UsageError when another lies there, CaseError when it would lie in a case.
    """
    outside(folder)
    took: dict[str, Took] = {}
    with _timed(took, "scenario"):
        _built(folder, options, progress)
    with _timed(took, "ledger"):
        if not (folder / "ledger").exists():
            build_ledger(folder / "ledger", sorted((folder / "chain").glob("blk*.dat")), NETWORK, progress)
    case = _case(folder, options.size.countries)
    with _timed(took, "intake"):
        intake(case, [folder / "evidence"], str(_maps(case, folder, progress)), progress)
    decided = 0
    for _ in range(ROUNDS):
        for spec in flow_order.STEPS:
            with _timed(took, spec.name):
                flow_run.run_step(case, spec, progress)
        with _timed(took, "decide"):
            new = decide(case, folder / "reviewer" / "decisions.jsonl")
        decided += new
        if not new:
            break
    key = _key(folder)
    with _timed(took, "refer"):
        referred = refer(case, key, progress, restricted="hold_back")
    durable.replace(folder / "checkpoint.txt", checkpoint.signed(case.log, key).encode())
    rows = score.scorecard(folder, case.current)
    rows += _ledger_rows(folder)
    for row in rows:
        stage = took.get(row["step"], Took())
        row |= {"seconds": round(stage.seconds, 3), "peak_mb": stage.peak_mb}
    score.write_scorecard(folder / "scorecard.json", rows)
    reports = sorted((folder / "case" / "packages").glob("*/data/report.pdf"))
    held = [f"{h.person} ({h.jurisdiction}): {h.reason}" for h in referred.held]
    return Rehearsal(folder, rows, reports, decided, held, took)


def _maps(case: Case, folder: Path, progress: Progress) -> Path:
    """The folder of the map that is proposed for the site, its questions answered by the scripted analyst."""
    maps = folder / "maps"
    if not (maps / "site.toml").exists():
        maps.mkdir(exist_ok=True)
        site = folder / "evidence" / "site" / "market.db"
        answers = folder / "reviewer" / "answers.toml"
        propose(case, (site,), maps / "site.toml", answers, progress, on_behalf_of=ANALYST)
    return maps


def decide(case: Case, file: Path) -> int:
    """How many of the scripted reviewer's decisions were made now: those on current findings without one in force.

    What a decision would not change is left out; the reason names what stands against the finding at this moment.
    """
    claims = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    standing = {d.finding for d, state in case.decisions() if state == "in_force"}
    ids = [finding_id(c["subject"], c["predicate"], c["object"]) for c in claims]
    open_ = [
        c for c, id_ in zip(claims, ids, strict=True)
        if id_ not in standing and not PREDICATES[c["predicate"]].instead
    ]  # fmt: skip
    open_ = list(case.existing(open_))
    against = _against(case)
    made = []
    for claim in open_:
        id_ = finding_id(claim["subject"], claim["predicate"], claim["object"])
        rows = sum(role == "against" for *_, role in case.basis().rows(id_))
        said = reviewer.reason(claim["verdict"], claim["reason"], against.get(id_, ()), rows)
        made.append({**claim, "reason": said})
    return len(case.decide(made, on_behalf_of=REVIEWER, scripted=True))


def _against(case: Case) -> dict[bytes, list[tuple[str, str]]]:
    """Finding -> (rule, its sentence) of the rules of link that speak against it."""
    rules = case.current("link")
    rules = rules.filter(pc.equal(rules.column("role"), "against"))
    found: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
    for id_, rule, says in zip(*(rules.column(c).to_pylist() for c in ("finding", "rule", "says")), strict=True):
        found[id_].append((rule, says))
    return found


def _built(folder: Path, options: Options, progress: Progress) -> None:
    """The training case in `folder`, built unless it is there."""
    stamp = folder / "scenario.json"
    wanted = json.loads(json.dumps(asdict(options)))
    if stamp.exists():
        if json.loads(stamp.read_text("utf-8")) != wanted:
            raise UsageError(
                "another training case lies there", where=str(folder), remedy="name another DIR, or remove it"
            )
        return
    if (folder / "case").exists():
        raise UsageError("a case lies there that is no training case", where=str(folder), remedy="name another DIR")
    aside = folder / ".building"
    shutil.rmtree(aside, ignore_errors=True)
    build(aside, options, progress)
    for part in sorted(aside.iterdir()):
        shutil.rmtree(folder / part.name, ignore_errors=True)
        part.rename(folder / part.name)
    aside.rmdir()
    durable.replace(stamp, json.dumps(wanted, indent=1).encode() + b"\n")


def _case(folder: Path, countries: int) -> Case:
    """The case of a rehearsal in the first `countries` of the list, made and pinned unless it is."""
    root = folder / "case"
    case = Case.open(root) if (root / "case.toml").exists() else Case.create(root, "training case", authority=REASON)
    case.recover()
    if case.settings.valuation_date != VALUATION_DATE:
        case.change(
            changed(case.settings, change(f"valuation_date={VALUATION_DATE}")), REASON, {"set": "valuation_date"}
        )
    if not case.settings.sender:
        settings = case.settings
        for text in SENDER:
            settings = changed(settings, change(text))
        case.change(settings, REASON, {"set": list(SENDER)})
    clear = [f"clear+={country}:mlat_use" for country, _ in COUNTRIES[:countries]]
    if not case.settings.cleared:
        settings = case.settings
        for text in clear:
            settings = changed(settings, change(text))
        case.change(settings, CLEARED, {"set": clear})
    pins = [
        ("ledger", folder / "ledger"),
        *(("list", path) for path in sorted((folder / "lists").iterdir())),
        ("tag", folder / "tags" / "tags.yaml"),
        ("price", folder / "prices" / "prices.csv"),
    ]
    there = {(pin.kind, pin.name) for pin in case.settings.pins}
    for kind, path in pins:
        if (kind, path.name) not in there:
            pinning.pin(case, kind, path, REASON)
    return case


def _key(folder: Path) -> keys.Key:
    """The rehearsal's signing key, made unless it is there."""
    path = folder / "training.key"
    return keys.load(path) if path.exists() else keys.new(path, "training")


def _ledger_rows(folder: Path) -> list[dict[str, Any]]:
    """What the ledger holds beside what was written to the chain."""
    info = open_ledger(folder / "ledger").info()
    return [
        score.row("ledger", "merkle roots that agree", info["merkle_roots_ok"], info["blocks"], info["blocks"]),
        score.row(
            "ledger", "spends resolved", info["spends_resolved"], info["inputs"] - info["blocks"], info["inputs"]
        ),
    ]


@contextmanager
def _timed(took: dict[str, Took], stage: str) -> Iterator[None]:
    """Adds the seconds of the block to `stage`, and keeps its highest peak."""
    reset_peak()
    began = time.monotonic()
    try:
        yield
    finally:
        sum_ = took.setdefault(stage, Took())
        sum_.seconds += time.monotonic() - began
        sum_.peak_mb = max(sum_.peak_mb, peak_mb())
