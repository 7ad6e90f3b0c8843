"""A package's public names, imported when they are first asked for (PEP 562), so that a look loads no engine."""

import importlib

TYPE_CHECKING = False
"""As typing's, for type checkers; nothing is loaded here that the first line of a command would wait for."""
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def face(package: str, places: "Mapping[str, str]") -> "Callable[[str], object]":
    """The ``__getattr__`` of `package`: `places` gives ``module:attribute`` below it, by public name."""

    def found(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = places[name].partition(":")
        value: object = getattr(importlib.import_module(f"{package}.{module}"), attribute)
        return value

    return found
