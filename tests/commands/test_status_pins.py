"""The status of a case that rests on a folder of packs: the first of them and how many more, not a line each."""

from leadline.commands.status import PINS, _pins


def test_many_pins_of_a_kind_are_counted_and_few_are_listed() -> None:
    tags = [{"kind": "tag", "name": f"{n}.yaml", "digest": f"{n:064x}"} for n in range(PINS + 1)]
    ledger = {"kind": "ledger", "name": "main", "digest": "ab" * 32}
    lines = _pins([ledger, *tags])
    assert lines[0] == f"  pinned ledger main {'ab' * 8}"
    assert [line.split()[2] for line in lines[1:-1]] == ["0.yaml", "1.yaml", "2.yaml"]
    assert lines[-1] == f"  and {PINS + 1 - 3} more pinned as tag: --json lists them"
    assert len(_pins([ledger, *tags[:PINS]])) == PINS + 1
