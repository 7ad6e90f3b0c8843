"""A case referred: held against its checkpoint, packages signed, and what became of each as facts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from leadline.flow.custody import custody
from leadline.flow.refer import refer, standing
from leadline.model.progress import Progress, silent
from leadline.store.case import Case
from leadline.store.keys import Key, public
from leadline.store.layout import package_name


def referral(
    case: Case,
    signer: Key,
    progress: Progress = silent,
    *,
    restricted: Literal["refuse", "hold_back"] = "refuse",
    checkpoint: str = "",
    signers: Sequence[Path] = (),
) -> dict[str, Any]:
    """The packages made, those that were there, and who was held back; `signers` are files of public keys.

    Raises:
        IntegrityError: the case is not what its checkpoint says.
        StaleError: a step or an accepted decision is stale.
        RestrictionError: something may not travel, and nobody is to be held back.
    """
    assurance = custody(case, checkpoint, [public(path) for path in signers])
    made = refer(case, signer, progress, restricted=restricted, assurance=assurance)
    packages = [
        {
            "name": p.name,
            "jurisdiction": p.jurisdiction,
            "persons": p.persons,
            "payments": p.payments,
            "value_sat": p.value_sat,
            "path": case.layout.absolute(package_name(p.name)),
            "supersedes": standing(case)[p.jurisdiction][:-1],
        }
        for p in made.made
    ]
    held = [{"person": h.person, "jurisdiction": h.jurisdiction, "reason": h.reason} for h in made.held]
    valued = bool(case.settings.pinned("price"))
    return {"ok": True, "packages": packages, "there": made.there, "held": held, "valued": valued}
