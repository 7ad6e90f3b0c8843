"""The one value that goes through trace: what every part of it is about, and where it writes down what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leadline.engines.ledger.view import View
from leadline.kinds.codecs.fiat import Series
from leadline.steps.step import Claims, Inputs
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.payments import Payments
from leadline.steps.trace.services import Services
from leadline.steps.trace.tags import Tags


@dataclass(frozen=True, slots=True)
class Context:
    """The step's inputs, the pinned ledger's view, the payments, the usable tags and the services they name.

    claims and paths collect findings, their basis and their hops. hop_limit is the case's; series the pinned prices by
    currency (None where none is pinned), valued_on the case's valuation date.
    """

    inputs: Inputs
    view: View
    claims: Claims
    paths: Paths
    paid: Payments
    tags: Tags
    services: Services
    hop_limit: int
    series: Mapping[str, Series | None]
    valued_on: date | None
