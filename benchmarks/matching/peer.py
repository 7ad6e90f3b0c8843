"""One measurement of a peer, in a process and an environment of its own: prints one JSON object.

    peer.py flat LIST QUERIES       faiss IndexBinaryFlat, radius 31
    peer.py exchange LIST QUERIES   threatexchange PDQIndex
    peer.py pdq ARRAY TIMES         pdqhash on an RGB array

LIST, QUERIES and ARRAY are .npy files. Keys: seconds (processor), found, version.
"""

import importlib.metadata
import json
import sys
import time

import numpy as np


def main() -> int:
    """Runs the measurement named on the command line."""
    what, first, second = sys.argv[1:]
    print(json.dumps({"flat": flat, "exchange": exchange, "pdq": pdq}[what](np.load(first), second)))
    return 0


def flat(listed: np.ndarray, queries: str) -> dict[str, object]:
    """Every pair within 31 bits, one thread; faiss leaves out the radius itself, hence 32."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(listed)
    asked = np.load(queries)
    start = time.process_time()
    limits, _, _ = index.range_search(asked, 32)
    return _said(start, int(limits[-1]), "faiss-cpu")


def exchange(listed: np.ndarray, queries: str) -> dict[str, object]:
    """Queries one by one, as its interface takes them."""
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex

    index = PDQIndex.build([(row.tobytes().hex(), i) for i, row in enumerate(listed)])
    asked = [row.tobytes().hex() for row in np.load(queries)]
    start = time.process_time()
    found = sum(len(index.query(value)) for value in asked)
    return _said(start, found, "threatexchange")


def pdq(array: np.ndarray, times: str) -> dict[str, object]:
    """The same array so many times."""
    import pdqhash

    pdqhash.compute(array)
    start = time.process_time()
    for _ in range(int(times)):
        pdqhash.compute(array)
    return _said(start, 0, "pdqhash")


def _said(start: float, found: int, package: str) -> dict[str, object]:
    seconds = time.process_time() - start
    return {"seconds": seconds, "found": found, "version": f"{package} {importlib.metadata.version(package)}"}


if __name__ == "__main__":
    sys.exit(main())
