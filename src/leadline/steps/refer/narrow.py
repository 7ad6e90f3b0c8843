"""A source cut to what some dossiers can read, so that a package costs what it holds, not what the case holds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.predicates import CUSTOMER_OF_RECORD
from leadline.model.words import WITHDRAWAL
from leadline.steps.refer.alternatives import concerning
from leadline.steps.refer.identifiers import ACTS, SAID
from leadline.steps.refer.left_out import about
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.refer.restrictions import basis_below


def _kept(table: pa.Table, column: str, values: Iterable[object]) -> pa.Table:
    """Rows of `table` whose `column` is one of `values`."""
    wanted = pa.array(sorted(set(values)), table.schema.field(column).type)  # type: ignore[type-var]
    return table.filter(pc.is_in(table.column(column), wanted))


def narrow(source: Source, people: Sequence[Person]) -> Source:
    """`source` with the rows that a dossier of any of `people` reads; every dossier of theirs stays the same."""
    members = [m for p in people for m in p.members]
    refs = [p.ref for p in people]
    made = {"identifier": _kept(source.table("identifier"), "subject", members)}
    made["customer"] = _kept(source.table("customer"), "customer", members)
    accounts = [a for p in people for a in p.accounts]
    made["address"] = _kept(source.table("address"), "subject", accounts)
    made["account"] = _kept(source.table("account"), "account", accounts)
    made["payment"] = _kept(source.table("payment"), "account", accounts)
    outpoints = made["payment"].column("outpoint").to_pylist()
    made["release"] = _kept(source.table("release"), "payment", outpoints)
    made["stop"] = _kept(source.table("stop"), "payment", outpoints)
    made["valuation"] = _kept(source.table("valuation"), "outpoint", outpoints)
    made["hop"] = _kept(source.table("hop"), "finding", made["release"].column("finding").to_pylist())
    made["band"] = _kept(source.table("band"), "person", refs)
    made["event"] = _events(source.table("event"), members, made["release"])
    media = {o for o in made["event"].column("object").to_pylist() if o is not None and o.startswith("media:")}
    made["named_digest"] = _kept(source.table("named_digest"), "media", media)
    media |= set(made["named_digest"].column("file").to_pylist())
    first = {t.finding for p in people for t in p.every_tie} | {finding for p in people for _, finding in p.located}
    for name in ("payment", "release", "valuation", "band", "named_digest"):
        first.update(made[name].column("finding").to_pylist())
    findings = source.table("finding")
    for predicates, subjects in (((CUSTOMER_OF_RECORD,), members), (SAID, media)):
        named = _kept(findings, "predicate", predicates)
        first.update(_kept(named, "subject", subjects).column("id").to_pylist())
    first.update(concerning(source, people, media))
    made["basis"] = basis_below(source.table("basis"), first)
    cited = first | set(made["basis"].column("finding").to_pylist())
    near = about(findings, {*members, *accounts, *outpoints, *media})
    made["finding"] = _kept(findings, "id", cited | set(near.column("id").to_pylist()))
    made["link"] = _kept(source.table("link"), "finding", cited)
    return replace(
        source,
        tables={**source.tables, **made},
        answering=source.answered(),
        judged=source.releases(),
        copied=source.copies(),
    )


def _events(events: pa.Table, members: Sequence[str], releases: pa.Table) -> pa.Table:
    """Uploads and downloads of members, and withdrawals in the transactions of `releases`, in the order they stood."""
    acts = pc.and_(
        pc.is_in(events.column("kind"), pa.array(ACTS)),
        pc.is_in(events.column("subject"), pa.array(list(members), pa.string())),
    )
    transactions = {"tx:" + o.split(":")[1] for o in releases.column("release_outpoint").to_pylist()}
    named = pc.is_in(events.column("object"), pa.array(sorted(transactions), pa.string()))
    return events.filter(pc.or_(acts, pc.and_(pc.equal(events.column("kind"), WITHDRAWAL), named)))
