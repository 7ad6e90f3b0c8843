"""What names of tables and columns say, in the languages of real exports: the second witness, after the cells."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
Words = Mapping[str, tuple[str, ...]]


def folded(name: str) -> str:
    """A name in small letters without accents, its words joined by a low line."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub("_", name))
    plain = unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))
    return re.sub(r"[\W_]+", "_", plain.casefold()).strip("_")


@cache
def _known(section: str) -> Words:
    """What each word of a section of names.toml says, in the order of the file."""
    text = resources.files(__package__).joinpath("names.toml").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for meaning, words in tomllib.loads(text)[section].items():
        for word in map(folded, words.split()):
            found[word] = (*found.get(word, ()), meaning)
    return found


def said_of_column(name: str) -> tuple[str, ...]:
    """What a column's name says it holds, the likeliest first; () for nothing."""
    return _said(folded(name), _known("columns"))


def said_of_own(name: str) -> tuple[str, ...]:
    """What a column's name says where the row is somebody's own: words that elsewhere name other things too."""
    return _said(folded(name), _known("own"))


def said_whole(name: str) -> tuple[str, ...]:
    """What a column's whole name says, no part of it."""
    return _known("columns").get(folded(name), ())


def said_of_table(name: str) -> tuple[str, ...]:
    """What a table's name says its rows are, the likeliest first; () for nothing. Its first words alone say nothing."""
    words = bare(name).split("_")
    return tuple(dict.fromkeys(m for i in range(len(words)) for m in _known("tables").get("_".join(words[i:]), ())))


def bare(table: str) -> str:
    """A table's name folded, without the database's and without words that say only that it is a table."""
    return re.sub(r"_(?:data|info|list|table|tbl|auth)$", "", folded(table.rpartition(".")[2]))


def says_accounts(name: str) -> bool:
    """Whether a name, folded, is one for a table of accounts or customers."""
    return bool({"account", "customer"} & set(_known("tables").get(name, ())))


def says_person(column: str) -> frozenset[str]:
    """Whether a column's name is one for a person who acts: any of anyone, sender, recipient.

    Words such as *from* say so alone, or before an id; *user* says so at the end of a longer name too.
    """
    name = folded(column)
    words = name.removesuffix("_id").removeprefix("id_").removesuffix("_uid")
    known = _known("people")
    said = [*known.get(name, ()), *known.get(words, ())]
    if name.endswith(("_by", "_by_id")):
        said.append("sender")
    said += [meaning for meaning in known.get(words.rpartition("_")[2], ()) if meaning == "anyone"]
    return frozenset(said)


def _said(name: str, known: Words) -> tuple[str, ...]:
    """What a name says: the whole of it, else its last words (prefixes such as ``phpbb_`` fall), else its first."""
    words = name.split("_")
    ends = ["_".join(words[i:]) for i in range(1, len(words))]
    starts = ["_".join(words[:i]) for i in range(len(words) - 1, 0, -1)]
    return tuple(dict.fromkeys(meaning for part in (name, *ends, *starts) for meaning in known.get(part, ())))
