"""What the market's own records hold: every row that ever stood, and which of them the live site and the backup keep.

Rows are drawn as columns, so that a million accounts take seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario import names
from leadline.scenario.chain import operator
from leadline.scenario.chain.locks import Branch
from leadline.scenario.people import DAY, People
from leadline.scenario.plan import BACKUP, END, ChainTruth, Plan
from leadline.scenario.random_streams import (
    Ints,
    at_least_one,
    stream,
    tokens,
)
from leadline.scenario.tariffs import draw_tariffs
from leadline.scenario.visits import LOCAL, addresses, agents, followed, home, visits

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
"""One-dimensional array of truth values."""

DELETED_PPM = 12_000
"""Accounts and single messages or downloads deleted from the live site after the backup was taken."""
WAL_ROWS = 200
"""Most rows of one table that stand only in the write-ahead log; a live site checkpoints every thousand pages."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many logins, downloads, messages, mails and web requests a size has."""

    logins: int
    downloads: int
    messages: int
    mail: int
    requests: int


COUNTS = {
    "tiny": Counts(120, 60, 60, 16, 120),
    "small": Counts(9_000, 6_000, 6_000, 400, 8_000),
    "record": Counts(400_000, 250_000, 150_000, 20_000, 150_000),
}


@dataclass(frozen=True, slots=True)
class Site:
    """Rows by table of schema A in order of id, and for each table who keeps them: live site and backup.

    users has two more columns, email_before and pgp_before, as they stood before an account was sold after the backup.
    """

    tables: Mapping[str, pa.Table]
    live: Mapping[str, Flags]
    backup: Mapping[str, Flags]


def draw_site(plan: Plan, people: People, chain: ChainTruth, media: pa.Table, thumbs: list[bytes]) -> Site:
    """Every row the site ever held. `media` is one row a file (sha256, size), `thumbs` the images embedded as cells."""
    seed, counts = plan.options.seed, COUNTS[plan.options.size.name]
    gone = _gone(seed, people)
    tables: dict[str, pa.Table] = {}
    live: dict[str, Flags] = {}
    backup: dict[str, Flags] = {}

    def keep(name: str, moment: Ints, dropped: Flags, /, **columns: object) -> None:
        old = moment < BACKUP
        stays = old | ~dropped
        ids = np.arange(1, len(moment) + 1, dtype=np.int64)
        tables[name] = pa.table({"id": ids, **columns}).filter(pa.array(stays))
        live[name], backup[name] = (~dropped)[stays], old[stays]

    keep("users", people.created[1:], gone[1:], **_users(seed, people))
    address = chain.accounts.sort_by("account")
    everyone = np.arange(1, len(gone), dtype=np.int64)
    opened = people.created[1:] + 5
    keep("wallets", opened, gone[1:], user_id=everyone, address=address["address"], created=opened)
    credit = _credits(chain)
    payer = np.asarray(credit["user_id"])
    keep("credits", np.asarray(credit["created"]), gone[payer], **{k: credit[k] for k in credit.column_names})

    account, at, shown = visits(stream(seed, "logins"), people, counts.logins)
    keep("logins", at, gone[account], user_id=account, at=at, ip=addresses(shown), agent=agents(at))

    rng = stream(seed, "files")
    file_at, uploader, which = _uploads(rng, people, gone, len(media))
    cells = _thumbs(rng, len(file_at), thumbs)
    keep(
        "files", file_at, gone[uploader], uploader_id=uploader, sha256=media["sha256"].take(pa.array(which)),
        size=media["size"].take(pa.array(which)), created=file_at, thumb=pa.array(cells, pa.binary()),
    )  # fmt: skip

    rng = stream(seed, "downloads")
    user, at, file = _downloads(rng, people, file_at, counts.downloads)
    lost = gone[user] | gone[uploader[file - 1]] | _some(rng, len(at))
    keep("downloads", at, lost, user_id=user, file_id=file, at=at)

    rng = stream(seed, "messages")
    sender, at, _ = visits(rng, people, counts.messages)
    receiver = _correspondents(rng, people, at)
    lost = gone[sender] | gone[receiver] | _some(rng, len(at))
    keep("messages", at, lost, from_id=sender, to_id=receiver, at=at, token=tokens(rng, len(at), 24))

    rng = stream(seed, "mail")
    account, at, _ = visits(rng, people, counts.mail)
    keep("mail", at, gone[account], user_id=account, at=at, headers=_headers(rng, people, account, at))
    changed = np.full(3, BACKUP, np.int64)
    listed = draw_tariffs(plan.options)
    begins = np.asarray(listed["since"])
    prices = listed.select(["amount", "currency", "since", "until"])
    keep("tariffs", begins, np.zeros(len(begins), np.bool_), **{k: prices[k] for k in prices.column_names})
    keep("settings", changed, np.zeros(3, np.bool_), changed=changed, **_settings(seed))
    return Site(tables, live, backup)


def _settings(seed: int) -> dict[str, object]:
    """What the market's software was told: the key of the operator's own wallet, a private key left behind, a word."""
    kept, left = operator.branch(seed), Branch(seed, "left behind")
    return {
        "name": ["cold_key", "old_key", "theme"],
        "value": [kept.public, f"pkh({left.private}/0/*)", "plain"],
    }


def _gone(seed: int, people: People) -> Flags:
    """Which accounts (index = key) were deleted from the live site after the backup; a known one is among them."""
    rng = stream(seed, "deleted")
    gone = np.zeros(len(people.created), np.bool_)
    old = np.flatnonzero(people.created < BACKUP)[2:]
    if len(old):
        gone[rng.choice(old, at_least_one(len(old), DELETED_PPM), replace=False)] = True
    known = followed(people)
    known = known[people.created[known] < BACKUP - 200 * DAY]
    if len(known):
        gone[rng.choice(known)] = True
    return gone


def _some(rng: np.random.Generator, n: int) -> Flags:
    """A few of `n` rows that were deleted one by one; the first always is."""
    lost: Flags = rng.integers(0, 1_000_000, n) < DELETED_PPM
    lost[:1] = True
    return lost


def _users(seed: int, people: People) -> dict[str, object]:
    """Columns of users: a few handles with quotes, backslashes and four-byte letters, as people do write them."""
    rng = stream(seed, "users")
    n = len(people.created) - 1
    syllables = names.SYLLABLES["latin"].split()
    picks = rng.integers(0, 16, (n, 3)).tolist()
    handles: list[str] = [f"{syllables[a]}{syllables[b]}{syllables[c]}{i}" for i, (a, b, c) in enumerate(picks, 1)]
    for i in range(4, n, max(20, n // 40)):
        handles[i] = ("o'{}", "{}\\", '"{}"', "{}𐌰", "{}\tx")[i % 5].format(handles[i])
    email: list[str | None] = [None] * n
    for i in np.flatnonzero(rng.random(n) < 0.08).tolist():
        email[i] = f"{handles[i][:4].strip(chr(34))}{i}@{names.DOMAINS[i % 3]}".replace("'", "")
    pgp: list[str | None] = [None] * n
    with_key = np.flatnonzero(rng.random(n) < 0.05).tolist()
    for i, key in zip(with_key, tokens(rng, len(with_key), 40), strict=True):
        pgp[i] = key.upper()
    email_before, pgp_before = list(email), list(pgp)
    for row in people.accounts.to_pylist():
        i = row["account"] - 1
        sold_later = row["sold"] > BACKUP
        email[i], pgp[i] = row["email"], row["pgp"]
        email_before[i] = row["email_before"] if sold_later else row["email"]
        pgp_before[i] = row["pgp_before"] if sold_later else row["pgp"]
    return {
        "handle": handles,
        "email": pa.array(email, pa.string()),
        "pgp": pa.array(pgp, pa.string()),
        "role": ["operator", *["user"] * (n - 1)],
        "created": people.created[1:],
        "email_before": pa.array(email_before, pa.string()),
        "pgp_before": pa.array(pgp_before, pa.string()),
    }


def _credits(chain: ChainTruth) -> pa.Table:
    """What the site booked: one row a purchase's payment, twenty minutes after its block, in order of time."""
    paid = chain.payments.filter(pc.greater_equal(chain.payments["purchase"], 0))
    address_of = dict(zip(chain.accounts["account"].to_pylist(), chain.accounts["address"].to_pylist(), strict=True))
    at = np.asarray(paid["time"]).astype(np.int64) + 1_200
    order = np.lexsort((np.asarray(paid["purchase"]), at))
    paid = paid.take(pa.array(order))
    account = paid["account"].to_pylist()
    return pa.table(
        {
            "user_id": pa.array(account, pa.int64()),
            "address": [address_of[a] for a in account],
            "amount_sat": paid["value_sat"],
            "txid": paid["txid"],
            "created": at[order],
        }
    )


def _uploads(rng: np.random.Generator, people: People, gone: Flags, files: int) -> tuple[Ints, Ints, Ints]:
    """(time, uploader, index of the file) in order of time; every file once, one in twenty by a second account too."""
    again = rng.choice(files, at_least_one(files, 50_000), replace=False)
    which = np.concatenate([np.arange(files), again])
    last = len(people.created) - 1
    pool = rng.choice(np.arange(2, last + 1), max(2, last // 20), replace=False)
    pool = np.concatenate([pool, rng.permutation(followed(people))[::3]])
    pool = np.concatenate([pool[~gone[pool]], pool[gone[pool]]])  # the first upload most, deleted accounts least
    uploader = pool[(len(pool) * rng.random(len(which)) ** 2).astype(np.int64)].astype(np.int64)
    low = people.created[uploader] + 7_200
    at = low + ((END - 20 * DAY - low) * rng.random(len(which))).astype(np.int64)
    order = np.lexsort((which, at))
    return at[order], uploader[order], which[order]


def _thumbs(rng: np.random.Generator, files: int, thumbs: list[bytes]) -> list[bytes | None]:
    """The thumb cell of each file: null but for the embedded images, spread over the table, one in the last rows."""
    cells: list[bytes | None] = [None] * files
    places = sorted({files - 1, *rng.choice(files, len(thumbs), replace=False).tolist()}, reverse=True)
    for place, image in zip(places, thumbs, strict=False):
        cells[place] = image
    return cells


def _downloads(rng: np.random.Generator, people: People, file_at: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    """(account, time, file id) of `n` downloads in order of time, after both the account and the file were there."""
    last = len(people.created) - 1
    user = 1 + (last * rng.random(n) ** 1.5).astype(np.int64)
    file = 1 + (len(file_at) * rng.random(n) ** 1.3).astype(np.int64)
    low = np.maximum(people.created[user], file_at[file - 1]) + 60
    at = low + ((END - low) * rng.random(n)).astype(np.int64)
    order = np.lexsort((user, at))
    return user[order], at[order], file[order]


def _correspondents(rng: np.random.Generator, people: People, at: Ints) -> Ints:
    """An account that already exists at each time, the operator's one time in five."""
    there = np.searchsorted(people.created[1:], at, "right")
    receiver: Ints = 1 + (there * rng.random(len(at))).astype(np.int64)
    receiver[rng.random(len(at)) < 0.2] = 1
    return receiver


def _headers(rng: np.random.Generator, people: People, account: Ints, at: Ints) -> list[str]:
    """Received lines (RFC 5322, RFC 5321 section 4.4); three in ten carry the client's own address."""
    shows = rng.random(len(account)) < 0.3
    shows[np.isin(account, followed(people))] |= True
    number = home(account, people)
    marks = tokens(rng, len(account), 12)
    rows = []
    for i, (who, when, mark) in enumerate(zip(account.tolist(), at.tolist(), marks, strict=True)):
        relay, sender = names.DOMAINS[who % 3], names.DOMAINS[(who + 1) % 3]
        client = names.ip(number[i]) if shows[i] and number[i] >= 0 else LOCAL
        rows.append(
            f"Received: from mail.{sender} (mail.{sender} [{names.ip(names.ADDRESSES - 10 + who % 3)}])\r\n"
            f"\tby mx.{relay} with ESMTPS id {mark}; {formatdate(when + 3)}\r\n"
            f"Received: from [{client}] (helo=client) by mail.{sender} with ESMTPSA id {mark[::-1]};"
            f" {formatdate(when)}\r\n"
            f"Message-ID: <{mark}@{sender}>\r\n"
            f"Date: {formatdate(when)}\r\n"
        )
    return rows
