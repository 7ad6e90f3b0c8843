"""The scripted reviewer: what a careful person would decide on this training case, knowing what really happened.

One line a decision, for findings that may or may not be made; only those that exist are decided. He accepts what is
true and says why, rejects a payer where the customer of record is a seller, a broker or a lender, and leaves a
household open. Who paid, who uses an account and which records are one person's he decides apart. What stands against
a finding he reads when he decides it, and says why it did not move him (`reason`). He is fallible: he believes some
false answers, and slips now and then (scenario.mistakes).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.source import read
from leadline.model.predicates import (
    CUSTOMER_OF_RECORD,
    KNOWN_AS,
    LOCATED_IN,
    NEVER_SEEN,
    PAYER_CANDIDATE,
    RELEASED,
    SAME_PERSON,
    USER_CANDIDATE,
)
from leadline.model.refs import ref
from leadline.model.spans import Span, written
from leadline.model.words import ACCEPTED, REJECTED, UNSURE
from leadline.scenario.mistakes import Mistake, draw, slips
from leadline.scenario.people import People
from leadline.scenario.plan import RETURNING, SITE, TAGGED, ChainTruth, Plan
from leadline.scenario.site import Site

Decision = dict[str, str]

REASONS = {
    "own": (ACCEPTED, "The customer of record, the payments and the return agree."),
    "household": (UNSURE, "The record is a relative's: who of the household paid cannot be told from records."),
    "borrowed": (REJECTED, "The customer of record lent the account to somebody else."),
    "seller": (REJECTED, "The customer of record sells coins to others and pays straight to their addresses."),
    "broker": (REJECTED, "The customer of record is a broker who acts for others."),
    "bystander": (REJECTED, "The customer of record has nothing to do with the payment."),
}
"""Verdict and reason on a payer candidate, by what the exchange record really is."""
USES = {
    "own": (ACCEPTED, "Asked, the customer named the account as the one he used."),
    "household": (UNSURE, "Asked, nobody of the household says who used the account."),
    "borrowed": (REJECTED, "The customer of record lent his exchange account; the market account is another's."),
    "seller": (REJECTED, "The customer of record sold coins and never used the account."),
    "broker": (REJECTED, "The customer of record acted for others and never used the account."),
    "bystander": (REJECTED, "The customer of record has nothing to do with the account."),
}
"""Verdict and reason on a user candidate, by the same."""
CORRECTED = (REJECTED, "Asked again, the service names another customer: its first answer was false.")
"""On a payer whom a false answer names, where the reviewer finds out."""
SLIPPED = {ACCEPTED: REASONS["seller"], REJECTED: REASONS["own"]}
"""What he decides where he slips, by what he should have decided."""
DESPITE = {
    "private_hops": "every spend between is recorded and none of the outputs has a known other owner",
    "inferred_release": "the service's own records name the transaction and the address",
    "seller_pattern": "the accounts reached are his own",
    "broker": "the return's own note says that he acted for himself here",
    "household": "the others who share were asked and are not the one the return names",
    "account_changed": "it is decided from the change on only",
    "paid_by_others": "the others' payments are decided apart",
    "two_returned": "the service withdrew its first answer",
    "birth_differs": "one record holds a slip of the pen",
    "country_differs": "he moved between the two records",
    "document_differs": "one is a passport, the other a licence",
    "key_differs": "a key can be replaced, and was",
}
"""Why a careful person may accept a finding against which a rule speaks."""


def reason(verdict: str, said: str, against: Sequence[tuple[str, str]], rows: int) -> str:
    """A decision's reason with what stands against its finding: `against` are (rule, its sentence), `rows` all of it.

    Nothing is said not to stand against a finding against which its basis holds a row.
    """
    if not against and not rows:
        return f"{said} Nothing is listed against it."
    named = " ".join(sentence for _, sentence in against) or f"{rows} rows of its basis."
    text = f"{said} Against it stands: {named}"
    if verdict != ACCEPTED:
        return text
    why = [DESPITE[rule] for rule, _ in against if rule in DESPITE] or ["what speaks for it outweighs them"]
    return f"{text} Accepted all the same: {'; '.join(why)}."


EXAMINED = 400
"""Payments, and files on a list, he looks at one by one; nobody decides thousands of them singly."""
CATEGORISED = 3
"""Never-seen files for which an examiner's category has come back."""


def account_ref(account: int) -> str:
    """account:site/N."""
    return ref("account", f"{SITE}/{account}")


def customer_ref(customer: str) -> str:
    """customer:service/reference."""
    return ref("customer", customer)


def _decision(subject: str, predicate: str, object_: str, verdict: str, reason: str, value: str = "") -> Decision:
    row = {"subject": subject, "predicate": predicate, "object": object_, "verdict": verdict, "reason": reason}
    return row | {"value": value} if value else row


def members(people: People) -> dict[int, list[str]]:
    """Person -> refs of the accounts he uses and the exchange records in his name, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in people.accounts.to_pylist():
        if row["user"] >= 0:
            found[row["user"]].append(account_ref(row["account"]))
    for row in people.records.to_pylist():
        if row["person"] >= 0:
            found[row["person"]].append(customer_ref(row["customer"]))
    return found


def on_payments(plan: Plan, chain: ChainTruth) -> Iterator[Decision]:
    """Decisions on what released a payment, whose withdrawal the return says it was, and who is the payer."""
    single = 0
    for row, named, mistake in _answered(plan, chain):
        single += 1
        denied = mistake is not None and mistake.kind == "denied"
        if single > EXAMINED and not denied:
            continue
        service, paid = ref("service", row["service"]), ref("outpoint", f"{row['txid']}:{row['vout']}")
        if denied:
            yield _decision(service, RELEASED, paid, REJECTED, "The service answers: no such withdrawal.")
        else:
            yield _decision(
                service,
                RELEASED,
                paid,
                ACCEPTED,
                "The spends lead to this service, by a tag or by a cluster.",
            )
        if named:
            said = "The return names this withdrawal."
            yield _decision(customer_ref(named), CUSTOMER_OF_RECORD, paid, ACCEPTED, said)
    slipped_at = slipped(plan, chain)
    for (account, named), (verdict, said) in _payers(plan, chain).items():
        if (account, named) in slipped_at:
            verdict, said = SLIPPED[verdict]
        yield _decision(account_ref(account), PAYER_CANDIDATE, customer_ref(named), verdict, said)


def slipped(plan: Plan, chain: ChainTruth) -> frozenset[tuple[int, str]]:
    """(account, customer) of the payers about whom the reviewer decides wrongly."""
    decided = _payers(plan, chain)
    wrong: set[tuple[int, str]] = set()
    for verdict in SLIPPED:
        wrong.update(slips(plan.options.seed, verdict, [pair for pair, (own, _) in decided.items() if own == verdict]))
    return frozenset(wrong)


def _answered(plan: Plan, chain: ChainTruth) -> Iterator[tuple[dict[str, Any], str, Mistake | None]]:
    """(payment, customer whom the return names for it or "", what the return gets wrong) of traceable payments."""
    customer = dict(zip(plan.purchases["purchase"].to_pylist(), plan.purchases["customer"].to_pylist(), strict=True))
    wrong = draw(plan.options.seed, chain.payments, chain.withdrawals)
    for row in chain.payments.to_pylist():
        if row["purchase"] < 0 or row["stop"] is not None or row["service"] not in TAGGED:
            continue
        mistake = wrong.get((row["release_txid"], row["release_vout"]))
        named = customer[row["purchase"]] if row["service"] in RETURNING else ""
        if mistake is not None:
            named = mistake.instead
        yield row, named, mistake


def _payers(plan: Plan, chain: ChainTruth) -> dict[tuple[int, str], tuple[str, str]]:
    """(account, customer whom a return names) -> the verdict and reason of a reviewer who does not slip.

    He cannot know of every false answer: where nothing but the return names a customer whose own record it is, he
    accepts him, and finds out about those whom the service corrects.
    """
    kind = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    found: dict[tuple[int, str], tuple[str, str]] = {}
    false = 0
    for row, named, mistake in _answered(plan, chain):
        if not named:
            continue
        if mistake is None:
            found[row["account"], named] = REASONS[kind[named]]
        elif (row["account"], named) not in found:
            false += 1
            found[row["account"], named] = REASONS[kind[named]] if false % 2 else CORRECTED
    return found


def on_users(plan: Plan, people: People, chain: ChainTruth) -> Iterator[Decision]:
    """Decisions on who uses an account: a sold one is its buyer's from the sale on."""
    kind = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    sold = _sold(people)
    bought = (plan.purchases[c].to_pylist() for c in ("account", "customer"))
    real = dict.fromkeys((account, named) for account, named in zip(*bought, strict=True) if named)
    for account, named in real:
        verdict, said = USES[kind[named]]
        span = written(Span(sold.get(account_ref(account)))) if verdict == ACCEPTED else ""
        yield _decision(account_ref(account), USER_CANDIDATE, customer_ref(named), verdict, said, span)
    for account, named in _payers(plan, chain):
        if (account, named) not in real:
            yield _decision(account_ref(account), USER_CANDIDATE, customer_ref(named), *USES["bystander"])


def _sold(people: People) -> dict[str, datetime]:
    """Account -> when it was sold, of those that were."""
    columns = (people.accounts[c].to_pylist() for c in ("account", "sold"))
    return {account_ref(a): datetime.fromtimestamp(at, UTC) for a, at in zip(*columns, strict=True) if at}


def on_persons(people: People) -> Iterator[Decision]:
    """Decisions on who is the same, and where a person's records place him."""
    country = dict(zip(people.persons["person"].to_pylist(), people.persons["country"].to_pylist(), strict=True))
    everyone = members(people)
    sold = _sold(people)
    for refs in everyone.values():
        for subject, object_ in permutations(refs, 2):  # which of two is the older, and so the subject, evidence says
            since = [sold[ref] for ref in (subject, object_) if ref in sold]
            span = written(Span(max(since))) if since else ""
            yield _decision(subject, SAME_PERSON, object_, ACCEPTED, "The records agree on one person.", span)
    for row in people.accounts.to_pylist():
        if row["user"] != row["creator"]:
            said = "The account was sold: its key is still the seller's."
            for other in everyone[row["creator"]]:
                for subject, object_ in permutations((account_ref(row["account"]), other)):
                    yield _decision(subject, SAME_PERSON, object_, REJECTED, said)
    for person, refs in everyone.items():
        for key in refs:
            yield _decision(
                f"person:{key}", LOCATED_IN, ref("jurisdiction", country[person]), ACCEPTED,
                "The customer record names this country.",
            )  # fmt: skip


def on_media(lists: Path, media: pa.Table, folder: Path, site: Site, people: People) -> Iterator[Decision]:
    """Decisions on files: those that stand in a list of `lists` by digest, and an examiner's category for a few others.

    `folder` holds the files where there are any; files that known people uploaded come first.
    """
    paths = sorted(p for p in lists.iterdir() if p.is_file())
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    own = _digests(media, folder)
    seen: set[tuple[str, str]] = set()
    for path in paths:
        listed = read("list", path)
        for entry, hasher, value in zip(*(listed[c].to_pylist() for c in ("entry", "hasher", "value")), strict=True):
            sha256 = own.get((hasher, value))
            object_ = ref("entry", f"{digests[path]}/{entry}")
            if sha256 is not None and len(seen) < EXAMINED and (sha256, object_) not in seen:
                seen.add((sha256, object_))
                yield _decision(ref("media", sha256), KNOWN_AS, object_, ACCEPTED, "The digests are equal.")
    searched = ref("list", hashlib.sha256("\n".join(sorted(digests.values())).encode()).hexdigest())
    for sha256 in _to_examine(media, site, people):
        said = "The examiner's category came back."
        yield _decision(ref("media", sha256), NEVER_SEEN, searched, ACCEPTED, said, value="training-category-2")


def _digests(media: pa.Table, folder: Path) -> dict[tuple[str, bytes], str]:
    """(digest kind, value) -> sha256 of every file; md5 and sha1 only where the files themselves are there."""
    found: dict[tuple[str, bytes], str] = {}
    for sha256, name in zip(media["sha256"].to_pylist(), media["path"].to_pylist(), strict=True):
        found["sha256", bytes.fromhex(sha256)] = sha256
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            found["md5", hashlib.md5(data, usedforsecurity=False).digest()] = sha256
            found["sha1", hashlib.sha1(data, usedforsecurity=False).digest()] = sha256
    return found


def _to_examine(media: pa.Table, site: Site, people: People) -> list[str]:
    """A few never-seen files in order of upload, those that a known person uploaded first."""
    new = set(media.filter(pc.equal(media["group"], "never_seen"))["sha256"].to_pylist())
    known = set(people.accounts["account"].to_pylist())
    files = site.tables["files"]
    uploads = [
        (uploader not in known, place, sha256)
        for place, (uploader, sha256) in enumerate(
            zip(files["uploader_id"].to_pylist(), files["sha256"].to_pylist(), strict=True)
        )
        if sha256 in new
    ]
    return list(dict.fromkeys(sha256 for _, _, sha256 in sorted(uploads)))[:CATEGORISED]


def write_decisions(path: Path, decisions: Iterable[Decision]) -> int:
    """Writes one JSON object a line; gives how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    n = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in decisions:
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            n += 1
    return n
