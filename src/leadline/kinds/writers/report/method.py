"""The sentences of method that a report prints. Each is held by a test against the data of the case it describes.

Nothing is said of method anywhere else in the report, so that a sentence that stops being true fails a test by name.
"""

from collections.abc import Mapping

METHOD: Mapping[str, str] = {
    "records": "Records were read once, are named by their SHA-256 digest and were never changed.",
    "basis": "Each claim is computed from them by a fixed rule and names what it rests on.",
    "same": "The same inputs give the same claims and this same report, byte for byte.",
    "payments": (
        "Payments are outputs on the pinned chain that pay an address which the records give for an account, or which "
        "follows from a public key they give for it."
    ),
    "once": (
        "Each output stands once in every sum, however many exhibits and accounts the records state its address for; "
        "where they state it for another account too, that statement stands against the payment."
    ),
    "releases": (
        "A release is recorded when recorded spends alone lead to the payment from a transaction that spends an "
        "address tagged as the service's own. What else that transaction spent bears no tag of the service: the tagged "
        "share stands beside each release."
    ),
    "walks": (
        "A walk back ends at the first transaction whose inputs are a named service's, by a tag of their own or else "
        "by inference, or where no service is found; each end stands with its payment, and together they are the whole "
        "of it. Before an inferred end nothing was walked: recorded spends may lead from a tagged address there too."
    ),
    "inferred": (
        "What rests on a cluster or on behaviour makes nobody the payer of a payment and names no release here. "
        "It can be among what speaks for a candidate, as its basis shows; outputs to ask about by it stand in a table "
        "of their own, each only once a person accepted it; figures of the whole case give it apart."
    ),
}
"""What was done, in the order in which it is told."""

ERRORS: tuple[tuple[str, str, str], ...] = (
    (
        "records",
        "the seized database is incomplete or was altered by its operator",
        "each statement keeps its exhibit and place; where another copy of the records lacks an address, or the whole "
        "account, table copies says so, with the payments that stand on it",
    ),
    (
        "times",
        "a block's time may lie up to two hours off; local times can be ambiguous",
        "every time is an interval with its doubt",
    ),
    (
        "payments",
        "an address may have served more than one account",
        "the record that ties address and account is cited, and one that ties it to another account stands against it",
    ),
    (
        "releases",
        "a tag may name the wrong service, or only a part of what its transaction spent",
        "a transaction counts when it spends a tagged address; the tag and the tagged share are cited; what falls "
        "without a tag, and what other tags or clusters then carry, is found by withdrawing it",
    ),
    (
        "returns",
        "a service may return the wrong customer",
        "transaction and address, or without an address the amount, must agree; two customers for one output speak "
        "against both",
    ),
    ("values", "a daily price is not the price anyone paid", "series, field, day and rate stand beside each value"),
)
"""(step, what can go wrong, what is done about it)."""

RATES = (
    "the UTC day of the block header's time. Smaller figure: value on the case's valuation date. Values are rounded "
    "half to even."
)
"""How a payment is valued, after the names of the series."""
