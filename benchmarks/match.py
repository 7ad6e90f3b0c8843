"""Speed and memory of matching: writes build/bench/match.json.

Peers run in an environment of their own, made under build/peers when first raced. The rows of
100 M hashes and of a whole case take minutes and up to 9 GB of memory and disk; they are measured when LEADLINE_BENCH
is `full`, and left empty otherwise.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from matching import films, races

OUT = Path(__file__).resolve().parents[1] / "build"
DATA = Path(os.environ.get("LEADLINE_DATA", OUT.parents[1] / "shared" / "data"))
LARGE = "measured with LEADLINE_BENCH=full"


def main() -> int:
    """Measures every row; a row that was not measured says why and has no ratio."""
    (OUT / "bench").mkdir(parents=True, exist_ok=True)
    full = os.environ.get("LEADLINE_BENCH") == "full"
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        scratch = Path(folder)
        rows = list(races.quick(scratch))
        if full:
            rows += [races.hamming_100m(scratch), *races.record(scratch)]
        else:
            rows.append(races.row("hamming_100m", None, "GB at the peak", LARGE, None, 1.0))
            rows.append(races.row("record", None, "minutes of two cores", LARGE, None, 1.0))
            rows.append(races.row("record_memory", None, "GB at the peak", LARGE, None, 1.0))
        rows += films.rows(scratch, DATA / "media" / "te_videos", races.row)
    (OUT / "bench" / "match.json").write_text(json.dumps(rows, indent=1) + "\n")
    for one in rows:
        print(f"{one['what']:14} {one['value'] or '-':>10} {one['unit']:32} ratio {one['ratio'] or '-'} "
              f"(floor {one['floor']}) against {one['against']}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
