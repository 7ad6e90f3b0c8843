"""Match: which seized files stand in a list, which resemble one, which belong together, and which nobody has seen."""

from leadline.model import findings
from leadline.model.predicates import CONTAINS_CLIP_OF, DIGEST_OF, KNOWN_AS, SAME_VIDEO_AS, SEIZED_IN, SIMILAR_TO
from leadline.steps.step import StepSpec

__all__ = ["SPEC"]

SPEC = StepSpec(
    name="match",
    method="digests-and-pdq-1",
    version=12,
    says="Sort media into known, similar and never seen, and join near copies to series.",
    reads=("media", "signature", "crop", "event", "media_fact"),
    pins=("list",),
    decides_on=(KNOWN_AS, SIMILAR_TO, SAME_VIDEO_AS, CONTAINS_CLIP_OF, DIGEST_OF, SEIZED_IN),
    settings=("forms",),
    writes=(
        findings.FINDING,
        findings.BASIS,
        findings.MATCH,
        findings.LEAD,
        findings.CHANCE,
        findings.COMMON,
        findings.IGNORED,
        findings.SERIES,
        findings.SEIZURE,
        findings.NAMED_DIGEST,
        findings.REVIEW,
        findings.REVIEW_GROUP,
        findings.UNSEARCHED,
        findings.SEARCHED,
    ),
    place="leadline.steps.match.run:run",
)
