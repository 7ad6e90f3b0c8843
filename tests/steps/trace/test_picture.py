"""A path as a picture: the same rows, in order of time, in the terminal and as SVG, whatever a tag says."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.kinds.codecs.visible import steers
from leadline.steps.trace import svg
from leadline.steps.trace.explain import SHOWN, draw
from leadline.steps.trace.picture import (
    END,
    HELD,
    KNOWN,
    SERVICE,
    Arrow,
    Box,
    Picture,
    Strip,
    _score,
    percent,
    picture,
    span,
)

Traced = Callable[..., dict[str, pa.Table]]


@pytest.mark.parametrize("predicate", ["released", "stopped", "cashed_out", "peeled"])
def test_every_hop_row_is_drawn_once_and_in_order_of_time(traced: Traced, predicate: str) -> None:
    tables = traced()
    claims = tables["finding"].filter(pc.equal(tables["finding"]["predicate"], predicate)).to_pylist()
    assert claims
    hops = tables["hop"].to_pylist()
    for claim in claims:
        rows = [r for r in hops if r["finding"] == claim["id"]]
        found = picture(claim["id"], tables)
        assert found is not None
        assert len(found.strips) == len({r["path"] for r in rows})
        for path, strip in zip(sorted({r["path"] for r in rows}), found.strips, strict=True):
            mine = sorted((r for r in rows if r["path"] == path), key=lambda r: r["seq"])
            mine = mine if predicate in ("cashed_out", "peeled") else mine[::-1]
            assert [a.lines[1] for a in strip.arrows] == [r["tx"] for r in mine]
            spends = [r["utc_low"] for r in mine if r["rule"] == "spend" or predicate != "cashed_out"]
            assert spends == sorted(spends)
            assert len(strip.boxes) == len(strip.arrows) + 1
            for row, box in zip(mine, strip.boxes[1:], strict=True):
                assert row["outpoint_out"] in box.lines
            assert [a.recorded for a in strip.arrows] == [r["rule"] == "spend" for r in mine]
        text = draw(claim["id"], tables)
        for row in rows:
            if row["path"] < SHOWN:
                assert row["tx"] in text and row["outpoint_out"] in text


def test_who_is_known_is_said_and_nobody_else(traced: Traced) -> None:
    tables = traced()
    paid = {r["outpoint"]: r["account"] for r in tables["payment"].to_pylist()}
    for row in tables["release"].to_pylist():
        found = picture(row["finding"], tables)
        assert found is not None
        for strip in found.strips:
            first, *between, last = strip.boxes
            assert (first.kind, first.title) == (SERVICE, row["service"].removeprefix("service:"))
            assert any("confidence" in line for line in first.lines)
            assert last.kind == KNOWN and any(paid[row["payment"]] in line for line in last.lines)
            for box in between:
                assert "not known" in box.title or any(o in paid for o in box.lines)


def test_a_control_character_in_a_label_is_spelled_out_and_the_svg_opens(traced: Traced) -> None:
    tables = traced()
    said = "a\x00b\x1b[0m\u202ec\ufffe\ud800"
    found = picture(tables["release"]["finding"][0].as_py(), tables)
    assert found is not None
    strip = replace(found.strips[0], boxes=tuple(replace(b, title=said) for b in found.strips[0].boxes))
    found = replace(found, claim=f"{found.claim} {said}", strips=(strip, *found.strips[1:]))
    text = svg.svg(found)
    root = ElementTree.fromstring(text.encode())
    assert any(t == "a[U+0000]b[U+001B][0m[U+202E]c[U+FFFE][U+D800]" for t in root.itertext())
    page = svg.html(found) + svg.written(f"head {said}\n line {said}")
    assert all(c == "\n" or not steers(c) for c in page)
    page.encode()


def test_the_svg_is_well_formed_whole_and_reaches_nowhere(traced: Traced) -> None:
    tables = traced()
    row = max(tables["release"].to_pylist(), key=lambda r: r["hops"])
    found = picture(row["finding"], tables)
    assert found is not None
    text = svg.svg(found)
    assert text == svg.svg(found)
    root = ElementTree.fromstring(text)
    said = "".join(root.itertext())
    for hop in tables["hop"].to_pylist():
        if hop["finding"] == row["finding"] and hop["path"] < svg.SHOWN:
            assert hop["outpoint_out"] in said and hop["tx"] in said
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in {"svg", "title", "rect", "path", "text"}
        assert not [name for name in element.attrib if "href" in name or name.startswith("on")]
    places = [(float(e.attrib["y"]), float(e.attrib["x"])) for e in root.iter() if e.tag.endswith("text")]
    assert len(set(places)) == len(places), "no line stands on another"
    ys = [y for y, _ in places]
    assert ys == sorted(ys) and ys[0] > 0 and ys[-1] < float(root.attrib["height"])


@pytest.mark.parametrize("paths", [1, svg.SHOWN, svg.SHOWN + 1, svg.SHOWN + 7])
def test_paths_beyond_those_drawn_are_counted(traced: Traced, paths: int) -> None:
    tables = traced()
    row = max(tables["release"].to_pylist(), key=lambda r: r["hops"])
    found = picture(row["finding"], tables)
    assert found is not None
    said = "".join(ElementTree.fromstring(svg.svg(replace(found, strips=found.strips[:1] * paths))).itertext())
    assert said.count("time runs downwards") == min(paths, svg.SHOWN)
    assert ("more paths" in said) == (paths > svg.SHOWN)
    assert paths <= svg.SHOWN or f"and {paths - svg.SHOWN} more paths" in said


def test_a_label_made_to_harm_is_only_text(traced: Traced) -> None:
    tables = traced()
    bad = "</text><script>alert(1)</script>&<svg onload='x'>\"'"
    said = tables["attribution"]
    labels = pa.array([bad] * said.num_rows, pa.string())
    tables["attribution"] = said.set_column(said.schema.get_field_index("label"), "label", labels)
    row = tables["release"].to_pylist()[0]
    found = picture(row["finding"], tables)
    assert found is not None
    for text in (svg.svg(found), svg.html(found), svg.written(f"{bad}\n\n{bad}\n{bad}")):
        assert "<script" not in text and "<svg onload" not in text
    root = ElementTree.fromstring(svg.svg(found))
    assert not [e for e in root.iter() if e.tag.endswith("script")]


def test_a_recorded_step_has_no_score_and_a_tag_s_word_is_called_its_makers() -> None:
    assert _score({"rule": "spend", "score_ppm": 1_000_000}) == ""
    for rule in ("tag", "cluster"):
        assert _score({"rule": rule, "score_ppm": 500_000}).startswith(" (the tag's own confidence: level 50 of 100")
    assert _score({"rule": "change", "score_ppm": 900_000}) == " (score of the rule: 90.0000 %)"


def test_a_time_is_two_bounds_and_names_the_second_day_only_where_it_is_another() -> None:
    noon = datetime(2016, 3, 1, 12, 5, tzinfo=UTC)
    assert span(noon, noon.replace(hour=16)) == "between 2016-03-01 12:05 and 16:05 UTC, by its block"
    late = datetime(2016, 3, 2, 0, 5, tzinfo=UTC)
    assert span(noon, late) == "between 2016-03-01 12:05 and 2016-03-02 00:05 UTC, by its block"
    assert span(noon, noon.replace(month=4)).count("2016-0") == 2


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(0, "0.0000 %"), (1, "0.0001 %"), (9_999, "0.9999 %"), (10_000, "1.0000 %"), (1_000_000, "100.0000 %")],
)
def test_millionths_as_a_percentage(ppm: int, text: str) -> None:
    assert percent(ppm) == text


def test_boxes_stand_below_one_another_hold_their_lines_and_are_joined_by_their_arrows() -> None:
    """Geometry of a picture made by hand: three boxes, a recorded step and one that rests on a rule too."""
    boxes = (
        Box(SERVICE, "A service", ("one", "w" * 200)), Box(HELD, "Coins", ("two",)), Box(KNOWN, "An address", ()),
    )  # fmt: skip
    arrows = (Arrow(("time", "tx", "spend"), recorded=True), Arrow(("time", "tx"), recorded=False))
    found = Picture("claim " * 30, "says " * 40, "not " * 40, (Strip(boxes, arrows),) * 2, ("closing " * 30,))
    root = ElementTree.fromstring(svg.svg(found))
    width, height = (int(root.attrib[name]) for name in ("width", "height"))
    assert root.attrib["viewBox"] == f"0 0 {width} {height}"
    page, *rects = [e.attrib for e in root.iter() if e.tag.endswith("rect")]
    assert (page["width"], page["height"]) == (str(width), str(height))
    drawn, key = rects[:6], rects[6:]
    for rect in drawn:
        assert int(rect["x"]) * 2 + int(rect["width"]) == width, "as much space on the right as on the left"
    tops = [int(r["y"]) for r in drawn]
    ends = [int(r["y"]) + int(r["height"]) for r in drawn]
    assert all(end < top for end, top in pairwise_gap(ends, tops)) and ends[-1] < int(key[0]["y"])
    fills = [(r["fill"], r["stroke"]) for r in drawn]
    assert fills == [svg.COLOURS[box.kind] for box in boxes] * 2
    assert [(r["fill"], r["stroke"]) for r in key] == [svg.COLOURS[kind] for kind in (SERVICE, HELD, KNOWN, END)]
    texts = [(float(e.attrib["x"]), float(e.attrib["y"]), e.text or "") for e in root.iter() if e.tag.endswith("text")]
    inside = [[t for t in texts if top < t[1] < end] for top, end in zip(tops, ends, strict=True)]
    assert [t[0][2] for t in inside] == [box.title for box in boxes] * 2
    assert [len(t) for t in inside] == [5, 2, 1] * 2, "a title, one line, and 200 letters in three"
    for lines, top, end in zip(inside, tops, ends, strict=True):
        assert all(x > int(drawn[0]["x"]) for x, _, _ in lines)
        assert lines[0][1] - top >= 14 and end - lines[-1][1] >= 8
    assert min(b - a for (_, a, _), (_, b, _) in itertools.pairwise(texts) if b > a) >= 14, "no line on another"
    paths = [e.attrib for e in root.iter() if e.tag.endswith("path")]
    shafts = [p for p in paths if "V" in p["d"]]
    assert len(shafts) == 4 and ["stroke-dasharray" in p for p in shafts] == [False, True] * 2
    assert ["stroke-dasharray" in p for p in paths[-2:]] == [False, True]
    for shaft, at in zip(shafts, (0, 1, 3, 4), strict=True):
        _, first, last = map(int, re.findall(r"\d+", shaft["d"]))
        assert 0 <= first - ends[at] <= 4 and 4 <= tops[at + 1] - last <= 12
    heads = [p for p in paths if "z" in p["d"]]
    for head, at in zip(heads, (0, 1, 3, 4), strict=True):
        _, y, wide, _, down = map(int, re.findall(r"\d+", head["d"]))
        assert wide == 12 and 0 <= tops[at + 1] - (y + down) <= 3
    said = [text for _, _, text in texts]
    assert [t for t in said if t.startswith("Path")] == [f"Path {n} of 2, time runs downwards" for n in (1, 2)]
    assert said[-2:] == ["a spend recorded on the chain", "rests on a rule too"]
    assert height - texts[-1][1] >= svg.MARGIN


def pairwise_gap(ends: list[int], tops: list[int]) -> list[tuple[int, int]]:
    """(end of a box, top of the next)."""
    return list(zip(ends, tops[1:], strict=False))


def test_a_page_of_plain_text_has_a_heading_a_block() -> None:
    page = svg.written("first\n line & more\n\nsecond\n")
    assert "<title>first</title>" in page
    assert "<h2>first</h2><p>line &amp; more</p>\n<h2>second</h2>" in page
