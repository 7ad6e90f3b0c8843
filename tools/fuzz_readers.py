"""Mutated records, lists, tags and prices through every reader and source: rows, or an error with a place, else a find.

    python tools/fuzz_readers.py [--runs N] [--seed N] [--only NAME ...]

Each input is a small valid file with a few bytes changed, cut, doubled or spliced from another. What it may end in is
the reader's rows or an error of Leadline's own; any other exception is printed once by kind and place, with the input's
number, so that the same seed makes it again. Inputs stay in memory but for the one file a reader opens.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import fuzz_grammars
import fuzz_seeds

from leadline.errors import LeadlineError
from leadline.kinds.reader import HEAD_BYTES, Reader, Source
from leadline.kinds.readers import READERS
from leadline.kinds.source import SOURCES
from leadline.model.progress import silent

WORDS = (
    *(b"\0", b"\xff", b'"', b"'", b"`", b"\\", b"\n", b"\r\n", b";", b",", b"(", b")", b"<", b">", b"{", b"[", b"NULL"),
    *(b"-1", b"9" * 30, b"1e999", b"\xed\xa0\x80", b"\xe2\x80\xae", b"--", b"/*", b":", b"!!", b"&a", b"*a"),
)
"""Bytes that mean something to one grammar or another."""

Read = Callable[[Path], object]


def everything() -> Iterator[tuple[str, str, Read]]:
    """Everything that reads bytes of others: (name, name of its seed, what reads all of a path)."""
    for reader in READERS:
        yield f"reader {reader.name}", reader.name, lambda path, reader=reader: rows(reader, path)
    for source in SOURCES:
        yield f"source {source.name}", source.name, lambda path, source=source: source.sniff(path) and source.read(path)
    yield "sniff", "", lambda path: [r.sniff(path.read_bytes()[:HEAD_BYTES], path) for r in READERS]
    for name, read in fuzz_grammars.all_of_them():
        yield name, name, read


def rows(reader: Reader, path: Path) -> int:
    """How many rows a reader gives."""
    source = Source(bytes(32), path, scratch=path.parent)
    return sum(batch.rows.num_rows for part in reader.parts(source, None, silent) for batch in part.batches)


def mutated(random_: random.Random, pool: list[bytes], data: bytes) -> bytes:
    """`data` with one to six changes."""
    out = bytearray(data)
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(out) + 1)
        match random_.randrange(6):
            case 0 if out:
                out[at % len(out)] = random_.randrange(256)
            case 1:
                out[at:at] = random_.choice(WORDS)
            case 2:
                del out[at : at + random_.randint(1, 16)]
            case 3:
                out[at:at] = out[at : at + random_.randint(1, 64)]
            case 4:
                other = random_.choice(pool)
                begin = random_.randrange(len(other))
                out[at:at] = other[begin : begin + random_.randint(1, 64)]
            case 5:
                del out[at:]
    return bytes(out)


def fuzz(runs: int, seed: int, only: list[str]) -> dict[str, str]:
    """The finds of `runs` inputs, each by kind and place with the number of the first input; printed with figures."""
    random_, finds, done = random.Random(seed), {}, Counter[str]()
    began = time.process_time()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        made = fuzz_seeds.seeds()
        pool = [data for several in made.values() for data in several]
        chosen = [found for found in everything() if not only or any(word in found[0] for word in only)]
        path = Path(folder) / "input"
        for number in range(runs):
            name, seed_name, read = chosen[number % len(chosen)]
            data = mutated(random_, pool, random_.choice(made.get(seed_name) or pool))
            path.write_bytes(data)
            done[name] += 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    read(path)
            except LeadlineError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
                frames = [f for f in traceback.extract_tb(error.__traceback__) if "leadline" in f.filename]
                place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "outside"
                finds.setdefault(f"{name}: {type(error).__name__} at {place}", f"input {number}")
    print(f"{sum(done.values()):,} inputs, {time.process_time() - began:.0f} CPU s, {len(finds)} finds, seed {seed}")
    for what, where in sorted(finds.items()):
        print(f"  {what} ({where})")
    return finds


def main() -> None:
    """See the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    sys.exit(bool(fuzz(asked.runs, asked.seed, asked.only)))


if __name__ == "__main__":
    main()
