"""refer: findings that people decided become one signed package a jurisdiction."""

from leadline.steps.refer.acts import CUSTODY, Acts
from leadline.steps.refer.build import build
from leadline.steps.refer.package import SIGNATURE, Verdict, verify_package
from leadline.steps.refer.refer_io import (
    DECIDES_ON,
    READS,
    Held,
    Outcome,
    Package,
    Signer,
    Source,
)
from leadline.steps.refer.requests import Requests, requests

__all__ = [
    "CUSTODY",
    "DECIDES_ON",
    "READS",
    "SIGNATURE",
    "Acts",
    "Held",
    "Outcome",
    "Package",
    "Requests",
    "Signer",
    "Source",
    "Verdict",
    "build",
    "requests",
    "verify_package",
]
