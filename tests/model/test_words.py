"""Words that others write or read: maps, returns, decision files and the tables of a package hold them.

Typed here by hand, once more, on purpose: a word that is spelled otherwise breaks files outside this repository, so it
cannot change unseen. The same goes for what is restricted: a name or free text of evidence that were not would leave
the case in every export.
"""

import pytest

from leadline.model import words
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES, VALUES

SPELLED = {
    "VERDICTS": "accepted rejected unsure",
    "MEMBER_REFS": "account customer",
    "OWNER_REFS": "account customer service",
    "BASIS_KINDS": "exhibit ledger list tag price merge finding decision",
    "SIDES": "for against",
    "ROLES": "user operator unknown",
    "IDENTIFIERS": "handle email phone ip device pgp password name postal document server_ip host onion "
    "analytics banner path certificate resource",
    "SIGNS": "machine owner program",
    "SIGN_DOUBTS": "mentioned private_range documentation resolver library visitor version_like",
    "EVENTS": "login upload download message credit request deposit withdrawal",
    "ADDRESS_ROLES": "payment deposit withdrawal cold unknown",
    "WALLET_ROLES": "payment cold unknown",
    "HOLDERS": "individual company broker unknown",
    "CIRCUMSTANCES": "household_minor works_with_minors prior_conviction travel",
    "ANSWERS": "yes no unknown",
    "MEDIA_STATES": "decoded undecodable timeout digest_only embedded",
    "MEDIA_FACTS": "make model serial lens_serial software owner taken created changed gps_time gps hidden_frames "
    "clean_aperture pictures bytes_behind",
    "REJECT_REASONS": "bad_time bad_address other_network bad_key bad_number bad_word missing_key bad_digest cut_line "
    "bad_row bad_statement bad_table bad_cell no_value inexact too_long not_a_file unread undecodable",
    "LEAD_REASONS": "alone far",
    "CHANCE_STATES": "searched too_large",
    "RELEASE_ANSWERS": "confirmed denied unanswered not_asked",
    "DECISION_STATES": "in_force stale superseded",
    "MEDIA_GROUPS": "known similar never_seen not_searched",
    "ACCOUNT_SIDES": "receipt spent_input cash_out change fee other_out held outside_ledger",
    "STANDINGS": "key decided suggested",
    "CONFLICT_FACTS": "born country document two_users two_customers which_user kept_apart",
    "EFFECTS": "blocked overruled",
    "STOP_REASONS": "coinjoin mixer coinbase untagged_service hop_limit ledger_edge merged_history market",
    "GRADES": "recorded inferred",
    "END_GRADES": "inferred stopped",
    "HOP_RULES": "spend cluster change peel tag",
    "KEPT": "stored reference",
    "WALLET_FORMS": "private extended_key descriptor",
    "BRANCH_OUTCOMES": "used unused private one_of_several other_network not_read",
    "GAPS": "beyond_ledger other_network no_price no_series outside_ledger",
    "SPLITS": "sweep month",
    "MIX_RULES": "reuse value",
    "TAG_PLACES": "address cluster",
    "TAG_DIFFERENCES": "name category name,category",
    "TRANSFORMS": "identity rotate90 rotate180 rotate270 flip_rows flip_columns transpose anti_transpose",
    "MATCH_RULES": "digest video clip frame still agreement crop methods equal",
    "SEARCHES": "lists crops seizure seizure_crops",
    "DEVICE_GROUNDS": "serial model conflict",
    "QUEUE_GROUPS": "series device day",
    "LISTED_STATES": "compared withdrawn unsupported",
    "REQUEST_STATES": "open answered",
    "ENTERED": "decided basis context",
}
RESTRICTED = {
    "exhibit": {"acquired_by"},
    "occurrence": {"name", "path"},
    "identifier": {"value", "normal"},
    "customer": {"name", "born"},
    "media_fact": {"value", "normal"},
    "decision": {"reason", "decided_by", "on_behalf_of"},
    "match": {"note"},
}
"""Names, birth dates, identifiers and free text, of suspects, officers and examiners."""
UNITS = {
    "satoshi": "received cashed_out paid_in_parts refunded accounted",
    "place on the branch": "derived",
    "millionths of the payment's input value": "released stopped",
    "sets of inputs tried": "tied_through_mix",
    "steps": "peeled",
    "payments": "shares_payer paid_by_habit paid_at_hours",
    "millionths of the listed amount": "priced_as",
    "currency units": "valued",
    "bits": "known_as similar_to",
    "millionths of the other's frames": "same_video_as",
    "milliseconds": "contains_clip_of",
    "members": "in_series",
    "place in the queue": "never_seen",
    "none": "digest_of seized_in located_in",
    "millionths": "customer_of_record same_person payer_candidate user_candidate",
    "ordinal": "banded",
    "place in the order": "leaks",
}


@pytest.mark.parametrize("name", SPELLED)
def test_a_list_of_words_is_spelled_as_files_outside_hold_it(name: str) -> None:
    assert getattr(words, name) == tuple(SPELLED[name].split())
    assert tuple("ABCDU") == words.BANDS


def test_every_list_of_words_is_held_here() -> None:
    lists = {
        name
        for name, value in vars(words).items()
        if name.isupper() and isinstance(value, tuple) and not name.startswith("_")
    }
    assert lists - {"BANDS"} == set(SPELLED)


def test_names_and_free_text_of_evidence_are_restricted_and_nothing_that_a_finding_needs() -> None:
    found = {name: {c.name for c in spec.columns if c.restricted} for name, spec in TABLES.items()}
    assert {name: columns for name, columns in found.items() if columns} == RESTRICTED


def test_a_figure_is_said_with_its_unit() -> None:
    assert {p.name: p.unit for p in PREDICATES.values()} == {
        name: unit for unit, names in UNITS.items() for name in names.split()
    }


def test_what_a_decision_may_state_beside_its_verdict() -> None:
    files = {"known_as", "same_video_as", "contains_clip_of", "similar_to", "never_seen", "seized_in"}
    spans = {"same_person", "payer_candidate"}
    expected = dict.fromkeys(files, "category") | dict.fromkeys(spans, "span") | {"user_candidate": "tenure"}
    assert {p.name: p.value for p in PREDICATES.values() if p.value} == expected
    assert set(VALUES) == {"", "category", "span", "tenure"}
