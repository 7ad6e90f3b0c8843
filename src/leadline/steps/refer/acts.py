"""What a package says of acts: when and by whom its exhibits came in, the log, the software, what it supersedes.

These know times and machines, so they stand in custody.txt beside the payload, and package.sig signs its digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.model.referral import Dossier
from leadline.model.words import NONE

CUSTODY = "custody.txt"
"""The file of acts in a package; plain text, so that anybody reads it."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts of a case at the moment a package is made.

    `log` is (name of the log, entries, root in hex). `taken_in` gives the moment and the operator by exhibit in hex,
    `ran` by step what it ran on: (library or part, version) pairs, `earlier` the packages by jurisdiction that went out
    before, oldest first, `cleared` by jurisdiction what lets restricted rows travel: (restriction, moment, operator,
    reason). `digests` gives MD5 and SHA-1 by exhibit in hex.
    """

    log: tuple[str, int, str]
    taken_in: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    ran: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    earlier: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cleared: Mapping[str, tuple[tuple[str, str, str, str], ...]] = field(default_factory=dict)
    digests: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def custody_text(dossier: Dossier, acts: Acts) -> bytes:
    """custody.txt of one package: lines of ``key: value``, exhibits and earlier packages one a line."""
    name, size, root = acts.log
    lines = [
        "Custody of this package. It tells of acts and so stands outside the payload; package.sig signs its digest.",
        "",
        f"case: {dossier.case.name}",
        f"log: {name}, {size} entries",
        f"log root (RFC 6962, SHA-256): {root}",
        *dossier.case.custody,
        "",
        "Exhibits cited: SHA-256; item; acquired at, by; taken into the case at, by",
    ]
    for r in dossier.tables["exhibits"].to_pylist():
        at, by = acts.taken_in.get(r["exhibit"].hex(), ("unknown", "unknown"))
        acquired = f"{r['acquired_at']}, {r['acquired_by']}"
        beside = "" if r["companion_of"] == NONE else f"; read with {r['companion_of']}, beside which it stood"
        lines.append(f"{r['exhibit'].hex()}; {r['item']}; {acquired}; {at}, {by}{beside}")
    lines += ["", "Other digests of these exhibits, for receipts and labels that state them: SHA-256; MD5; SHA-1"]
    for r in dossier.tables["exhibits"].to_pylist():
        own = acts.digests.get(r["exhibit"].hex(), ("unknown", "unknown"))
        lines.append("; ".join((r["exhibit"].hex(), *own)))
    lines += ["", f"Restrictions cleared for jurisdiction {dossier.jurisdiction}: which; at, by; reason"]
    lines += ["; ".join((word, f"{at}, {by}", why)) for word, at, by, why in acts.cleared.get(dossier.jurisdiction, ())]
    lines += ["none"] * (dossier.jurisdiction not in acts.cleared)
    lines += ["", "Software that ran each step"]
    for step, facts in acts.ran.items():
        lines.append(f"{step}: " + ", ".join(f"{part} {version}" for part, version in facts))
    earlier = acts.earlier.get(dossier.jurisdiction, ())
    lines += [
        "",
        f"For jurisdiction {dossier.jurisdiction} this package supersedes:",
        *(earlier or ("none",)),
    ]
    return ("\n".join(" ".join(line.split()) for line in lines) + "\n").encode()
