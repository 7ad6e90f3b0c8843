"""Makes the report's shipped fonts from unpacked Noto fonts: only the scripts that names in a report need.

    python tools/subset_fonts.py FOLDER

FOLDER holds the unpacked files of the Debian packages fonts-noto-core 20201225-1, fonts-noto-mono 20201225-1 and
fonts-noto-cjk 1:20220127+repack1-1 (all under the SIL Open Font License 1.1). Needs fonttools, a test dependency.
Beside the fonts it writes coverage.txt: the code points a name may use, one range of hex numbers a line.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parents[1] / "src/leadline/kinds/writers/report/fonts"

LATIN = "0020-007E,00A0-024F,0250-02AF,02B0-036F,1E00-1EFF,2000-206F,2070-20CF,2100-214F,2150-218F,2190-21FF,2200-22FF"
GREEK = "0370-03FF,1F00-1FFF"
CYRILLIC = "0400-052F"
MARKS = "25A0-25FF,2713,2717,FFFD"
ARABIC = "0600-06FF,0750-077F,08A0-08FF,200C-200F,2066-2069,FB50-FDFF,FE70-FEFF"
HANGUL = "1100-11FF,3131-318E,AC00-D7A3"
KANA = "3000-30FF,FF01-FF9F"


def common_han() -> str:
    """The ideographs of GB 2312 level 1, JIS X 0208 level 1 and KS X 1001: those that names are mostly written with."""
    found: set[int] = set()
    for codec, rows in (("gb2312", range(0xB0, 0xD8)), ("euc_jp", range(0xB0, 0xD0)), ("euc_kr", range(0xCA, 0xFE))):
        for lead in rows:
            for trail in range(0xA1, 0xFF):
                text = bytes((lead, trail)).decode(codec, errors="ignore")
                found.update(ord(c) for c in text)
    return ",".join(f"{c:04X}" for c in sorted(found))


def sources() -> list[tuple[str, int, str, str]]:
    """(file name, font number in a collection, output name, code points) of every font shipped."""
    text = ",".join((LATIN, GREEK, CYRILLIC, MARKS))
    east = ",".join((HANGUL, KANA, common_han()))
    return [
        ("NotoSans-Regular.ttf", -1, "NotoSans-Regular.ttf", text),
        ("NotoSans-Bold.ttf", -1, "NotoSans-Bold.ttf", text),
        ("NotoSans-Italic.ttf", -1, "NotoSans-Italic.ttf", text),
        ("NotoSansMono-Regular.ttf", -1, "NotoSansMono-Regular.ttf", "0020-007E,00A0-00FF,2010-2026"),
        ("NotoSansArabic-Regular.ttf", -1, "NotoSansArabic-Regular.ttf", ARABIC),
        ("NotoSansArabic-Bold.ttf", -1, "NotoSansArabic-Bold.ttf", ARABIC),
        ("NotoSansHebrew-Regular.ttf", -1, "NotoSansHebrew-Regular.ttf", "0590-05FF,FB1D-FB4F"),
        ("NotoSansArmenian-Regular.ttf", -1, "NotoSansArmenian-Regular.ttf", "0530-058F"),
        ("NotoSansGeorgian-Regular.ttf", -1, "NotoSansGeorgian-Regular.ttf", "10A0-10FF,1C90-1CBF,2D00-2D2F"),
        ("NotoSansThai-Regular.ttf", -1, "NotoSansThai-Regular.ttf", "0E00-0E7F"),
        ("NotoSansDevanagari-Regular.ttf", -1, "NotoSansDevanagari-Regular.ttf", "0900-097F,A8E0-A8FF,200C,200D"),
        ("NotoSansCJK-Regular.ttc", 1, "NotoSansCJK-Regular.otf", east),
    ]


def main(folder: Path) -> None:
    """Write the subsets and coverage.txt to OUT."""
    OUT.mkdir(parents=True, exist_ok=True)
    covered: set[int] = set()
    for name, number, out, points in sources():
        path = next(folder.rglob(name))
        font = TTFont(path, fontNumber=max(number, 0), recalcTimestamp=False)
        options = subset.Options(layout_features=["*"], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=subset.parse_unicodes(points))
        cutter.subset(font)
        font.save(OUT / out, reorderTables=False)
        if "Mono" not in out:
            covered.update(font.getBestCmap())
    ranges: list[list[int]] = []
    for point in sorted(covered):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    (OUT / "coverage.txt").write_text("".join(f"{a:04X}-{b:04X}\n" for a, b in ranges), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
