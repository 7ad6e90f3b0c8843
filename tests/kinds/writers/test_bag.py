"""Bags: what bagit.py accepts, what is refused before it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import UsageError
from leadline.kinds.writers import bag


@given(st.dictionaries(st.from_regex(r"[a-z0-9]{1,6}(/[a-z0-9]{1,6})?\.csv", fullmatch=True), st.binary(max_size=30)))
def test_what_we_write_has_no_problem_and_bagit_agrees(tmp_path_factory, oracle, payload):
    root = tmp_path_factory.mktemp("bag")
    for path, content in bag.bag(payload, [("Source-Organization", "Ångström")]).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / "data").mkdir(exist_ok=True)
    assert bag.problems(root, frozenset()) == ([], [])
    assert oracle("bagit").Bag(str(root)).validate()


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "a b", "", "a\nb", ".hidden", "a/../b"])
def test_unsafe_paths_are_refused(path):
    with pytest.raises(UsageError):
        bag.bag({path: b""}, [])


def test_paths_that_differ_in_case_are_refused():
    with pytest.raises(UsageError):
        bag.bag({"a": b"", "A": b""}, [])


def test_line_breaks_in_bag_info_are_refused():
    with pytest.raises(UsageError):
        bag.bag({}, [("Label", "a\nPayload-Oxum: 0.0")])
