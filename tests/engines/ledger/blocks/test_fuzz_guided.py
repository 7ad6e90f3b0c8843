"""A short run of what tools/fuzz_ledger.py does for long: compiled readers and plain Python say the same."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.blocks import sha256

TOOL = Path(__file__).resolve().parents[4] / "tools" / "fuzz_ledger.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The module that fuzzes."""
    spec = importlib.util.spec_from_file_location("fuzz_ledger", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def readers(tool: ModuleType) -> Iterator[tuple[SimpleNamespace, SimpleNamespace]]:
    """The readers as plain Python and as they run."""
    find = sha256.libcrypto
    yield tool.plain(), tool.compiled()
    sha256.libcrypto = find


def test_the_one_is_compiled_and_the_other_is_not(readers: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    one, other = readers
    for module, name in (("parse_kernels", "walk"), ("undo_kernels", "read"), ("scan_kernels", "next_magic")):
        assert not hasattr(getattr(getattr(one, module), name), "py_func")
        assert hasattr(getattr(getattr(other, module), name), "py_func")
    assert one.blockfiles is not other.blockfiles


def test_inputs_to_begin_with(
    tool: ModuleType, readers: tuple[SimpleNamespace, SimpleNamespace], tmp_path: Path
) -> None:
    told = [tool.check(*readers, seed, tmp_path) for seed in tool.seeds()]
    assert len(set(told)) > 15


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_bytes(
    tool: ModuleType, readers: tuple[SimpleNamespace, SimpleNamespace], tmp_path: Path, data: st.DataObject
) -> None:
    out = bytearray(data.draw(st.sampled_from(list(tool.seeds()))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(1, len(out)))
        size = data.draw(st.integers(0, 9))
        out[at : at + data.draw(st.integers(0, size))] = data.draw(st.binary(max_size=size))
    tool.check(*readers, bytes(out), tmp_path)


def test_a_difference_is_seen(
    tool: ModuleType,
    readers: tuple[SimpleNamespace, SimpleNamespace],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = readers
    block = next(seed for seed in tool.seeds() if seed[0] == 0)
    monkeypatch.setattr(one.chunks, "MOST_SATOSHI", 10**8)
    with pytest.raises(AssertionError, match="differ"):
        tool.check(one, other, block, tmp_path)
