"""The documents say what the code says."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_model_document_is_the_models_own():
    spec = importlib.util.spec_from_file_location("document", ROOT / "tools" / "document.py")
    assert spec and spec.loader
    document = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(document)
    assert document.OUT.read_text() == document.text(), "run: python tools/document.py"


def test_every_link_of_the_documents_leads_somewhere():
    import re

    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
