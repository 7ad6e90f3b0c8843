"""The access log: nginx's format, two offsets, clients' own addresses in the leak week only, the last line cut."""

import re
from datetime import datetime
from pathlib import Path

from leadline.scenario.logs import CUT, stamp, write_log
from leadline.scenario.people import People
from leadline.scenario.plan import LEAK, Plan

LINE = re.compile(r'(\S+) - - \[([^\]]+)\] "(?:GET|POST) \S+ HTTP/1.1" \d{3} \d+ "-" "[^"]+" uid=(\d+|-)$')


def test_lines_offsets_and_leak(drawn: tuple[Plan, People], tmp_path: Path) -> None:
    logged = write_log(tmp_path / "access.log", *drawn)
    *lines, last = (tmp_path / "access.log").read_text().split("\n")
    assert last == CUT and len(lines) == logged.lines and logged.cut == 1
    offsets, leaked, sessions = set(), 0, 0
    for line in lines:
        found = LINE.match(line)
        assert found is not None
        moment = datetime.strptime(found[2], "%d/%b/%Y:%H:%M:%S %z")
        offsets.add(found[2][-5:])
        sessions += found[3] != "-"
        if found[1] != "127.0.0.1":
            assert LEAK[0] <= moment.timestamp() < LEAK[1] and found[1].startswith(("198.18.", "198.19."))
            leaked += 1
    assert offsets == {"+0200", "+0300"} and leaked == logged.leaked > 0 and sessions == logged.by_account


def test_a_stamp_is_nginx_s() -> None:
    assert stamp("2017-10-29T00:00:03", 10_800) == "29/Oct/2017:00:00:03 +0300"
