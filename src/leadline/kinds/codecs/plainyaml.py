"""YAML as packs write it, every scalar as its text: NO stays a country, 1.10 a version, a digest of digits a digest.

libyaml's events are built into mappings and lists here, so that depth is bounded, no alias unfolds, and a key that
stands twice is seen (YAML 1.2, 3.2.1.1: keys are unique), which the usual loaders let pass without a word.
"""

from typing import Any

import yaml

from leadline.errors import KindError

DEEPEST = 32
"""Levels of nesting: packs have four; a loader that calls itself for each would end the program."""
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE, _FALSE = ("true", "yes", "on", "y"), ("false", "no", "off", "n")


class Fields(dict[str, Any]):
    """A mapping, and a key that stands in it twice, if one does; the first value is kept."""

    repeated: str = ""


def load(data: bytes) -> Any:
    """The one document in `data`: Fields, lists, text and None; KindError with its line where it is none."""
    try:
        return _built(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line:{mark.line + 1}" if mark is not None else ""
        raise KindError("the tag pack is not valid YAML", where=where) from None


def _built(data: bytes) -> Any:
    root: list[Any] = []
    stack: list[tuple[Any, list[str]]] = [(root, [])]
    for event in yaml.parse(data, Loader=_PARSER):
        if isinstance(event, yaml.ScalarEvent):
            _put(stack[-1], _scalar(event), event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            made: Any = Fields() if isinstance(event, yaml.MappingStartEvent) else []
            _tagged(event)
            _put(stack[-1], made, event)
            stack.append((made, []))
            if len(stack) > DEEPEST:
                raise KindError(f"the tag pack is nested deeper than {DEEPEST} levels", where=_line(event))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise KindError("the tag pack uses YAML aliases", where=_line(event), remedy="write every tag out")
        elif isinstance(event, yaml.DocumentStartEvent) and root:
            raise KindError("the file holds more than one document", where=_line(event), remedy="pin each as a file")
    return root[0] if root else None


def _put(inside: tuple[Any, list[str]], value: Any, event: yaml.Event) -> None:
    """Puts a value where it stands: at the end of a list, or under the key before it."""
    holder, key = inside
    if isinstance(holder, list):
        holder.append(value)
    elif not key:
        if isinstance(value, Fields | list):
            raise KindError("a key of the tag pack is no plain word", where=_line(event))
        key.append("" if value is None else value)
    else:
        name = key.pop()
        if name in holder:
            holder.repeated = holder.repeated or name
        else:
            holder[name] = value


def _scalar(event: yaml.ScalarEvent) -> str | None:
    _tagged(event)
    return None if event.implicit[0] and event.value in _NULL else event.value


def _tagged(event: yaml.Event) -> None:
    """Refuses a value that is meant to be made by a program, as ``!include header.yaml``."""
    tag = getattr(event, "tag", None)
    if tag and not tag.startswith("tag:yaml.org,2002:"):
        raise KindError(
            "the tag pack takes a part from elsewhere", where=_line(event), remedy="write that part into the file"
        )


def _line(event: yaml.Event) -> str:
    return f"line:{event.start_mark.line + 1}" if event.start_mark else ""


def flag(value: object) -> bool | None:
    """A yes or no of YAML 1.1 (bool type), in any case; None for anything else."""
    word = value.lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None
