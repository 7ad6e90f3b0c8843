"""A small case written by hand as finding tables: six people, two jurisdictions, names in several scripts."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leadline.model import evidence, findings
from leadline.model.meanings import DAY_RULES
from leadline.model.referral import CaseFace
from leadline.model.tables import from_columns, from_rows
from leadline.steps.refer import Source
from leadline.steps.step import Claims

NAMES = ("Jörg Ångström-Ñúñez", "Олена Ковальчук", "Νίκος Παπαδόπουλος", "김서연", "ليلى حداد", "=Plain Name")
COUNTRIES = ("us", "us", "us", "kr", "kr", "us")
START = datetime(2016, 3, 1, 12, tzinfo=UTC)
TAG = "tag:" + "7a" * 32
WHERE = {"doubt": "none", "source_text": None}


def sha(text: str) -> bytes:
    """A digest that stands for `text`."""
    return hashlib.sha256(text.encode()).digest()


def outpoint(text: str, vout: int) -> str:
    """An outpoint ref of a made-up transaction."""
    return f"outpoint:{sha(text).hex()}:{vout}"


class World:
    """Rows collected by table; `source` gives the tables refer reads."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[object, ...]]] = {}
        self.claims = {step: Claims(step) for step in ("trace", "match", "link", "rank")}
        self.decisions: list[tuple[object, ...]] = []
        self.restrictions: dict[str, str] = {}
        self.stale: set[bytes] = set()
        self.cleared: dict[str, frozenset[str]] = {}

    def add(self, table: str, *row: object) -> None:
        self.rows.setdefault(table, []).append(row)

    def claim(self, step: str, subject: str, predicate: str, object_: str, *basis: tuple[str, str, str, str]) -> bytes:
        id_ = self.claims[step].add(subject, predicate, object_)
        for kind, ref, locator, role in basis:
            self.claims[step].rest(id_, kind, ref, locator, role)
        return id_

    def decide(self, finding: bytes, verdict: str = "accepted", value: str | None = None) -> None:
        when = START + timedelta(days=900, minutes=len(self.decisions))
        self.decisions.append(
            (sha(f"decision {len(self.decisions)}"), finding, verdict, value, "The return names the same withdrawal.",
             sha("basis" + finding.hex()), "Examiner 7", None, when, True)
        )  # fmt: skip

    def source(self) -> Source:
        tables = [claims.tables() for claims in self.claims.values()]
        made: dict[str, pa.Table] = {
            "finding": pa.concat_tables([t["finding"] for t in tables]),
            "basis": pa.concat_tables([t["basis"] for t in tables]),
        }
        specs = {s.name: s for s in (*evidence.INTAKE_TABLES, *findings.FAMILIES)}
        for name, rows in self.rows.items():
            made[name] = from_rows(specs[name], rows)
        made["exhibit"] = from_columns(
            evidence.EXHIBIT,
            {
                "exhibit": [sha(n) for n in ("site", "return", "enquiries")],
                "size": [4096, 2048, 512],
                "media_type": ["application/vnd.sqlite3", "text/csv", "text/csv"],
                "held": ["stored"] * 3,
                "acquired_at": ["2018-03-05T10:00:00Z", "2018-06-01T09:00:00Z", "unknown"],
                "acquired_by": ["unknown"] * 3,
                "authority": ["search warrant 17/2018", "production order 4/2018", "unknown"],
                "restrictions": [self.restrictions.get(n, "") for n in ("site", "return", "enquiries")],
            },
        )
        face = CaseFace(
            name="Operation Lantern Field", authority="Training Agency", scope="accounts of the seized service",
            network="regtest", currency="USD", valuation_date="2018-03-05",
            sender="Office of the Lantern, room 4", contact="+999 555 0199", file_number="LF-17/2018",
            pins=(("ledger", "regtest", "ab" * 32), ("price", "prices.csv", "cd" * 32)),
            runs=(("trace", "trace-0123456789abcdef", "recorded-spends", 1),),
        )  # fmt: skip
        return Source(
            tables=made,
            decisions=from_rows(findings.DECISION, self.decisions),
            stale=frozenset(self.stale),
            case=face,
            cleared=self.cleared,
        )


def person(
    world: World, k: int, payments: int, rate: Decimal = Decimal("421.17"), country: str | None = None
) -> dict[str, bytes]:
    """Person number `k` with an account, a customer record and payments; every third payment is by someone unknown."""
    country = country or COUNTRIES[k % 6]
    account, customer = f"account:site/{k}", f"customer:northgate/NG-{k:04d}"
    site, back = f"exhibit:{sha('site').hex()}", f"exhibit:{sha('return').hex()}"
    low = START + timedelta(days=10 * k)
    world.add("customer", customer, "service:northgate", NAMES[k % 6], "1979-04-0" + str(k % 9 + 1), country,
              "individual", low, low, "none", None, sha("return"), f"line:{k + 2}")  # fmt: skip
    for subject, kind, value, exhibit, locator in (
        (account, "handle", f"handle{k}", "site", f"row:users/{k}"),
        (account, "email", f"user{k}@example.org", "site", f"row:users/{k}"),
        (customer, "email", f"user{k}@example.org", "return", f"line:{k + 2}"),
        (customer, "phone", f"+999 555 01{k:02d}", "return", f"line:{k + 2}"),
    ):
        world.add("identifier", subject, kind, value, value, low, low, "none", None, sha(exhibit), locator)
    candidate_rests: list[tuple[str, str, str, str]] = []
    ids = {}
    for n in range(payments):
        paid, released = outpoint(f"pay {k} {n}", n % 2), outpoint(f"release {k} {n}", 3)
        sat, when = 1_000_001 * (n + 1) + k, low + timedelta(days=n)
        received = world.claim("trace", account, "received", paid, ("exhibit", site, f"row:wallets/{k}", "for"),
                               ("ledger", "ledger:regtest", f"out:{paid[9:]}", "for"))  # fmt: skip
        release = world.claim("trace", "service:northgate", "released", paid,
                              ("ledger", "ledger:regtest", f"out:{released[9:]}", "for"),
                              ("tag", TAG, f"entry:{k % 2}", "for"), ("tag", TAG, "entry:2", "against"))  # fmt: skip
        world.add("payment", received, account, paid, sat, 100 + n, when, when + timedelta(hours=2))
        world.add("release", release, paid, "service:northgate", released, sat + 500, f"addr{k}x{n}", n % 4, 1_000_000,
                  1_000_000 - n * 250_000, 90 + n, when, when + timedelta(hours=1),
                  "inferred" if n == 4 else "recorded")  # fmt: skip
        for seq in range(n % 4 + 1):
            world.add(
                "hop",
                release,
                0,
                seq,
                f"tx:{sha(f'hop {k} {n} {seq}').hex()}",
                None,
                paid,
                "spend",
                1_000_000,
                sat,
                None,
                when,
                when,
            )
        price = world.claim("trace", paid, "valued", f"price:{sha('prices').hex()}",
                            ("price", f"price:{sha('prices').hex()}", f"line:{n + 2}", "for"))  # fmt: skip
        for at, day, factor in (("payment", when.date(), 1), ("valuation_date", date(2018, 3, 5), 27)):
            amount = (Decimal(sat) * rate * factor / 100_000_000).quantize(Decimal("0.01"))
            world.add(
                "valuation",
                price,
                paid,
                at,
                day,
                "USD",
                rate * factor,
                amount,
                "prices cdcdcdcdcdcd close",
                DAY_RULES[at],
            )
        if n % 3 != 2:
            world.add("event", f"event:northgate/withdrawal/{k}{n}", customer, "withdrawal",
                      "tx:" + released.split(":")[1], f"addr{k}x{n}" if n else None, sat + 500, when, when,
                      "none", None, sha("return"), f"line:{20 + n}")  # fmt: skip
            record = world.claim("link", customer, "customer_of_record", paid,
                                 ("exhibit", back, f"line:{20 + n}", "for"),
                                 ("finding", f"finding:{release.hex()}", "", "for"))  # fmt: skip
            candidate_rests.append(("finding", f"finding:{record.hex()}", "", "for"))
            candidate_rests.append(("finding", f"finding:{received.hex()}", "", "for"))
    candidate = world.claim("link", account, "payer_candidate", customer, *candidate_rests,
                            ("exhibit", back, f"line:{k + 2}", "against"))  # fmt: skip
    for rule, role, weight, says in (
        ("withdrew_to_account", "for", 500_000, "Coins the customer withdrew paid the account's address."),
        ("household", "against", -200_000, "Another customer shares telephone, postal or client address."),
    ):
        world.add("link", candidate, rule, role, weight, says)
    user = world.claim(
        "link", account, "user_candidate", customer, ("finding", f"finding:{candidate.hex()}", "", "for")
    )
    ref, place = f"person:{account}", country
    world.add("membership", ref, account, 0, ref, None, "key", None, None)
    world.add("membership", ref, customer, 0, ref, user, "decided", None, None)
    located = world.claim("link", ref, "located_in", f"jurisdiction:{place}", ("exhibit", back, f"line:{k + 2}", "for"))
    world.add("located", located, ref, f"jurisdiction:{place}", "A service's customer record names this country.")
    asked = f"exhibit:{sha('enquiries').hex()}"
    band = world.claim("rank", ref, "banded", "band:" + "ABCDU"[k % 5], ("exhibit", asked, f"line:{k + 2}", "for"))
    world.add("band", band, ref, "ABCDU"[k % 5], "uploads", "household_minor,travel", "", 10 - k, 1)
    for n in range(3):
        media = f"media:{sha(f'media {n} {k % 2}').hex()}"
        for event in ("upload", "download")[: 1 + n % 2]:
            world.add("event", f"event:site/{event}/{k}{n}", account, event, media, None, None, low, low, "none", None,
                      sha("site"), f"row:files/{k}{n}")  # fmt: skip
        never = world.claim("match", media, "never_seen", f"list:{sha('list').hex()}",
                            ("exhibit", site, f"row:files/{n}", "for"))  # fmt: skip
        ids[f"never{n}"] = never
    ids["seized"] = world.claim("match", media, "seized_in", site, ("exhibit", site, "row:files/2", "for"))
    digest = f"media:md5-{sha(media).hex()[:32]}"
    ids["tie"] = world.claim("match", digest, "digest_of", media, ("exhibit", site, f"row:messages/{k % 2}", "for"))
    if k < 2:
        world.add("named_digest", ids["tie"], digest, media, "md5")
    world.add("event", f"event:site/message/{k}", account, "message", digest, None, None, low, low, "none", None,
              sha("site"), f"row:messages/{k}")  # fmt: skip
    return {**ids, "candidate": candidate, "user": user, "located": located, "band": band}


def tagged(world: World) -> None:
    """A pack of three entries: one with a label, one without, one that names another service."""
    for entry, label, service in ((0, "Northgate hot wallet", "northgate"), (1, None, "northgate"), (2, "X", "other")):
        row = dict.fromkeys(c.name for c in findings.ATTRIBUTION.columns)
        row |= {"tag": TAG, "entry": entry, "place": f"addr{entry}", "service": f"service:{service}", "use": "names",
                "spreads": False, "label": label}  # fmt: skip
        world.add("attribution", *row.values())


def searched(world: World) -> None:
    """Match searched one list, that the case pins."""
    ref = f"list:{sha('list').hex()}"
    for state in ("compared", "low_quality"):
        world.add("searched", ref, "pdq-1", state, 9, "7", "2017-12-01", "Agency agreement 12/2017")


@pytest.fixture
def world() -> World:
    """Six people, all decided; person 5's jurisdiction is not."""
    made = World()
    searched(made)
    tagged(made)
    for k in range(6):
        ids = person(made, k, payments=5)
        made.decide(ids["candidate"])
        made.decide(ids["user"], value="../..")
        if k != 5:
            made.decide(ids["located"])
        if k == 0:
            made.decide(ids["never0"], value="training/1")
            made.decide(ids["seized"], value="training/2")
    return made


class Key:
    """An Ed25519 key made from a number, as a Signer."""

    def __init__(self, number: int, name: str = "training.example/refer") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.name = name
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@pytest.fixture
def new_key() -> Callable[[int], Key]:
    """Keys by number."""
    return Key


@pytest.fixture
def key() -> Key:
    """The signer's key."""
    return Key(7)


@pytest.fixture
def now() -> datetime:
    """The time signatures are made at."""
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
