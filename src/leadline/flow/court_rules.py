"""The rules of tracing in force, with their parameters and the source of each that somebody published.

Rows of section *tracing* of model.referral.COURT: every setting that trace reads and every fixed threshold of it.
"""

from collections import Counter

from leadline.engines.ledger.attribution import behaviour, service_signs
from leadline.engines.ledger.clustering.clusters import MOST_DUST
from leadline.engines.ledger.tracing.walks import BRANCHES, FUNDERS
from leadline.kinds.bitcoin.amount import btc
from leadline.model.findings import TAINT_RULES
from leadline.model.ledger import DUST, MULTI_INPUT, RULES, SAME_KEY
from leadline.model.times import BLOCK_DOUBT_SECONDS
from leadline.model.words import NONE
from leadline.steps.disclosure_sentences import PRESUPPOSES
from leadline.steps.trace.tags import CLUSTER_LEVEL, LEAST_LEVEL
from leadline.steps.trace.unresolved_walks import SLIVER_PPM
from leadline.store.case import Case
from leadline.store.settings import Settings

Row = tuple[str, str, str]
"""(item, value, what it means)."""

OWN = "a choice of the program's makers, the same in every case"
"""The source of a threshold that nobody published."""
_ANDERSON = "Anderson, Shumailov, Ahmed 2018"
TAINT_SAYS = {
    "haircut": "every output, and the fee, has the share of the inputs by value (Moeser, Boehme, Breuker 2014)",
    "fifo": f"the inputs in order fill the outputs in order, the market's satoshi of an input first ({_ANDERSON})",
    "lifo": "as fifo, with the inputs from the last to the first",
    "tiho": "the largest outputs are filled first (Hercog, Povsea 2019)",
    "poison": "an output is wholly the market's when any input is: an upper bound, no sum (Moeser et al. 2014)",
    "pro_rata": "clusters are accounts that mix what they hold; what leaves one carries its share of the balance",
    "lowest": "clusters are accounts that spend other coins first (Roscoe v Winder 1915)",
}
"""Each rule of taint in words, with its source, as engines.ledger.tracing.taint states it."""


def tracing(case: Case) -> list[Row]:
    """Every rule of trace with its value in this case."""
    settings = case.settings
    return [*_back(settings), *_names(), *_clusters(), *_forward(case), *_set(settings)]


def _back(settings: Settings) -> list[Row]:
    return [
        (
            "back from a payment",
            "pro rata by value",
            "at every transaction the share is split among its inputs by their satoshi; shares are whole millionths "
            f"that add up to one million, what is left over to the largest remainder, the earlier input first; {OWN}",
        ),
        (
            "where a walk ends",
            "at the first named service",
            "by a tag of an input's own address, or else by inference; nothing before it is walked",
        ),
        (
            "hop limit",
            str(settings.hop_limit),
            "private transactions before a payment that are followed; a walk that comes to it ends as hop_limit; set "
            "in the case",
        ),
        (
            "cut-off by branches",
            str(BRANCHES),
            f"most branches followed a payment and hop, the largest shares first, the rest merged_history; {OWN}",
        ),
        (
            "cut-off by senders",
            str(FUNDERS),
            f"inputs of at least so many different senders, none of them named, end a walk as merged_history; {OWN}",
        ),
        ("least share named", f"{SLIVER_PPM:,} millionths", f"a service that let go of less is not named; {OWN}"),
    ]


def _names() -> list[Row]:
    levels = "scale of the TagPack taxonomy; the threshold is " + OWN
    return [
        ("tags that name", f"confidence {LEAST_LEVEL} and above", f"a lower one names nobody; {levels}"),
        (
            "tags that speak for a cluster",
            f"confidence {CLUSTER_LEVEL} and above",
            f"what rests on a cluster is graded inferred and makes nobody the payer of a payment; {levels}",
        ),
        (
            "a service by behaviour",
            f"{behaviour.SCRIPTS} addresses, {behaviour.PAYEES} payees, {behaviour.PAYERS} payers",
            f"from so many on a cluster without a name ends a walk as a service that nobody named; {OWN}",
        ),
        (
            "a service along change",
            f"{service_signs.PAYEES} payees, {service_signs.SENDERS} senders",
            f"the same along scored change, with a collection from so many senders; {OWN}",
        ),
    ]


def _clusters() -> list[Row]:
    return [
        (f"cluster rule {RULES[MULTI_INPUT].replace('_', ' ')}", "in force", f"presupposes: {PRESUPPOSES['cluster']}"),
        (
            f"cluster rule {RULES[SAME_KEY].replace('_', ' ')}",
            "in force",
            "addresses whose bytes show that one key opens them are one owner's; presupposes that a key has one owner",
        ),
        (
            f"cluster rule {RULES[DUST]}",
            f"up to {MOST_DUST:,} satoshi",
            f"what is joined by spending such a coin alone is told apart: strangers send them; {OWN}",
        ),
        (
            "transactions kept out of clusters",
            "mixes by their shape",
            "Whirlpool, Wasabi 1 and 2, JoinMarket and other equal outputs, by what their makers published; one not "
            "known by its shape joins strangers",
        ),
    ]


def _forward(case: Case) -> list[Row]:
    """The rules of taint, each with what it says of this case: which holds is a question of law."""
    named: Counter[str] = Counter()
    for row in case.current("taint").to_pylist():
        if row["place"].startswith("service:"):
            named[row["rule"]] += row["value_sat"]
    return [
        (
            f"forward from the market: {rule.replace('_', ' ')}" + (", the case's rule" if own else ""),
            f"{btc(named[rule])} BTC at services",
            TAINT_SAYS[rule],
        )
        for own, rule in sorted(((rule == case.settings.taint, rule) for rule in TAINT_RULES), key=lambda r: not r[0])
    ]


def _set(settings: Settings) -> list[Row]:
    hours = BLOCK_DOUBT_SECONDS // 3600
    return [
        (
            "gap limit",
            str(settings.gap_limit),
            "addresses in a row without a payment that end the derivation of a key (BIP-44); set in the case",
        ),
        (
            "time of a block",
            f"its header's, {hours} hours either way",
            "every time of a transaction is that interval (Bitcoin Core takes headers up to two hours ahead)",
        ),
        (
            "withdrawn from the case",
            ", ".join(settings.withdrawn) or NONE,
            "what counts for nothing here, each logged with its reason",
        ),
    ]
