"""A path as boxes and arrows: coins and who is known to hold them, and the transactions between, in order of time.

Made from the hop rows alone, which the report and a legal request use too; nothing is looked up on the chain. Drawn as
text for a terminal by `explain`, as SVG by `svg`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.predicates import CASHED_OUT, PEELED, PREDICATES, RELEASED
from leadline.model.words import RECORDED
from leadline.steps.disclosure import rows_of
from leadline.steps.disclosure_sentences import RULES

READS = ("finding", "basis", "hop", "release", "stop", "cashout", "payment", "attribution")
"""The tables a picture is made from."""
FORWARD = (CASHED_OUT, PEELED)
"""Predicates whose paths are walked with time; all others are walked back."""
SERVICE, HELD, KNOWN, END = "service", "held", "known", "end"
"""What a box stands for: a named service, coins whose holder is not known, the market's own address, a stop."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: what it stands for, its title, and the lines below it."""

    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One transaction between two boxes: its lines, and whether all of it is recorded on the chain."""

    lines: tuple[str, ...]
    recorded: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """One path: boxes in order of time, one more than arrows, and the outpoints it is made of, nearest the end last."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A finding of trace as a picture: its claim, what it says and does not say, its paths, and the closing lines."""

    claim: str
    says: str
    not_said: str
    strips: tuple[Strip, ...]
    closing: tuple[str, ...]


def picture(finding: bytes, tables: Mapping[str, pa.Table]) -> Picture | None:
    """The picture of one finding from READS; None for one without a path."""
    hops = rows_of(tables, "hop", finding)
    claims = rows_of(tables, "finding", finding, "id")
    if not hops or not claims:
        return None
    claim = claims[0]
    predicate = PREDICATES[claim["predicate"]]
    ends = {r["release_outpoint"]: r for r in rows_of(tables, "release", finding)}
    stops = {r["at"]: r for r in rows_of(tables, "stop", finding)}
    tags = _tags(tables, finding)
    accounts = _accounts(tables, hops)
    forward = claim["predicate"] in FORWARD
    strips = []
    for path in sorted({hop["path"] for hop in hops}):
        steps = [hop for hop in hops if hop["path"] == path]
        strips.append(_forward(steps, claim, tags, accounts) if forward else _back(steps, stops, claim, tags, accounts))
    closing = [
        *(_release(r) for r in ends.values()),
        *(line for r in stops.values() for line in _stop(r)),
        *(_cashout(r) for r in rows_of(tables, "cashout", finding)),
    ]
    said = f"{claim['subject']} {claim['predicate']} {claim['object']}"
    return Picture(said, predicate.says, predicate.not_said, tuple(strips), tuple(closing))


def _back(
    steps: Sequence[Mapping[str, Any]], stops: Mapping[str, Mapping[str, Any]], claim: Mapping[str, Any],
    tags: Sequence[str], accounts: Mapping[str, Sequence[str]],
) -> Strip:  # fmt: skip
    """A path that was walked back, turned round: from the service or the stop to the payment."""
    farthest = steps[-1]
    stop = next((stops[o] for o in (farthest["outpoint_out"], farthest["outpoint_in"]) if o in stops), None)
    if claim["predicate"] == RELEASED:
        first = Box(SERVICE, _name(claim["subject"]), (*tags, *_spent(farthest)))
    elif stop is not None:
        first = Box(END, f"The walk back ends here: {stop['reason'].replace('_', ' ')}", _spent(farthest))
    else:
        first = Box(END, "Coins from before", _spent(farthest))
    boxes = [first, *(_coins(hop, accounts) for hop in reversed(steps))]
    return Strip(tuple(boxes), tuple(_arrow(hop) for hop in reversed(steps)))


def _forward(
    steps: Sequence[Mapping[str, Any]], claim: Mapping[str, Any], tags: Sequence[str],
    accounts: Mapping[str, Sequence[str]],
) -> Strip:  # fmt: skip
    """A path that was walked forward: from a receipt of the market to the service, or along a chain of change."""
    known = accounts.get(steps[0]["outpoint_in"], ())
    began = (KNOWN, "An address of the market") if known else (HELD, "The coin the chain begins with")
    boxes = [Box(*began, (*known, *_spent(steps[0])))]
    for hop in steps:
        if hop["outpoint_out"] == claim["object"] and claim["predicate"] == CASHED_OUT:
            boxes.append(Box(SERVICE, _name(claim["subject"]), (*_amount(hop), *tags)))
        elif hop["rule"] in ("tag", "cluster"):
            boxes.append(Box(SERVICE, "What shows it to be the service's: a coin of that address, swept", _amount(hop)))
        else:
            boxes.append(_coins(hop, accounts))
    arrows = [_arrow(hop) for hop in steps]
    before, last = steps[-2:] if len(steps) > 1 else (None, steps[-1])
    if before is not None and last["outpoint_in"] != before["outpoint_out"]:
        other = f"another coin of the same address was spent here: {last['outpoint_in']}"
        arrows[-1] = Arrow((*arrows[-1].lines, other), arrows[-1].recorded)
    return Strip(tuple(boxes), tuple(arrows))


def _coins(hop: Mapping[str, Any], accounts: Mapping[str, Sequence[str]]) -> Box:
    """The output a hop created: the market's own address when the records state it, else coins of an unknown holder."""
    known = accounts.get(hop["outpoint_out"])
    if known:
        return Box(KNOWN, "Payment to an address of the market", (*_amount(hop), *known))
    return Box(HELD, "Coins; who holds them is not known", _amount(hop))


def _amount(hop: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{btc(hop['value_sat'])} BTC",
        f"to {hop['address'] or 'a script without an address'}",
        hop["outpoint_out"],
    )


def _spent(hop: Mapping[str, Any]) -> tuple[str, ...]:
    return (f"spent: {hop['outpoint_in']}",) if hop["outpoint_in"] is not None else ()


def _arrow(hop: Mapping[str, Any]) -> Arrow:
    recorded = hop["rule"] == "spend"
    said = f"{hop['rule']}: {RULES[hop['rule']]}{_score(hop)}"
    return Arrow((f"{span(hop['utc_low'], hop['utc_high'])}", hop["tx"], said), recorded)


def _score(hop: Mapping[str, Any]) -> str:
    """The score of a step that is not all recorded, in words that nobody takes for a probability of the claim."""
    if hop["rule"] in ("tag", "cluster"):
        return f" (the tag's own confidence: level {hop['score_ppm'] // 10_000} of 100, a word of its maker)"
    return "" if hop["rule"] == "spend" else f" (score of the rule: {percent(hop['score_ppm'])})"


def span(low: datetime, high: datetime) -> str:
    """The time of a block as its bounds, UTC."""
    one, two = low.strftime("%Y-%m-%d %H:%M"), high.strftime("%H:%M")
    two = two if low.date() == high.date() else high.strftime("%Y-%m-%d %H:%M")
    return f"between {one} and {two} UTC, by its block"


def _name(service: str) -> str:
    return "A service without a name" if service == "service:unknown" else service.removeprefix("service:")


def _tags(tables: Mapping[str, pa.Table], finding: bytes) -> tuple[str, ...]:
    """What the tags say on which the finding rests, and those against it."""
    said = {(r["tag"], f"entry:{r['entry']}"): r for r in _all(tables, "attribution")}
    lines = []
    for row in rows_of(tables, "basis", finding):
        tag = said.get((row["ref"], row["locator"])) if row["kind"] == "tag" else None
        if tag is not None:
            source = tag["source"] or tag["creator"] or "a source that the pack does not state"
            facts = ", ".join(
                f"{name} {tag[column] or 'not stated'}"
                for name, column in (("confidence", "confidence"), ("changed", "lastmod"), ("licence", "licence"))
            )
            word = "named by" if row["role"] == "for" else "against it"
            lines += [f"{word} {source}: {tag['label'] or tag['service']}", f"  {facts}"]
    return tuple(lines)


def _all(tables: Mapping[str, pa.Table], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables[name].to_pylist() if name in tables else []
    return rows


def _accounts(tables: Mapping[str, pa.Table], hops: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By outpoint of these hops, the accounts whose address it pays as the records state."""
    wanted = {o for hop in hops for o in (hop["outpoint_in"], hop["outpoint_out"]) if o is not None}
    found: dict[str, list[str]] = {}
    if "payment" in tables:
        paid = tables["payment"]
        for row in paid.filter(pc.is_in(paid.column("outpoint"), value_set=pa.array(sorted(wanted)))).to_pylist():
            said = f"of {row['account']}, as the records state (finding:{row['finding'].hex()[:16]})"
            found.setdefault(row["outpoint"], []).append(said)
    return found


def _release(row: Mapping[str, Any]) -> str:
    grade = "recorded spends alone" if row["grade"] == RECORDED else "a cluster too: inferred"
    return (
        f"{row['service']} released {btc(row['value_sat'])} BTC by {row['release_outpoint']}, {row['hops']} private "
        f"transactions before the payment; {percent(row['share_ppm'])} of its input value; {grade}"
    )


def _stop(row: Mapping[str, Any]) -> list[str]:
    lines = [
        f"stopped at {row['at']} after {row['hops']} hops: {row['reason']}; {percent(row['share_ppm'])} of the "
        f"payment's inputs. {row['next_step']}"
    ]
    return [*lines, f"signs: {row['signs']}"] if row["signs"] else lines


def _cashout(row: Mapping[str, Any]) -> str:
    return (
        f"{btc(row['value_sat'])} BTC reached {row['service']} by {row['outpoint']}, {row['hops']} transactions "
        "after a receipt"
    )


def percent(ppm: int) -> str:
    """Millionths as a percentage with four places."""
    whole, part = divmod(ppm, 10_000)
    return f"{whole}.{part:04d} %"
