"""What a run ran on."""

from leadline.store.environment import environment, packages, peak_mb, reset_peak


def test_it_names_what_can_change_a_table() -> None:
    facts = environment()
    assert facts["digest"] == environment()["digest"]
    assert {"leadline", "numpy", "pyarrow", "duckdb"} <= packages().keys()


def test_a_peak_is_that_of_what_was_measured() -> None:
    reset_peak()
    before = peak_mb()
    block = bytearray(64 << 20)
    block[::4096] = b"x" * len(block[::4096])
    assert peak_mb() >= before + 32
