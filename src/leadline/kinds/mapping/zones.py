"""Local times into UTC, by the offset that stands beside them or by a zone: every reading of a repeated hour."""

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.kinds.mapping.time_formats import DAY, SECOND, Format, zone_of
from leadline.model.times import AMBIGUOUS, ASSUMED_ZONE, DAY_ALONE, FRACTION, NONEXISTENT, SURE, UNSTATED

Ints = npt.NDArray[np.int64]


Bools = npt.NDArray[np.bool_]
CODES = (SURE, ASSUMED_ZONE, AMBIGUOUS, NONEXISTENT, DAY_ALONE, UNSTATED, FRACTION)
"""Doubts that a time read from a source may have, by code."""


def to_utc(local: Ints, dated: Bools, offsets: pa.Array | None, format_: Format) -> tuple[Ints, Ints, Ints]:
    """(low, high, doubt code) of local microseconds, by stated offset or the format's zone; days span to their end."""
    end = np.where(dated, local + DAY - 1, local)
    offset, has_offset = _offsets(offsets, local.size)
    low, high = local - offset, end - offset
    code = np.where(dated, CODES.index(DAY_ALONE), CODES.index(SURE))
    naive = ~has_offset
    if naive.any():
        zone = zone_of(format_.zone) or UTC
        assumed = CODES.index(SURE if format_.stated else ASSUMED_ZONE)
        first, last = _readings(local[naive], zone)
        first_end, last_end = _readings(end[naive], zone)
        low[naive] = np.minimum(local[naive] - first, local[naive] - last)
        high[naive] = np.maximum(end[naive] - first_end, end[naive] - last_end)
        twice = np.where(
            first > last, CODES.index(AMBIGUOUS), np.where(first < last, CODES.index(NONEXISTENT), assumed)
        )
        code[naive] = np.where(dated[naive], CODES.index(DAY_ALONE), twice)
    return low, high, code


def _readings(local: Ints, zone: tzinfo) -> tuple[Ints, Ints]:
    """UTC offsets in microseconds of local times read as the first and as the second of a repeated hour.

    Days on which the zone's offset does not change are answered once a day, the others once a distinct time.
    """
    days, at = np.unique(local // DAY, return_inverse=True)
    steady = np.zeros(days.size, np.bool_)
    per_day = np.zeros(days.size, np.int64)
    for i, day in enumerate(days):
        four = {_offset(int(t), zone, fold) for t in (day * DAY, (day + 1) * DAY - 1) for fold in (0, 1)}
        steady[i] = len(four) == 1
        per_day[i] = four.pop()
    first = per_day[at]
    last = first.copy()
    rest = np.flatnonzero(~steady[at])
    values, where = np.unique(local[rest], return_inverse=True)
    first[rest] = np.array([_offset(int(t), zone, 0) for t in values], np.int64)[where]
    last[rest] = np.array([_offset(int(t), zone, 1) for t in values], np.int64)[where]
    return first, last


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _offset(local: int, zone: tzinfo, fold: int) -> int:
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=zone, fold=fold)
    return round((moment.utcoffset() or timedelta()) / timedelta(microseconds=1))


def _offsets(texts: pa.Array | None, n: int) -> tuple[Ints, Bools]:
    """(offset in microseconds, whether one is stated) a row, of texts such as +02, +0200, +02:00, Z."""
    if texts is None:
        return np.zeros(n, np.int64), np.zeros(n, np.bool_)
    coded = texts.dictionary_encode()
    known = [_offset_of(t) for t in coded.dictionary.to_pylist()]
    index = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    values = np.array([k or 0 for k in known] + [0], np.int64)[index]
    return values, np.array([k is not None for k in known] + [False])[index]


def _offset_of(text: str) -> int | None:
    if not text:
        return None
    if text in ("Z", "UTC"):
        return 0
    hours, minutes, seconds = (int(text[1:].replace(":", "").ljust(6, "0")[i : i + 2]) for i in (0, 2, 4))
    return ((hours * 60 + minutes) * 60 + seconds) * SECOND * (-1 if text[0] == "-" else 1)
