"""One package before it is written: the case's face, the program, and all its tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from leadline.model.referral.court import COURT, FIGURES
from leadline.model.referral.grounds import (
    ALTERNATIVES,
    COMPANIONS,
    CONFLICTS,
    EXHIBITS,
    FINDINGS,
    LEFT_OUT,
    LISTS,
    PACKAGE_BASIS,
    PACKAGE_DECISIONS,
    PACKAGE_HOPS,
    PACKAGE_TAGS,
    REASONS,
)
from leadline.model.referral.persons import ANSWERS, COPIES, IDENTIFIERS, MEDIA, MEMBERS, PAYERS, PAYMENTS, PERSONS
from leadline.model.referral.services import ENDS, INFERRED_REQUESTS, RELEASES, REQUESTS

PACKAGE_TABLES = (
    PERSONS, MEMBERS, CONFLICTS, IDENTIFIERS, PAYMENTS, PAYERS, RELEASES, ENDS, PACKAGE_HOPS, COPIES,
    ALTERNATIVES, LEFT_OUT, MEDIA, ANSWERS,
    REASONS, PACKAGE_DECISIONS, FINDINGS, PACKAGE_BASIS, PACKAGE_TAGS, LISTS, EXHIBITS, COMPANIONS,
    REQUESTS, INFERRED_REQUESTS, FIGURES, COURT,
)  # fmt: skip
"""Every table of a package, in the order a reader meets them."""


@dataclass(frozen=True, slots=True)
class CaseFace:
    """What a package says of its case: settings, pins (kind, name, digest) and runs (step, id, method, version).

    `reached` are sentences about the whole case's payments: what the tags alone show, before any return or decision.
    `custody` are those on what vouches for the case: a checkpoint that somebody else holds, and who its operators are.
    `about` are lines on runs and pins, `limits` the fixed thresholds of tracing, for the page for the other side.
    `sender` is the office that sends the package, `contact` how it is reached, `file_number` its number; each may be
    empty, which is printed as *not stated*.
    """

    name: str
    authority: str
    scope: str
    network: str
    currency: str
    valuation_date: str
    pins: tuple[tuple[str, str, str], ...]
    runs: tuple[tuple[str, str, str, int], ...]
    reached: tuple[str, ...] = ()
    custody: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    sender: str = ""
    contact: str = ""
    file_number: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One package before it is written: its jurisdiction, the case's face, the program, and PACKAGE_TABLES by name.

    `place` is the name of the legal area; `instruments` are its (purpose, name, limits, source); `disclosure` is the
    page for the other side.
    """

    jurisdiction: str
    place: str
    instruments: tuple[tuple[str, str, str, str], ...]
    case: CaseFace
    software: str
    tables: Mapping[str, pa.Table]
    disclosure: str = ""
