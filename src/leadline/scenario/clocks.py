"""Seconds written the way other clocks show them: local times of a zone, one array at a time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from leadline.scenario.random_streams import Ints

BUCHAREST = "Europe/Bucharest"
"""The market server's zone: the backup's DATETIMEs and the web log's offsets."""
CET = "Europe/Berlin"
"""Central European time with its summer time, in which one exchange answers."""


def offsets(at: Ints, zone: str) -> Ints:
    """Seconds east of UTC at each time, looked up once an hour: zones change on whole hours."""
    hours, where = np.unique(at // 3_600, return_inverse=True)
    info = ZoneInfo(zone)
    shifts = [_shift(datetime.fromtimestamp(hour * 3_600, info)) for hour in hours.tolist()]
    return np.array(shifts, np.int64)[where]


def _shift(moment: datetime) -> int:
    """Seconds east of UTC of a moment that knows its zone."""
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def local(at: Ints, zone: str) -> list[str]:
    """``YYYY-MM-DD HH:MM:SS`` on the zone's clocks."""
    return utc(at + offsets(at, zone)) if len(at) else []


def utc(at: Ints) -> list[str]:
    """``YYYY-MM-DD HH:MM:SS`` in UTC."""
    return [text.replace("T", " ") for text in np.datetime_as_string(at.astype("datetime64[s]")).tolist()]
