"""The training chain of a plan: block files, and what happened on them."""

from pathlib import Path

from leadline.model.progress import Progress, silent
from leadline.scenario.chain.growing import grow
from leadline.scenario.chain.truth import tables
from leadline.scenario.plan import ChainTruth, Plan


def build_chain(out: Path, plan: Plan, progress: Progress = silent) -> ChainTruth:
    """Write regtest block files ``blk00000.dat`` ... of `plan` into `out` and give the truth about them.

    The same plan gives the same bytes. Signed sizes are accepted by Bitcoin Core block by block.
    """
    return tables(grow(out, plan, progress), plan.options.size.accounts)
