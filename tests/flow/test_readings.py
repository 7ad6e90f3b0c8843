"""A reading can be taken back: the newest of an exhibit counts alone, and one withdrawn is as if it had never been."""

from importlib import resources
from pathlib import Path

import pytest

from leadline.errors import UsageError
from leadline.flow.exhibits import Taken
from leadline.flow.intake import intake
from leadline.flow.rebuild import rebuild
from leadline.flow.withdrawal import withdrawal
from leadline.steps import intake as step
from leadline.store.case import Case
from leadline.store.impact import resting
from leadline.store.runs import READING
from leadline.store.settings import change, changed
from leadline.store.verify import verify

CUSTOMERS = (
    "reference,name,date_of_birth,country,email,phone,account_type,opened_utc\n"
    "NG-1,Ana Pop,1980-01-01,RO,a@example.org,+999123,individual,2015-01-01T00:00:00Z\n"
)


class Desk:
    """A case, one return, and two maps of it: the second calls the e-mail a handle."""

    def __init__(self, folder: Path) -> None:
        self.case = Case.create(folder / "case", "x")
        self.record, self.wrong = folder / "customers.csv", folder / "wrong.toml"
        self.record.write_text(CUSTOMERS)
        right = resources.files("leadline").joinpath("scenario", "maps", "northgate.toml").read_text()
        self.wrong.write_text(right.replace('kind = "email"', 'kind = "handle"').replace('"northgate"', '"wrong"', 1))

    def read(self, map_: str) -> Taken:
        return intake(self.case, [self.record], map_)[0]

    def kinds(self) -> set[tuple[str, str]]:
        table = self.case.current("identifier")
        return {(r["kind"], r["value"]) for r in table.to_pylist() if "@" in r["value"]}

    def set(self, text: str) -> None:
        self.case.change(changed(self.case.settings, change(text)), "a test", {})


EMAIL, HANDLE = {("email", "a@example.org")}, {("handle", "a@example.org")}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_store_knows_the_method_of_readings() -> None:
    assert step.METHOD == READING


def test_a_wrong_map_followed_by_the_right_one_leaves_the_right_reading(desk: Desk) -> None:
    wrong = desk.read(str(desk.wrong))
    assert (desk.kinds(), wrong.replaces) == (HANDLE, "")
    right = desk.read("northgate")
    assert (desk.kinds(), right.replaces, right.new) == (EMAIL, wrong.run.id, True)
    again = desk.read("northgate")
    assert (again.run.id, again.replaces, again.new) == (right.run.id, "", False)
    assert rebuild(desk.case.root, verify(desk.case.root)).ok


def test_going_back_to_an_older_map_makes_its_reading_the_newest(desk: Desk) -> None:
    first = desk.read("northgate")
    second = desk.read(str(desk.wrong))
    third = desk.read("northgate")
    assert (third.run.id, third.replaces) == (first.run.id, second.run.id)
    assert desk.kinds() == EMAIL


def test_a_reading_withdrawn_is_as_if_it_had_never_been(desk: Desk) -> None:
    right, wrong = desk.read("northgate"), desk.read(str(desk.wrong))
    desk.set(f"withdraw+=run:{wrong.run.id}")
    assert desk.kinds() == EMAIL
    assert rebuild(desk.case.root, verify(desk.case.root)).ok
    assert not desk.read(str(desk.wrong)).new, "taking it in again does not undo what was withdrawn"
    desk.set(f"withdraw+=run:{right.run.id}")
    assert desk.kinds() == set()
    desk.set(f"withdraw-=run:{right.run.id}")
    assert desk.kinds() == EMAIL


def test_what_falls_with_a_reading_is_said_before_it_is_withdrawn(desk: Desk) -> None:
    wrong = desk.read(str(desk.wrong))
    said = withdrawal(desk.case, f"run:{wrong.run.id}")
    assert said.tables["customer"] == (1, 0)
    assert desk.kinds() == HANDLE, "a trial changes nothing"
    assert resting(desk.case, f"run:{wrong.run.id}") == resting(desk.case, f"exhibit:{wrong.exhibit}")


@pytest.mark.parametrize("ref", ["run:trace-0123456789abcdef", "run:intake-0123456789abcdeg"])
def test_only_readings_are_withdrawn(desk: Desk, ref: str) -> None:
    with pytest.raises(UsageError):
        desk.set(f"withdraw+={ref}")


def test_of_a_run_that_is_not_there_nothing_is_said(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no such run"):
        resting(desk.case, "run:intake-0123456789abcdef")
