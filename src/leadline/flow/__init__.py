"""Order, staleness and resume: where steps, store and engines meet."""

from leadline.flow.order import LAST, STEPS, step
from leadline.flow.pins import files_of, pin
from leadline.flow.run import Outcome, run, run_step, stale_steps

__all__ = ["LAST", "STEPS", "Outcome", "files_of", "pin", "run", "run_step", "stale_steps", "step"]
