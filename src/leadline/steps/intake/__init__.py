"""Intake: exhibits in, typed records out, every row accounted for."""

from leadline.engines.media import VIDEO, decoders, licensed_hasher
from leadline.kinds.reader import Source
from leadline.steps.intake.catalog import NAMED, choose_reader, in_folder, load_map
from leadline.steps.intake.confined import ConfinedReader
from leadline.steps.intake.media import list_folder, remove_tables
from leadline.steps.intake.plan import Item, not_listed, plan, within
from leadline.steps.intake.read import METHOD, TABLES, VERSION, chosen, read_exhibit, read_medium
from leadline.steps.intake.reframed import METHOD as CROPS
from leadline.steps.intake.show import resolve

__all__ = [
    "CROPS",
    "METHOD",
    "NAMED",
    "TABLES",
    "VERSION",
    "VIDEO",
    "ConfinedReader",
    "Item",
    "Source",
    "choose_reader",
    "chosen",
    "decoders",
    "in_folder",
    "licensed_hasher",
    "list_folder",
    "load_map",
    "not_listed",
    "plan",
    "read_exhibit",
    "read_medium",
    "remove_tables",
    "resolve",
    "within",
]
