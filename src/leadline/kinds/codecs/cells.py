"""Cells of mixed Python values as Arrow columns, and names made fit for a locator."""

import decimal
import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

import pyarrow as pa


def column(values: Sequence[object]) -> pa.Array:
    """The values as one Arrow array: int64, float64, string or binary, whichever holds all of them exactly.

    Mixed columns become text; where bytes stand among them, binary, the rest as its UTF-8 text.
    """
    kinds = {type(v) for v in values} - {type(None)}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    if kinds == {int}:
        try:
            return pa.array(values, pa.int64())
        except (pa.ArrowInvalid, OverflowError):
            pass
    elif kinds == {str}:
        return pa.array(values, pa.string())
    elif kinds == {bytes}:
        return pa.array(values, pa.binary())
    elif kinds == {float}:
        return pa.array(values, pa.float64())
    if bytes in kinds:
        return pa.array([v if isinstance(v, bytes) else _encoded(v) for v in values], pa.binary())
    return pa.array([text(v) for v in values], pa.string())


def _encoded(value: object) -> bytes | None:
    as_text = text(value)
    return None if as_text is None else as_text.encode()


def text(value: object) -> str | None:
    """A cell's value as text; floats in plain decimal notation, by their shortest exact form."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return repr(value)
        plain = format(decimal.Decimal(repr(value)), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value)


_UNFIT = re.compile(r"[%>,!\x00-\x1f\x7f]")


def escaped(value: object) -> str:
    """A key value or sheet name fit to stand in a locator: ``% > , !`` and control characters percent-encoded."""
    plain = text(value)
    return _UNFIT.sub(lambda m: f"%{ord(m.group()):02X}", plain) if plain else "%00"


def table_name(name: str) -> str:
    """A table's name fit to stand in a row locator: everything but letters, digits, dot and hyphen percent-encoded."""
    return quote(name, safe="").replace("~", "%7E") or "%00"


def unescaped(value: str) -> str:
    """What `escaped` was made from."""
    return "" if value == "%00" else unquote(value)
