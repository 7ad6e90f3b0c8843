"""What the pages of method say is held: every sentence by a test named for its section, every figure by the code.

`said.toml` lists by page and section the tests that hold it and the digests of its sentences. A new or changed one
fails until somebody has looked whether those tests hold it, and entered it: python tests/docs/test_said.py
"""

import ast
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from leadline.engines.ledger.clustering import cannot_link, clusters, coinjoins
from leadline.engines.ledger.coverage import heights
from leadline.engines.ledger.storage import digests, publish
from leadline.engines.ledger.tracing import mixlinks, peel
from leadline.engines.media import truncated
from leadline.kinds.bitcoin.amount import COIN
from leadline.kinds.hashers import pdq
from leadline.model.times import BLOCK_DOUBT_SECONDS
from leadline.steps.match import clips
from leadline.steps.trace import patterns, peeled, priced

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("clusters", "coinjoins", "patterns", "matching", "referral", "ledger", "accuracy")
HELD = ROOT / "tests" / "docs" / "said.toml"


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def flat(name: str) -> str:
    return " ".join(page(name).split())


def sentences(name: str) -> dict[str, list[str]]:
    """{section: its sentences} of a page, without tables, examples and generated parts."""
    text = re.sub(r"```.*?```|<!-- figures.*?<!-- end[^>]*-->", "", page(name), flags=re.DOTALL)
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)
    found: dict[str, list[str]] = {}
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        prose = "\n".join(line for line in body.splitlines() if not re.match(r"\||    ", line))
        found[head] = [
            sentence
            for paragraph in re.split(r"\n\s*\n|\n(?=- )", prose)
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z*`-])", " ".join(paragraph.split()))
            if len(sentence.split()) > 3
        ]
    return {head: some for head, some in found.items() if some}


def digest(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def held() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads(HELD.read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_every_sentence_of_a_page_is_entered_under_the_tests_that_hold_it(name: str) -> None:
    listed = held()[name]
    for section, some in sentences(name).items():
        assert section in listed, f"name the tests that hold section {section!r} in {HELD.name}"
        assert listed[section]["tests"], section
        new = [s for s in some if digest(s) not in listed[section]["sentences"]]
        assert new == [], "look whether the tests of its section hold it, then: python tests/docs/test_said.py"
    assert listed.keys() == sentences(name).keys()


def test_every_test_that_holds_a_section_is_there() -> None:
    named = {test for sections in held().values() for section in sections.values() for test in section["tests"]}
    for test in sorted(named):
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body), test


CONSTANTS = (
    ("clusters", "only dust (1,000 satoshi at most) is spent", clusters.MOST_DUST, 1_000),
    ("clusters", "joins two clusters of 10,000 scripts or more", cannot_link.LARGE, 10_000),
    ("coinjoins", "at most 16 input scripts", mixlinks.UNITS, 16),
    ("coinjoins", "a hundredth of the amount mixed, at least 10,000 sat",
     (mixlinks.EARNED_PPM, mixlinks.EARNED_SAT), (10_000, 10_000)),
    ("coinjoins", "over equal amounts below 27,300 satoshi", coinjoins.MIXED_LEAST, 27_300),
    ("patterns", "all private payments to an account, three or more", patterns.LEAST_HABIT, 3),
    ("patterns", "payments of an account, eight or more", patterns.LEAST_HOURS, 8),
    ("patterns", "a chain of three steps or more", peeled.LEAST_STEPS, 3),
    ("patterns", "A peel below 1,000 satoshi is dust", peel.LEAST_PEEL, 1_000),
    ("patterns", "lies within a thousandth of it", priced.TOLERANCE_PPM, 1_000),
    ("patterns", "up to 15 days before or after", priced.WINDOW, 15),
    ("patterns", "amounts above 461 bitcoin", priced.MOST // COIN, 461),
    ("patterns", "a block's time is in doubt by two hours", BLOCK_DOUBT_SECONDS, 7_200),
    ("matching", "PDQ's published radius is 31 bits and its least quality 50", (pdq.RADIUS, pdq.QUALITY), (31, 50)),
    ("matching", "a frame within 31 bits; one within 42 where a second agrees", (pdq.RADIUS, pdq.AGREE), (31, 42)),
    ("matching", "a frame within 50 bits: a table of its own", pdq.LEAD, 50),
    ("matching", "three scenes over two seconds", (clips.LEAST_FRAMES, clips.LEAST_MS), (3, 2_000)),
    ("matching", "four fifths of the listed frames", clips.SAME_PPM, 800_000),
    ("matching", "from 750 thousandths of the rows", truncated.LEAST, 750),
    ("ledger", "one for each 64 MiB of it", digests.SEGMENT, 64 << 20),
    ("ledger", "ranges that begin at a multiple of 144 blocks", heights.STEP, 144),
    ("ledger", "and 2,016 blocks more on either side", heights.SLACK, 2_016),
    ("ledger", "asks for up to 1.9 bytes of free disk for each byte of blocks", publish.ROOM, 1.9),
)  # fmt: skip
"""(page, words, value in the code, value in the words)."""


@pytest.mark.parametrize(("name", "words", "value", "said"), CONSTANTS)
def test_a_figure_of_a_page_is_that_of_the_code(name: str, words: str, value: object, said: object) -> None:
    assert words in flat(name), "the page says it no more, or otherwise"
    assert value == said


def enter() -> None:
    """Enters the sentences as they stand now, under the tests that stand there."""
    old = held()
    lines = ["# The tests that hold each section of the pages of method, and the digests of its sentences."]
    for name in PAGES:
        for section, some in sentences(name).items():
            tests = old.get(name, {}).get(section, {}).get("tests", [])
            lines += ["", f'[{name}."{section}"]', "tests = ["]
            lines += [*(f'    "{test}",' for test in tests), "]", "sentences = ["]
            shown = [f'"{digest(s)}"' for s in some]
            lines += [f"    {', '.join(shown[n : n + 8])}," for n in range(0, len(shown), 8)]
            lines += ["]"]
    HELD.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    enter()
