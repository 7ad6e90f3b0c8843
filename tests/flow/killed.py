"""Run as a script: like the store's, over evidence taken in and steps run by the flow.

python killed.py FOLDER FIRST STEP     one JSON object a kill, for kills FIRST, FIRST+STEP, ...
"""

import importlib.util
from pathlib import Path

from leadline.flow import order
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.steps import link, rank
from leadline.store.case import Case

HERE = Path(__file__).resolve().parent


def _load(name: str, path: Path):  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


evidence = _load("evidence", HERE / "conftest.py")
killed = _load("store_killed", HERE.parent / "store" / "killed.py")


def work(root: Path) -> None:
    """Two kinds of evidence taken in and two steps run, from nothing or from where a killed writer left it."""
    order.STEPS = (link.SPEC, rank.SPEC)
    source = root.parent / "evidence"
    if not source.exists():
        source.mkdir()
        evidence.write(source)
    case = Case.open(root) if root.exists() else Case.create(root, "killed")
    intake(case, [source])
    flow_run.run(case)


if __name__ == "__main__":
    killed.main(work)
