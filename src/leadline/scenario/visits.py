"""Who came to the market's site, when, and what the site saw of them.

A hidden service sees 127.0.0.1 and one browser: a client's own address stands only in the leak week and in some mail
headers.
"""

import numpy as np

from leadline.scenario import names
from leadline.scenario.people import People
from leadline.scenario.plan import END, LEAK
from leadline.scenario.random_streams import Ints

LOCAL = "127.0.0.1"
"""The only client address a hidden service sees."""
AGENTS = (
    (0, "Mozilla/5.0 (Windows NT 6.1; rv:38.0) Gecko/20100101 Firefox/38.0"),
    (1_465_344_000, "Mozilla/5.0 (Windows NT 6.1; rv:45.0) Gecko/20100101 Firefox/45.0"),
    (1_496_793_600, "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0"),
)
"""The browser everybody shows, from when on: Tor Browser's user agent follows Firefox ESR 38, 45 and 52."""


def addresses(numbers: Ints) -> list[str]:
    """Client addresses for numbers; -1 is the hidden service's own view."""
    return [LOCAL if number < 0 else names.ip(number) for number in numbers.tolist()]


def agents(at: Ints) -> list[str]:
    """The browser everybody showed at these times."""
    since = np.array([start for start, _ in AGENTS], np.int64)
    return [AGENTS[i][1] for i in (np.searchsorted(since, at, "right") - 1).tolist()]


def home(account: Ints, people: People) -> Ints:
    """The number of the client address behind each account; a known person's home, otherwise a drawn one."""
    spread: Ints = account * 2_654_435_761 % (1 << 31) % names.ADDRESSES
    ip_of = dict(zip(people.persons["person"].to_pylist(), people.persons["ip"].to_pylist(), strict=True))
    for owned, user in zip(people.accounts["account"].to_pylist(), people.accounts["user"].to_pylist(), strict=True):
        spread[account == owned] = ip_number(ip_of[user]) if user >= 0 else -1
    return spread


def ip_number(text: str) -> int:
    """The number of an address `names.ip` wrote."""
    value = int.from_bytes(bytes(int(part) for part in text.split(".")), "big")
    return value - 0xC6120001


def followed(people: People) -> Ints:
    """The accounts of known persons, without the operator's."""
    keep = np.asarray(people.accounts["user"]) >= 0
    return np.asarray(people.accounts["account"])[keep].astype(np.int64)


def visits(rng: np.random.Generator, people: People, n: int) -> tuple[Ints, Ints, Ints]:
    """(account, time, client address number) of `n` visits by time; half the known accounts come in the leak."""
    last = len(people.created) - 1
    account = 1 + (last * rng.random(n) ** 1.5).astype(np.int64)
    low = people.created[account] + 3_600
    at = low + ((END - low) * rng.random(n)).astype(np.int64)
    known = followed(people)
    known = known[people.created[known] < LEAK[0]]
    forced = rng.permutation(known)[: (len(known) + 1) // 2][: n // 4]
    account[: len(forced)] = forced
    at[: len(forced)] = rng.integers(LEAK[0], LEAK[1], len(forced))
    order = np.lexsort((account, at))
    account, at = account[order], at[order]
    shown = np.full(n, -1, np.int64)
    leaked = (at >= LEAK[0]) & (at < LEAK[1])
    shown[leaked] = home(account[leaked], people)
    return account, at, shown
