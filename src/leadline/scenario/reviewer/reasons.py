"""What the reviewer says: verdict and reason by what a record really is, and why something against did not move him."""

from collections.abc import Sequence

from leadline.model.words import ACCEPTED, REJECTED, UNSURE

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
    "days_apart": "the provider, asked, gave the address to him on both days",
    "before_account": "the provider, asked, gave him the address then as well",
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
