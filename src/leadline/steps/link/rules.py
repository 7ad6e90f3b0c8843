"""The rules of link: each has a name, a weight and the sentence a reader of the report sees.

Weights are set by hand, in millionths, and are no probabilities: they order suggestions and say which may be grouped
without a person's decision (`GROUP_PPM`). What a rule is worth in a case is measured by the returns that confirm or
deny it, never by these numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from leadline.model.words import AGAINST, DEVICE, IP


@dataclass(frozen=True, slots=True)
class Rule:
    """One sign for or against: positive weights speak for, negative against."""

    name: str
    weight_ppm: int
    says: str

    @property
    def role(self) -> str:
        """for or against."""
        return "for" if self.weight_ppm >= 0 else AGAINST


GROUP_PPM = 800_000
"""From this sum on, two subjects are grouped as one hypothesis; below, only a decision groups them."""

COMMON = 4
"""An identifier shared by more subjects than this speaks for nobody (a shared exit address, a default value)."""

MANY_ACCOUNTS = 4
"""A customer whose withdrawals reach at least this many market accounts looks like a seller or a broker."""

SHOWN = 3
"""Rows of others cited for each identifier of a household; how many there are is said."""

SHARED = {
    r.name.removeprefix("same_"): r
    for r in (
        Rule("same_email", 900_000, "Both state the same e-mail address."),
        Rule("same_phone", 900_000, "Both state the same telephone number."),
        Rule("same_pgp", 950_000, "Both state the same public key."),
        Rule("same_device", 800_000, "Both were used from the same device identifier."),
        Rule("same_document", 950_000, "Both state the same number of an identity document."),
        Rule("same_postal", 300_000, "Both state the same postal address."),
        Rule("same_password", 500_000, "Both were protected by the same password digest."),
        Rule("same_ip", 300_000, "Both were used from the same client address."),
    )
}
"""Rules over one shared identifier, by the identifier's kind. Handles are not among them: many people choose alike."""

NAME_AND_BIRTH = Rule("name_and_birth", 850_000, "Two services return the same name and date of birth.")
SAME_ACCOUNT = Rule(
    "paid_same_account", 100_000, "Withdrawals of both paid one account: they may be one person's, or two people's."
)
BIRTH_DIFFERS = Rule("birth_differs", -900_000, "The dates of birth returned differ.")
COUNTRY_DIFFERS = Rule("country_differs", -200_000, "The countries returned differ.")
DOCUMENT_DIFFERS = Rule("document_differs", -500_000, "The numbers of identity documents stated differ.")
KEY_DIFFERS = Rule("key_differs", -300_000, "The public keys stated differ.")

FRESH_DAYS = 7
"""Days between two uses of an address or a device from which on their distance speaks against one person: set by hand.
Providers keep an address with one customer for hours to weeks; none says how long this one did."""
DAYS_APART = Rule(
    "days_apart", -100_000, "What they share was used by both days apart: an address or a device changes hands."
)
BEFORE_ACCOUNT = Rule(
    "before_account", -100_000, "The other used what they share only before this account is stated to exist."
)

RETURNED_BY_ADDRESS = Rule(
    "returned_by_address", 1_000_000, "The service returned this withdrawal with the same transaction and address."
)
RETURNED_BY_AMOUNT = Rule(
    "returned_by_amount", 900_000, "The service returned this withdrawal with the same transaction and amount."
)
TWO_RETURNED = Rule("two_returned", -900_000, "The service returned another customer for the same output.")

WITHDREW_TO_ACCOUNT = Rule(
    "withdrew_to_account",
    500_000,
    "Withdrawals that a return states as the customer's lead to an address that the records give for the account.",
)
MORE_THAN_ONCE = Rule("more_than_once", 200_000, "That happened more than once, by recorded spends alone.")
INFERRED_RELEASE = Rule(
    "inferred_release",
    -100_000,
    "Every withdrawal that says so was found along a cluster or behaviour too: inferred, not recorded.",
)
PAID_FOR = Rule(
    "paid_for_account",
    300_000,
    "Withdrawals that a return states as the customer's lead to payments to the account; a payer may pay for another.",
)
ACCOUNT_SHARES = Rule("shares_identifier", 0, "Account and customer state the same identifier.")
PRIVATE_HOPS = Rule(
    "private_hops", -150_000, "Coins of one release at least passed outputs between, which someone else may have held."
)
SELLER = Rule(
    "seller_pattern", -400_000, "The customer's withdrawals reached many accounts: a peer-to-peer seller or broker."
)
BROKER = Rule("broker", -600_000, "The service states that this customer is a company or broker acting for others.")
HOUSEHOLD = Rule(
    "household", -200_000, "Another customer shares telephone, postal or client address: a household or a lent account."
)
MOST_HOUSEHOLD = 4
"""Others of a household that are weighed; more of them weigh no more, and are counted all the same."""
ACCOUNT_CHANGED = Rule(
    "account_changed", -200_000, "The account's e-mail address or key changed between exhibits: it may have been sold."
)
ACCOUNT_PAID_BY_OTHERS = Rule(
    "paid_by_others", -200_000, "Other customers' withdrawals paid the same account: bought for another, or shared."
)


def shares(kinds: Collection[str]) -> Rule:
    """ACCOUNT_SHARES naming the kinds of identifier; it weighs nothing, as it stands in the `same_person` it cites."""
    says = f"{ACCOUNT_SHARES.says[:-1]}: {', '.join(sorted(kinds))}. What it weighs stands in their same_person."
    return replace(ACCOUNT_SHARES, says=says)


def days_apart(kind: str, days: int) -> Rule:
    """DAYS_APART naming what is shared and how far apart the nearest uses are."""
    what = {IP: "The address", DEVICE: "The device"}[kind]
    return replace(
        DAYS_APART, says=f"{what} they share was used by both {days} days apart at the nearest; it changes hands."
    )


def private_hops(over: int, releases: int) -> Rule:
    """PRIVATE_HOPS saying of how many of the releases it holds; it weighs the same from the first on."""
    of = "the one release" if releases == 1 else f"{over} of {releases} releases"
    return replace(PRIVATE_HOPS, says=f"By {of} coins passed outputs between, which someone else may have held.")


def household(others: int) -> Rule:
    """HOUSEHOLD weighed by how many other customers share; each of up to MOST_HOUSEHOLD weighs as much."""
    who = "Another customer shares" if others == 1 else f"{others} other customers share"
    says = f"{who} telephone, postal or client address: a household or a lent account."
    return replace(HOUSEHOLD, weight_ppm=HOUSEHOLD.weight_ppm * min(others, MOST_HOUSEHOLD), says=says)


ALL: tuple[Rule, ...] = (
    *SHARED.values(),
    NAME_AND_BIRTH,
    SAME_ACCOUNT,
    BIRTH_DIFFERS,
    COUNTRY_DIFFERS,
    DOCUMENT_DIFFERS,
    KEY_DIFFERS,
    DAYS_APART,
    BEFORE_ACCOUNT,
    RETURNED_BY_ADDRESS,
    RETURNED_BY_AMOUNT,
    TWO_RETURNED,
    WITHDREW_TO_ACCOUNT,
    MORE_THAN_ONCE,
    INFERRED_RELEASE,
    PAID_FOR,
    ACCOUNT_SHARES,
    PRIVATE_HOPS,
    SELLER,
    BROKER,
    HOUSEHOLD,
    ACCOUNT_CHANGED,
    ACCOUNT_PAID_BY_OTHERS,
)
"""Every rule, for the documentation and the tests."""
