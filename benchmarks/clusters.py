"""How good the CoinJoin rules and the signs of change are: writes build/accuracy/clusters.json.

LEADLINE_DATA names the folder with real chain data.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from tracing import coinjoins

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "accuracy" / "clusters.json"


def main() -> int:
    """Measures and prints."""
    data = Path(os.environ.get("LEADLINE_DATA", ROOT.parent / "shared" / "data")) / "chain"
    whole: dict[str, Any] = {"drawn mixes": coinjoins.drawn()}
    if data.is_dir():
        whole = {"real mixes": coinjoins.table(data), "wrongly listed": coinjoins.wrongly_listed(data), **whole}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(whole, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
