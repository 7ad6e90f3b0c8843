"""Words of closed lists are spelled in model alone: elsewhere code names the constant, and SQL is given it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.kinds.codecs import entries
from leadline.model.catalog import TABLES
from leadline.model.referral import PACKAGE_TABLES
from leadline.model.refs import KINDS
from leadline.model.settings import SETTINGS

SRC = Path(__file__).resolve().parents[2] / "src" / "leadline"
SPECS = (*TABLES.values(), *PACKAGE_TABLES, *entries.TABLES.values())
NAMES = {spec.name for spec in SPECS} | {c.name for spec in SPECS for c in spec.columns} | {*SETTINGS} | {*KINDS}
"""What also names a table, a column, a setting or a kind of refs is spelled as that."""
LEAST = 7
"""Letters of a word that is looked for: shorter ones are words of every trade."""
WORDS = {word for spec in SPECS for column in spec.columns for word in column.words if len(word) >= LEAST} - NAMES
HOMONYMS = {
    ("commands/picture.py", "coinbase"): "what a picture of a transaction prints for its input",
    ("engines/media/frames.py", "keyframes"): "the way a film is hashed, as a command names it",
    ("flow/inputs.py", "withdrawn"): "the name under which inputs hold what the case withdrew",
    ("flow/reframing.py", "keyframes"): "the way a film is hashed, as a command names it",
    ("kinds/codecs/camera_makers.py", "company"): "a word of makers' names",
    ("kinds/codecs/manifest.py", "unreadable"): "the manifest's own word for a file",
    ("kinds/containers/folder.py", "unreadable"): "the manifest's own word for a file",
    ("kinds/proposing/keys.py", "created"): "how columns of foreign tables are called",
    ("kinds/readers/page/pieces.py", "resource"): "a type of record of WARC",
    ("kinds/readers/weblog.py", "request"): "a field of a log's line",
    ("kinds/readers/workbook.py", "pictures"): "a folder of a workbook",
    ("kinds/sources/nsrl.py", "software"): "a column of the NSRL",
    ("steps/trace/tags.py", "coinjoin"): "a category of tag packs",
    ("store/acts.py", "created"): "an act of the log",
    ("store/roll.py", "operator"): "an act of the log",
    ("views/changed.py", "changed"): "a heading of what changed between two states of a case",
    ("views/changed.py", "withdrawn"): "a heading of what changed between two states of a case",
}
"""(module, word) that means something else there, and what."""
APART = ("model", "scenario")
"""Where words are defined, and where other parties' records are made in the words of those parties."""
CALLS = {"equal", "not_equal", "is_in", "index", "frozenset", "set"}
SQL = re.compile(r"\b(?:SELECT|WHERE|CASE|FILTER)\b")


def texts(node: ast.AST | None) -> Iterator[str]:
    """Strings that an expression may be, or holds as one of several."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from texts(part)
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one)
            yield from texts(other)


def spelled(code: str) -> set[str]:
    """Words of closed lists that code compares with, assigns, returns, or puts into SQL."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Compare(left=left, comparators=others):
                parts: list[ast.AST | None] = [left, *others]
            case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.Return(value=value):
                parts = [value]
            case ast.IfExp() | ast.Set():
                parts = [node]
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args) if name in CALLS:
                parts = [*args]
            case ast.Constant(value=str(text)) if SQL.search(text):
                found.update(re.findall(r"'(\w[\w ]*)'", text))
                continue
            case _:
                continue
        found.update(text for part in parts for text in texts(part))
    return found & WORDS


def modules() -> dict[str, str]:
    return {
        name: path.read_text(encoding="utf-8")
        for path in sorted(SRC.rglob("*.py"))
        if (name := path.relative_to(SRC).as_posix()).partition("/")[0] not in APART
    }


def test_words_are_spelled_in_model_alone() -> None:
    found = {(name, word) for name, code in modules().items() for word in spelled(code)}
    assert sorted(found - HOMONYMS.keys()) == [], "name the constant of leadline.model"
    assert sorted(HOMONYMS.keys() - found) == [], "no longer spelled there"


@pytest.mark.parametrize(
    "code",
    [
        "x = row['state'] == 'superseded'",
        "x = row['state'] in ('in_force', 'superseded')",
        "x = pc.equal(column, 'never_seen')",
        "def f():\n    return 'too_large' if x else 'unreadable'",
        "STATES = frozenset({'undecodable'})",
        "x = sql(\"SELECT * FROM finding WHERE predicate = 'known_as'\")",
        "x = sql(f\"SELECT * FROM {t} WHERE status = 'undecodable'\")",
    ],
)
def test_a_spelled_word_is_found(code: str) -> None:
    assert spelled(code)


def test_many_words_are_looked_for() -> None:
    assert len(WORDS) > 150 and {"inferred", "undecodable", "untagged_service", "wilson_by_sweep"} <= WORDS
