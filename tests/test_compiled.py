"""Functions compiled when first called: the same results, and no compiler loaded before."""

import subprocess
import sys
import threading

import numpy as np

from leadline.compiled import Deferred, njit

FIXED = 3


@njit(cache=False)
def twice(x: int) -> int:
    return 2 * x


@njit(cache=False, nogil=True)
def summed(values: np.ndarray) -> int:  # type: ignore[type-arg]
    total = 0
    for value in values:
        total += twice(value) + FIXED
    return total


def test_a_function_and_those_it_names_are_compiled_at_its_first_call() -> None:
    assert isinstance(summed, Deferred)
    assert summed(np.arange(4)) == summed.py_func(np.arange(4)) == 24
    assert not isinstance(summed.py_func.__globals__["twice"], Deferred)
    assert twice(2) == 4


def test_threads_that_ask_at_once_get_one_function() -> None:
    made: list[object] = []
    one = njit(cache=False)(lambda x: x + 1)
    asking = [threading.Thread(target=lambda: made.append(one.compiled())) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len({id(m) for m in made}) == 1


def test_the_engines_load_no_compiler_until_something_is_computed() -> None:
    script = (
        "import sys, leadline.engines.ledger, leadline.engines.hamming.search, leadline.engines.media, "
        "leadline.flow, leadline.scenario.build; sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
