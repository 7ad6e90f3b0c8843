"""The sentences of a page for the other side: what rules say and presuppose, what stays open, what refutes."""

from leadline.model.predicates import (
    BANDED,
    CASHED_OUT,
    CUSTOMER_OF_RECORD,
    LEAKS,
    LOCATED_IN,
    PAYER_CANDIDATE,
    PEELED,
    RELEASED,
    SAME_PERSON,
    STOPPED,
    USER_CANDIDATE,
)

RULES = {
    "spend": "recorded on the chain",
    "change": "taken for change: every other output of the transaction went to a service",
    "peel": "taken for change by most of the signs that speak, the other output being a payment",
    "cluster": "the coins spent, or where market coins are followed forward those paid, lay on an address spent "
    "together with other addresses of a tagged cluster",
    "tag": "the coins spent, or where market coins are followed forward those paid, lay on an address that a pinned "
    "tag pack names",
}
"""What each rule of a hop says."""
PRESUPPOSES = {
    "spend": "Nothing: any copy of the chain shows it.",
    "change": "That the signs of change counted are right for this transaction; each fails at times.",
    "peel": "That the output which most signs name is the payer's own change; each sign fails at times, and the chain "
    "is no better than its weakest step.",
    "cluster": "That whoever signs for several inputs of one transaction controls them all (Nakamoto 2008, section 10; "
    "Meiklejohn et al. 2013), and that one key has one owner. It fails for a CoinJoin or PayJoin not known by its "
    "shape, for a service that keeps keys for others, for keys that were shared, sold or seized.",
    "tag": "That whoever published the tag was right about this address at the time of the transaction. "
    "The date a tag states is that of its last change, not since when the address was the service's.",
}
"""What each rule of a hop presupposes, and where it is known to fail."""
REFUTES = {
    "spend": "A copy of the chain in which a named transaction does not spend the named output, or is not there.",
    "change": "A record of the other output's owner that shows it to be his own.",
    "peel": "A record that shows the output which went on to be somebody else's at any one step.",
    "cluster": "Proof that one transaction named as a merge was signed by several owners, such as a PayJoin, a "
    "mix not known by its shape, or a service that keeps keys for others; withdraw it and see what falls.",
    "tag": "The service's own statement that the named address is not or was not its own at that time.",
    "signs": "The name of who held these coins, with records; a private person whose wallet shows the same counts.",
    "always": "The service's return for the release output: no such withdrawal, or one to another address.",
    CUSTOMER_OF_RECORD: "A return of the same service that names another customer, or none, for this output.",
    PAYER_CANDIDATE: "A record that the customer sold or handed on the coins before they paid, or had no control of "
    "his account when they were withdrawn; a return that names somebody else for the same outputs.",
    USER_CANDIDATE: "A record that somebody else used the account at the times of its payments and logins, or that "
    "it was sold, shared, or paid for another's use.",
    SAME_PERSON: "Birth, country or document that differ between the two; a record that what they share was somebody "
    "else's at the time, or is shared by many.",
    LOCATED_IN: "A record that the person lived elsewhere at the time, or that the country stated is a default.",
    LEAKS: "The provider's record that another machine, or nobody, had the address or name on the day of the "
    "capture; the same sign on a machine that is not the service's.",
    BANDED: "An answer that contradicts one of those cited, or a decision that takes a member away.",
    "records": "The exhibit itself, where the cited place does not state this address for this account, or states it "
    "for another time.",
}
"""What would show a path to be wrong, by the rule it uses."""
BETWEEN = (
    "Who held the coins at each private transaction between. Each may be a sale, a gift, a loan or a change of "
    "wallets; on the longest path drawn there {hops}."
)
"""What a path with a private transaction leaves open; one without has none between."""
OPEN = {
    RELEASED: (
        "Who asked the service to release the coins. Its customer of record may be a seller, a broker, a lender, or "
        "have lost control of the account.",
        BETWEEN,
        "Which satoshi went where. Shares split every transaction's inputs by value; where a transaction has several, "
        "another rule could give any share from none to all of it to one of them. Other inputs and outputs of the "
        "transactions are not drawn.",
    ),
    STOPPED: (
        "What lies before. A stop says why this program went no further, and of nobody that he is the source.",
        "Who held the coins at each transaction drawn.",
    ),
    PEELED: (
        "Whether one owner made every step: the chain is as sure as its weakest step, and may end at any of them.",
        "Who that owner is.",
    ),
    CUSTOMER_OF_RECORD: (
        "Whether the customer made the withdrawal himself: others may have had the use of his account.",
        "What the customer knew of the payment.",
    ),
    PAYER_CANDIDATE: (
        "Who paid. By the return the customer withdrew the coins; he may have sold, lent or given them to whoever did.",
        "Who held the coins at each transaction between the withdrawal and the payment.",
        "Who uses the account, whoever paid: it may be another's, sold, or shared.",
    ),
    USER_CANDIDATE: (
        "Whether the customer used the account at all, and in which span of time.",
        "Who paid, and for whom.",
    ),
    SAME_PERSON: (
        "Whether one person used both records at any moment: identifiers are lent, shared, given out anew and copied.",
    ),
    LOCATED_IN: ("Where the person is today, and where anything was done.",),
    LEAKS: (
        "Which machine wrote it: one behind the one named, a proxy before it, or one from which the file was copied.",
        "Who rented or ran that machine.",
    ),
    BANDED: ("What the person did or will do; every question listed as unknown.",),
    CASHED_OUT: (
        "Who controls the account at the service, and whether the service knew the source of the coins.",
        "Which satoshi went where, when the market's coins met others; table taint gives each rule's sums.",
    ),
}
"""What a path leaves open, by predicate."""
