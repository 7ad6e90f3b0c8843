"""Elements of an XML part as they come, by local names, so that Strict and Transitional Open XML read alike.

Open XML has no document type (ECMA-376, part 2, section 8.2.5), so none is accepted and nothing is expanded.
"""

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

Attributes = dict[str, str]


class NotXml(ValueError):
    """The part is no well-formed XML, or has a document type."""


def events(
    chunks: Iterable[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Feeds each chunk to the three handlers, which are given local names; NotXml where the part breaks."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, said: start(local(name), said)
    parser.EndElementHandler = lambda name: end(local(name))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise NotXml(str(error)) from error


def _refuse(*_declared: object) -> None:
    raise NotXml("the part has a document type")


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def attribute(said: Attributes, name: str) -> str:
    """An attribute by its local name, the one with a prefix before one without; nothing when there is none."""
    return next((value for key, value in said.items() if ":" in key and local(key) == name), said.get(name, ""))
