"""Which machine served it: signs in captured pages and files, ordered by what they name and what speaks against them.

The order, said in docs/leaks.md: first what nothing but a mention speaks against; of these what names a machine before
what names an owner before what names programs; what a server writes of itself before what is only mentioned; what
stands in more exhibits first. What nothing tells apart shares a place.
"""

import hashlib
import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model import findings, refs
from leadline.model.predicates import LEAKS
from leadline.model.tables import from_rows
from leadline.model.words import (
    AGAINST,
    ANALYTICS,
    BANNER,
    CERTIFICATE,
    DOCUMENTATION,
    EMAIL,
    HOST,
    IP,
    LIBRARY,
    MACHINE,
    MENTIONED,
    ONION,
    OWNER,
    PATH,
    PGP,
    PRIVATE_RANGE,
    PROGRAM,
    RESOLVER,
    RESOURCE,
    SERVER_IP,
    SIGNS,
    VERSION_LIKE,
    VISITOR,
)
from leadline.steps.step import Claims, Inputs

NAMES = {
    SERVER_IP: MACHINE,
    IP: MACHINE,
    CERTIFICATE: MACHINE,
    HOST: OWNER,
    EMAIL: OWNER,
    PGP: OWNER,
    ANALYTICS: OWNER,
    ONION: OWNER,
    BANNER: PROGRAM,
    PATH: PROGRAM,
    RESOURCE: PROGRAM,
}
"""What a sign of each kind can name."""
PRIVATE = frozenset({EMAIL, PGP})
"""Kinds whose value can name a private person."""
_DOCUMENTS = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
"""Addresses kept for documents (RFC 5737, RFC 3849): no machine has them."""
_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "224.0.0.0/3", "fc00::/7"),
    )
)
"""Addresses that many networks use inside (RFC 1918, 6598, 3927, 4193), and those of no single machine (RFC 1112)."""
RESOLVERS = frozenset(
    {
        *("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222"),
        *("208.67.220.220", "4.2.2.1", "4.2.2.2", "2001:4860:4860::8888", "2001:4860:4860::8844"),
        *("2606:4700:4700::1111", "2620:fe::fe"),
    }
)
"""Public name servers, which configurations name."""
LIBRARIES = (
    *("w3.org", "schema.org", "ogp.me", "xmlns.com", "purl.org", "googleapis.com", "gstatic.com", "google.com"),
    *("google-analytics.com", "googletagmanager.com", "cloudflare.com", "jsdelivr.net", "unpkg.com", "jquery.com"),
    *("bootstrapcdn.com", "fontawesome.com", "github.com", "mozilla.org", "wordpress.org", "php.net", "nginx.org"),
    *("apache.org", "gravatar.com", "example.com", "example.org", "example.net"),
)
"""Domains that pages of everybody name: of standards, libraries, fonts, counters, programs and examples."""
_SMALL = 30
"""Parts of a version are small: an IPv4 address all of whose parts are smaller may be one."""
Sign = tuple[str, str, str]
"""(service, kind, value as compared)."""


def leaks(inputs: Inputs, claims: Claims) -> pa.Table:
    """The LEAK table, with a finding and its basis a sign of a service."""
    stated = inputs.table("identifier")
    usable = stated.filter(pc.is_valid(stated["normal"]))
    of_service = pc.starts_with(usable["subject"], "service:")
    seen: dict[Sign, list[tuple[str, str]]] = defaultdict(list)
    for row in usable.filter(of_service).to_pylist():
        if row["kind"] in NAMES:
            place = (f"exhibit:{row['exhibit'].hex()}", row["locator"])
            seen[row["subject"], row["kind"], row["normal"]].append(place)
    visitors = _visitors(usable.filter(pc.invert(of_service)), {value for _, _, value in seen})
    rows = []
    for (service, kind, value), places in seen.items():
        id_ = claims.add(service, LEAKS, sign_ref(kind, value))
        for exhibit, locator in places:
            claims.rest(id_, "exhibit", exhibit, locator)
        here = visitors.get(value, ()) if kind in (SERVER_IP, IP) else ()
        for exhibit, locator in here:
            claims.rest(id_, "exhibit", exhibit, locator, AGAINST)
        doubts = [*_doubts(kind, value), *([VISITOR] if here else [])]
        rows.append((id_, service, kind, value, NAMES[kind], len({e for e, _ in places}), len(places), doubts))
    return from_rows(findings.LEAK, _ordered(rows))


def sign_ref(kind: str, value: str) -> str:
    """The ref of a sign."""
    return refs.ref("sign", f"{kind}/{hashlib.sha256(value.encode()).hexdigest()[:16]}")


def _visitors(stated: pa.Table, values: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Places at which a record gives one of these addresses to an account or a customer."""
    wanted = stated.filter(
        pc.and_(pc.equal(stated["kind"], IP), pc.is_in(stated["normal"], pa.array(sorted(values), pa.string())))
    )
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in wanted.to_pylist():
        found[row["normal"]].append((f"exhibit:{row['exhibit'].hex()}", row["locator"]))
    return found


def _doubts(kind: str, value: str) -> Iterator[str]:
    """What speaks against a sign in itself."""
    if kind == IP:
        yield MENTIONED
    if kind in (IP, SERVER_IP):
        address = ipaddress.ip_address(value)
        if any(address in network for network in _INSIDE if network.version == address.version):
            yield PRIVATE_RANGE
        if any(address in network for network in _DOCUMENTS if network.version == address.version):
            yield DOCUMENTATION
        if value in RESOLVERS:
            yield RESOLVER
        if kind == IP and address.version == 4 and max(address.packed) < _SMALL:
            yield VERSION_LIKE
    if kind == HOST and any(value == name or value.endswith(f".{name}") for name in LIBRARIES):
        yield LIBRARY


def _ordered(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of LEAK: with the places of each service's order."""
    made = []
    for service in sorted({row[1] for row in rows}):
        own = [row for row in rows if row[1] == service]
        ranks = Counter(_rank(row) for row in own)
        first = {rank: 1 + sum(n for other, n in ranks.items() if other < rank) for rank in ranks}
        for row in own:
            id_, _, kind, value, names, exhibits, places, doubts = row
            shown = None if kind in PRIVATE else value
            rank = _rank(row)
            made.append(
                (id_, service, kind, shown, names, exhibits, places, ",".join(doubts), first[rank], ranks[rank])
            )
    return made


def _rank(row: tuple[Any, ...]) -> tuple[int, int, int, int]:
    names, exhibits, doubts = row[4], row[5], row[7]
    return bool(set(doubts) - {MENTIONED}), SIGNS.index(names), MENTIONED in doubts, -exhibits
