"""One training case, whole: chain, exhibits, lists, tags, prices, the reviewer's decisions and, apart, the truth."""

import shutil
from itertools import chain as joined
from pathlib import Path

import pyarrow as pa
import tomli_w

from leadline.errors import UsageError
from leadline.model.progress import Progress
from leadline.scenario import lists, media, reviewer
from leadline.scenario.chain import build_chain
from leadline.scenario.exhibits import ANSWERS, Images, write_exhibits
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import Options
from leadline.scenario.prices import write_prices
from leadline.scenario.tags import write_tags
from leadline.scenario.truth import write_truth
from leadline.store.durable import need
from leadline.store.layout import outside

NEEDED = {"tiny": 50_000_000, "small": 500_000_000, "record": 6_000_000_000}
"""Bytes a training case of each size takes at most: about twice what was measured."""


def build(out: Path, options: Options, progress: Progress) -> None:
    """Writes the training case of `options` into `out`, which is absent or empty; the same options give the same bytes.

    Raises UsageError when something lies there already, CaseError when it lies in a case, SpaceError when the disk is
    too small.
    """
    outside(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("something lies there already", remedy="name a folder that is empty or does not exist")
    need(out, NEEDED[options.size.name])
    aside = out.with_name(f".{out.name}.building")
    shutil.rmtree(aside, ignore_errors=True)  # what a killed call left
    aside.mkdir(parents=True)
    _write(aside, options, progress)
    if out.exists():
        out.rmdir()
    aside.rename(out)


def _write(out: Path, options: Options, progress: Progress) -> None:
    """Writes the training case into the empty folder `out`."""
    seed = options.seed
    plan, people = draw_plan(options)
    chain = build_chain(out / "chain", plan, progress)
    evidence = out / "evidence"
    files = _media(evidence, options, progress)
    written = write_exhibits(evidence, plan, people, chain, files, _images(options), progress)
    lists.write_lists(out / "lists", files, seed)
    write_tags(out / "tags" / "tags.yaml", plan, chain)
    write_prices(out / "prices" / "prices.csv")
    decisions = joined(
        reviewer.on_payments(plan, chain),
        reviewer.on_users(plan, people, chain),
        reviewer.on_persons(people),
        reviewer.on_media(out / "lists", files, evidence / "media", written.site, people),
    )
    reviewer.write_decisions(out / "reviewer" / "decisions.jsonl", decisions)
    (out / "reviewer" / "answers.toml").write_bytes(tomli_w.dumps(ANSWERS).encode())
    write_truth(out / "truth", plan, people, chain, written)


def _media(evidence: Path, options: Options, progress: Progress) -> pa.Table:
    """The media of the site: as files, or as rows with ready signatures."""
    if options.size.media_ready:
        evidence.mkdir(parents=True, exist_ok=True)
        return media.ready_media(options.size.media, options.seed, evidence / "media_signatures.csv", progress)
    return media.write_media(evidence / "media", options.size.media, options.seed, progress)


def _images(options: Options) -> Images:
    """The drawn images embedded where no image is expected, each another one."""
    few = 3 if options.size.name == "tiny" else 10
    drawn = [media.embedded_image(options.seed * 1_000 + i, "png" if i % 2 else "jpeg") for i in range(few + 1)]
    uri, part, book = (media.embedded_image(options.seed * 1_000 + 500 + i, "png") for i in range(3))
    return Images(drawn[1:], drawn[0], uri, part, book)
