"""Makers of cameras and telephones under one name each, so that *Canon* and *Canon Inc.* are one.

What a file states stays as it is; only its normal form is made here. The rule: signs go, then words that say what sort
of company it is. Raw converters name makers likewise, by the name that an EXIF header contains (dcraw, list `corp`).
"""

import re

import pyarrow as pa

FORMS = frozenset(
    (
        "ag", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kk", "limited", "llc", "ltd",
        "sa", "camera", "computer", "electronics", "imaging", "optical", "techwin", "technologies",
    )
)  # fmt: skip
"""Words that say what sort of company it is, not which."""
SAME = {
    "asahi": "pentax",
    "eastman kodak": "kodak",
    "fuji photo film": "fujifilm",
    "hewlett packard": "hp",
    "lge": "lg",
    "seiko epson": "epson",
}
"""Makers that signed with two names."""


def name(folded: pa.Array) -> pa.Array:
    """The maker of each text, which is folded already (codecs.normal); null stays null."""
    coded = folded.dictionary_encode()
    done = pa.array([None if text is None else _name(text) for text in coded.dictionary.to_pylist()], pa.string())
    return done.take(coded.indices)


def _name(text: str) -> str:
    """Without signs and FORMS, by one of its names; as it is where nothing else is left."""
    words = re.findall(r"\w+", text)
    kept = " ".join(word for n, word in enumerate(words) if n == 0 or word not in FORMS)
    return SAME.get(kept, kept) or text
