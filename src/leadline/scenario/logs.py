"""The market's nginx access log, written on the server's own clocks (+0200, in summer +0300)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leadline.scenario.clocks import BUCHAREST, offsets
from leadline.scenario.people import People
from leadline.scenario.plan import LEAK, Plan
from leadline.scenario.random_streams import stream
from leadline.scenario.site import COUNTS
from leadline.scenario.visits import addresses, agents, visits

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PATHS = ("/", "/login", "/item/{}", "/dl/{}", "/pm", "/wallet", "/static/a{}.css")
STATUS = (200, 200, 200, 200, 302, 304, 404)
CUT = "127.0.0.1 - - [04/Mar/2018:01:5"
"""How the log ends: the machine was taken while a line was being written."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What was written: whole lines, those of a known account, those with a client's own address, cut lines."""

    lines: int
    by_account: int
    leaked: int
    cut: int


def stamp(moment: str, offset: int) -> str:
    """nginx's $time_local for a local ISO moment and seconds east of UTC."""
    day, month, year = moment[8:10], MONTHS[int(moment[5:7]) - 1], moment[:4]
    return f"{day}/{month}/{year}:{moment[11:19]} +{offset // 3600:02d}{offset % 3600 // 60:02d}"


def write_log(path: Path, plan: Plan, people: People) -> Logged:
    """Writes the log: combined format, then `` uid=N`` (``uid=-`` for no session); the last line is cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = stream(plan.options.seed, "requests")
    account, at, shown = visits(rng, people, COUNTS[plan.options.size.name].requests)
    east = offsets(at, BUCHAREST)
    moments = np.datetime_as_string((at + east).astype("datetime64[s]")).tolist()
    pick = rng.integers(0, len(PATHS), len(at)).tolist()
    status = rng.integers(0, len(STATUS), len(at)).tolist()
    item = rng.integers(1, 5_000, len(at)).tolist()
    size = rng.integers(180, 40_000, len(at)).tolist()
    session = rng.random(len(at)) < 0.85
    rows = zip(
        addresses(shown), moments, east.tolist(), pick, item, status, size, agents(at), session.tolist(),
        account.tolist(), strict=True,
    )  # fmt: skip
    with path.open("w", encoding="ascii", newline="\n") as file:
        for ip, moment, offset, p, number, s, length, agent, known, who in rows:
            verb = "POST" if PATHS[p] == "/login" else "GET"
            file.write(
                f'{ip} - - [{stamp(moment, offset)}] "{verb} {PATHS[p].format(number)} HTTP/1.1" {STATUS[s]} {length} '
                f'"-" "{agent}" uid={who if known else "-"}\n'
            )
        file.write(CUT)
    leaked = int(((at >= LEAK[0]) & (at < LEAK[1]) & (shown >= 0)).sum())
    return Logged(len(at), int(session.sum()), leaked, 1)
