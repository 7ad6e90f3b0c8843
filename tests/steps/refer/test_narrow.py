"""Narrowing changes no dossier."""

import pytest

from leadline.model.referral import PACKAGE_TABLES
from leadline.model.tables import digest
from leadline.steps.refer.build import software
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.narrow import narrow
from leadline.steps.refer.referred_persons import accepted, persons


@pytest.mark.parametrize("place", ["kr", "us"])
def test_a_dossier_of_the_narrowed_source_is_the_same(world, place):
    source = world.source()
    people, _ = persons(source, accepted(source))
    here = [p for p in people if p.located[0][0] == place]
    small = narrow(source, here)
    whole, cut = dossier(source, place, here, software()), dossier(small, place, here, software())
    for spec in PACKAGE_TABLES:
        assert digest(spec, whole.tables[spec.name]) == digest(spec, cut.tables[spec.name]), spec.name
    for name in ("finding", "basis", "payment", "event"):
        assert 0 < small.table(name).num_rows < source.table(name).num_rows, name
