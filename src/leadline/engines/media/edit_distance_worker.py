"""The worker process of trials: as leadline.engines.media.worker, but each picture is edited in memory and compared.

Started as ``python -m leadline.engines.media.edit_distance_worker``. In: ``{"i": number, "path": text}``. Out: ``{"i",
"status", "reason", "frames"}``, where `frames` holds one list (quality, hash, plain distances, least distances,
framed hashes in one hexadecimal text), or nothing for what is no still picture.
"""

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from leadline.confinement.limits import allow_cpu
from leadline.engines.media.edit_distances import LONGEST, trial
from leadline.engines.media.worker import confine, say, warm

CPU_SECONDS = 300
"""Processor seconds of one picture: twenty edits in some two hundred forms take about two."""


def main() -> None:
    """Answer every line of standard input until it ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(1), "wb")
    warm()
    trial(Image.fromarray(np.zeros((64, 96, 3), np.uint8)))
    say(sink, {"ready": True, "confined": confine(sys.argv[1:]).facts()})
    for line in source:
        task = json.loads(line)
        allow_cpu(CPU_SECONDS)
        say(sink, {"i": task["i"], **tried(Path(task["path"]))})


def tried(path: Path) -> dict[str, Any]:
    """The trial of the picture at `path`, or why there is none; never raises for what the file holds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                image.draft("RGB", (LONGEST, LONGEST))
                found = trial(image)
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file is then no picture to try
        return {"status": "undecodable", "reason": "broken", "frames": []}
    row = [found.quality, found.value.hex(), list(found.plain), list(found.best), found.framed.tobytes().hex()]
    return {"status": "decoded", "reason": None, "frames": [row]}


if __name__ == "__main__":
    main()
