"""What records state of accounts, customers and services: identifiers, events, addresses, keys, prices, answers."""

from leadline.model.countries import COUNTRIES
from leadline.model.evidence.columns import SOURCE, TIME
from leadline.model.tables import REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.times import DOUBTS
from leadline.model.words import (
    ADDRESS_ROLES,
    ANSWERS,
    CIRCUMSTANCES,
    EVENTS,
    HOLDERS,
    IDENTIFIERS,
    MEMBER_REFS,
    OWNER_REFS,
    ROLES,
    WALLET_FORMS,
    WALLET_ROLES,
)

ACCOUNT = TableSpec(
    "account",
    "One row a statement that an account existed on the seized service.",
    ("account", "exhibit", "locator"),
    (
        Column("account", REF, "account:site/key", refs=("account",)),
        Column("role", TEXT, "what it was to the service", words=ROLES),
        *TIME,
        *SOURCE,
    ),
)
IDENTIFIER = TableSpec(
    "identifier",
    "One row an identifier of an account or a customer.",
    ("subject", "kind", "normal", "exhibit", "locator"),
    (
        Column("subject", REF, "it belongs to", refs=OWNER_REFS),
        Column("kind", TEXT, "what identifies", words=IDENTIFIERS),
        Column("value", TEXT, "as it stands in the source", restricted=True),
        Column(
            "normal",
            TEXT,
            "normalised for comparison by the rule of its kind; null where the kind refuses the value: it joins nobody",
            nullable=True,
            restricted=True,
        ),
        *TIME,
        *SOURCE,
    ),
)
EVENT = TableSpec(
    "event",
    "One row an event an account or a customer took part in.",
    ("event", "exhibit", "locator"),
    (
        Column("event", REF, "event:site/kind/key, equal in every exhibit that states it", refs=("event",)),
        Column("subject", REF, "that acted", refs=MEMBER_REFS),
        Column("kind", TEXT, "what was done", words=EVENTS),
        Column(
            "object",
            REF,
            "what it acted on: media:, account:, tx:, outpoint:, text:",
            nullable=True,
            refs=("media", "account", "tx", "outpoint", "text"),
        ),
        Column("address", TEXT, "chain address named, as text", nullable=True),
        Column("amount_sat", SAT, "satoshi", nullable=True),
        *TIME,
        *SOURCE,
    ),
)
ADDRESS = TableSpec(
    "address",
    "One row a chain address stated for a subject; its checksum was verified.",
    ("subject", "address", "role", "exhibit", "locator"),
    (
        Column("subject", REF, "", refs=OWNER_REFS),
        Column("address", TEXT, "the address as text"),
        Column("network", TEXT, "network of the address"),
        Column("script", REF, "script:network:sha256 the address stands for", refs=("script",)),
        Column("role", TEXT, "what the subject has it for", words=ADDRESS_ROLES),
        *TIME,
        *SOURCE,
    ),
)
WALLET = TableSpec(
    "wallet",
    "One row a place where a wallet's key material stands: public, read; or private, of which nothing else is kept.",
    ("subject", "form", "key", "exhibit", "locator"),
    (
        Column("subject", REF, "it is stated for", refs=OWNER_REFS),
        Column(
            "form", TEXT, "extended_key, descriptor, or private: a key that could spend, never held", words=WALLET_FORMS
        ),
        Column("key", TEXT, "extended public key or descriptor as text, checksum verified; null when private", True),
        Column("network", TEXT, "network of the map, else of the key; unknown of a private key where the map has none"),
        Column("role", TEXT, "whose it is: given to payers, or kept cold by the service itself", words=WALLET_ROLES),
        *TIME,
        *SOURCE,
    ),
)
OFFER = TableSpec(
    "offer",
    "One row a price the records list: its amount and when it stood there; nothing of what was offered for it.",
    ("offer", "currency", "amount", "exhibit", "locator"),
    (
        Column("offer", REF, "offer:site/key, equal in every exhibit that states it", refs=("offer",)),
        Column("currency", TEXT, "BTC, or three capital letters of ISO 4217"),
        Column("amount", SAT, "satoshi where the currency is BTC, hundredths of the currency elsewhere"),
        *TIME,
        Column("until_low", UTC, "earliest possible time of its end", nullable=True),
        Column("until_high", UTC, "latest possible time of its end; unknown where none is stated", nullable=True),
        Column("until_doubt", TEXT, "why the two differ or what they rest on", words=tuple(DOUBTS)),
        Column("until_text", TEXT, "its end as it stands in the source", nullable=True),
        *SOURCE,
    ),
)
CUSTOMER = TableSpec(
    "customer",
    "One row a customer of a service, from a legal return.",
    ("customer", "exhibit", "locator"),
    (
        Column("customer", REF, "customer:service/reference", refs=("customer",)),
        Column("service", REF, "that made the return", refs=("service",)),
        Column("name", TEXT, "as stated", nullable=True, restricted=True),
        Column("born", TEXT, "ISO date of birth as stated", nullable=True, restricted=True),
        Column("country", TEXT, "ISO 3166-1 alpha-2, lower case, as stated", nullable=True, words=COUNTRIES),
        Column("holder", TEXT, "for whom the account is, as the service states it", words=HOLDERS),
        *TIME,
        *SOURCE,
    ),
)
CIRCUMSTANCE = TableSpec(
    "circumstance",
    "One row the answer to an enquiry about who a person can reach; *unknown* is an answer, not a no.",
    ("subject", "kind", "exhibit", "locator"),
    (
        Column("subject", REF, "asked about", refs=("customer", "account")),
        Column("kind", TEXT, "what was asked", words=CIRCUMSTANCES),
        Column("answer", TEXT, "what was answered", words=ANSWERS),
        *TIME,
        *SOURCE,
    ),
)
