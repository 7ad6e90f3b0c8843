"""A list may hold videos: lines with one id are the frames of one entry, each at its time."""

from pathlib import Path

from leadline.kinds import source


def test_frames_of_one_video_are_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = [("a", 1, "0"), ("a", 2, "1000"), ("", 3, ""), ("", 4, ""), ("b", 5, "x"), ("a", 6, "99")]
    text = "".join(f"{i},{bytes([n]).hex() * 32},80,{t}\n" for i, n, t in lines)
    path.write_text("id,pdq,quality,t_ms\n" + text)
    rows = source.read("list", path).sort_by("value").to_pylist()
    assert [(r["entry"], r["t_ms"]) for r in rows] == [(0, 0), (0, 1000), (2, None), (3, None), (4, None), (5, 99)]
    assert {r["quarantine"] for r in rows} == {None}


def test_a_list_without_times_is_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"md5,category\n{'ab' * 16},1\n{'cd' * 16},2\n")
    assert [(r["entry"], r["t_ms"]) for r in source.read("list", path).to_pylist()] == [(0, None), (1, None)]
