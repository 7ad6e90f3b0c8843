"""The report read again: an absent font is refused, and every text that a font would have drawn is looked for."""

import pytest
import typst

from leadline.kinds.writers.report import typeset
from leadline.kinds.writers.report.read_back import missing, texts

NAMES = ("Jörg Ångström-Ñúñez", "Олена Ковальчук", "Νίκος Παπαδόπουλος", "김서연", "ليلى حداد", "שם", "नाम", "ชื่อ")
FAMILIES = (
    "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK KR", "Noto Sans Devanagari", "Noto Sans Thai",
)  # fmt: skip


def drawn(names: tuple[str, ...], families: tuple[str, ...] = FAMILIES, width: str = "60mm") -> bytes:
    """A page with `names`, drawn with these families and no other."""
    listed = ", ".join(f'"{f}"' for f in families)
    body = f"#set page(width: {width})\n#set text(font: ({listed},), fallback: false)\n" + "\n\n".join(names)
    made = typst.Compiler(font_paths=typeset._fonts(), ignore_system_fonts=True).compile(
        input=body.encode(), format="pdf", timestamp=0
    )
    assert isinstance(made, bytes)
    return made


def test_names_in_every_script_are_read_off_the_page() -> None:
    assert missing(NAMES, drawn(NAMES)) == 0


@pytest.mark.parametrize("lost", range(len(NAMES)))
def test_a_name_that_was_not_drawn_is_missed(lost: int) -> None:
    kept = tuple(n for k, n in enumerate(NAMES) if k != lost)
    assert missing(NAMES, drawn(kept)) == len(NAMES[lost].split())


@pytest.mark.parametrize(("family", "name"), [("Arabic", 4), ("Hebrew", 5), ("CJK KR", 3)])
def test_a_name_whose_font_is_absent_is_missed(family: str, name: int) -> None:
    there = tuple(f for f in FAMILIES if f != f"Noto Sans {family}")
    assert missing(NAMES, drawn(NAMES, there)) == len(NAMES[name].split())


def test_long_words_broken_over_lines_and_pages_are_found() -> None:
    words = tuple("0123456789abcdef"[k % 16] * 40 + str(k) for k in range(60))
    body = "#set page(width: 40mm, height: 30mm)\n" + "\n\n".join(
        "".join(f"#box[{w[i : i + 8]}]" for i in range(0, len(w), 8)) for w in words
    )
    made = typst.Compiler(font_paths=typeset._fonts(), ignore_system_fonts=True).compile(
        input=f'#set text(font: "Noto Sans")\n{body}'.encode(), format="pdf", timestamp=0
    )
    assert isinstance(made, bytes) and missing(words, made) == 0
    assert missing(("f" * 45 + "x",), made) == 1


def test_only_what_people_or_evidence_gave_is_looked_for() -> None:
    data = {"persons": [{"names": ["A", "B"], "band": "U", "claims": [{"decisions": [{"by": "C", "id": "D"}]}]}]}
    assert sorted(texts(data)) == ["A", "B", "C"]
