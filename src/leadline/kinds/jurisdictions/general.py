"""Every other country, and persons whose country no record names."""

from leadline.kinds.jurisdiction import Instrument, Jurisdiction

GENERAL = Jurisdiction(
    "general",
    frozenset(),
    (
        Instrument(
            "production",
            "request for mutual legal assistance",
            "through the central authorities; no machine-readable form is agreed",
            "the treaty between the two countries, or the Convention on Cybercrime (ETS 185) where both are party",
        ),
    ),
)
