"""Functions compiled when they are first called, so that a command that computes nothing loads no compiler.

`njit` and `intrinsic` stand for numba's of the same names and take the same options. Loading numba takes 0.9 processor
seconds, which a person who only asks where a case stands would wait for.
"""

import functools
import threading
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

_ONE_AT_A_TIME = threading.RLock()


class Deferred:
    """A function that is compiled when it is first called, or first named by another one that is.

    `py_func` is the function as it is written.
    """

    def __init__(self, function: Callable[..., Any], make: Callable[[Callable[..., Any]], Any]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._make = make
        self._made: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """What the compiled function returns."""
        return self.compiled()(*arguments)

    def compiled(self) -> Any:
        """What numba makes of the function; deferred functions it names take their compiled form in its module."""
        with _ONE_AT_A_TIME:
            if self._made is None:
                scope = self.py_func.__globals__
                for name in _names(self.py_func.__code__):
                    if isinstance(scope.get(name), Deferred):
                        scope[name] = scope[name].compiled()
                self._made = self._make(self.py_func)
            return self._made


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Numba's `njit` with these options, deferred."""

    def make(function: Callable[..., Any]) -> Any:
        import numba  # noqa: PLC0415 the compiler is loaded when something is compiled

        return numba.njit(**options)(function)  # noqa: TID251

    return lambda function: Deferred(function, make)


def intrinsic(function: Callable[..., Any]) -> Any:
    """Numba's `intrinsic`, deferred; `function` imports what it needs of numba and llvmlite itself."""

    def make(function: Callable[..., Any]) -> Any:
        from numba.extending import intrinsic as real  # noqa: PLC0415

        return real(function)

    return Deferred(function, make)


def external(name: str, arguments: int) -> Any:
    """A function of a loaded library, called by name with so many addresses or sizes, returning an int32; deferred."""

    def make(_: Callable[..., Any]) -> Any:
        from numba import types  # noqa: PLC0415

        return types.ExternalFunction(name, types.int32(*[types.uintp] * arguments))

    def written(*_: Any) -> Any:
        raise NotImplementedError(name)

    return Deferred(written, make)


def _names(code: CodeType) -> Iterator[str]:
    """Every global name in a function and in the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
