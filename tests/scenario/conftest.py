"""What the tests of the training case share: a tiny plan, its people and a chain made by hand."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from leadline.model.progress import silent
from leadline.scenario.exhibits import Images, write_exhibits
from leadline.scenario.people import People, draw_plan
from leadline.scenario.plan import SIZES, ChainTruth, Options, Plan
from leadline.scenario.site import Site, draw_site
from leadline.scenario.truth import write_truth

PNG = bytes.fromhex("89504e470d0a1a0a") + b"drawn" * 9
"""Bytes that sniff as an image."""


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fake = _load("fake_chain")


@pytest.fixture(scope="session")
def drawn() -> tuple[Plan, People]:
    """A tiny plan and its people."""
    return draw_plan(Options(SIZES["tiny"], 7))


@pytest.fixture(scope="session")
def fake_truth(drawn: tuple[Plan, People]) -> ChainTruth:
    """What a chain would answer to the tiny plan."""
    return fake.fake_chain(drawn[0])


@pytest.fixture(scope="session")
def site(drawn: tuple[Plan, People], fake_truth: ChainTruth) -> Site:
    """The tiny site's rows."""
    return draw_site(*drawn, fake_truth, fake.fake_media(40), [PNG, PNG + b"2"])


@pytest.fixture(scope="session")
def scored(drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny exhibits and their truth."""
    root = tmp_path_factory.mktemp("scored")
    images = Images([PNG + b"a"], PNG + b"b", PNG + b"c", PNG + b"d", PNG + b"e")
    written = write_exhibits(root / "evidence", *drawn, fake_truth, fake.fake_media(40), images, silent)
    write_truth(root / "truth", *drawn, fake_truth, written)
    return root
