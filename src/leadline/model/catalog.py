"""Every table a case may hold, by name."""

from leadline.model import evidence, findings
from leadline.model.tables import TableSpec

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (*evidence.INTAKE_TABLES, findings.FINDING, findings.BASIS, findings.DECISION, *findings.FAMILIES)
}
