"""What the cells of a column are by their own form: checksums, grammars and lengths, never the column's name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin import address_columns, wallettext
from leadline.kinds.mapping.normalise import normal
from leadline.kinds.proposing.columns import Column
from leadline.model.countries import COUNTRIES

Mask = npt.NDArray[np.bool_]
SURE = 0.9
"""Share of the filled cells from which on a form is one that the column has: exports hold a few that are damaged."""
SOME = 0.05
"""Share below which a form is no rival either."""
DIGESTS = {"sha256": 64, "sha1": 40, "md5": 32}
"""Hexadecimal digits of a digest: txids are as long as SHA-256, fingerprints of keys as SHA-1."""
_SALTED = (
    r"^(?:\$(?:2[abxy]?|5|6|1|y|P|H|S|argon2\w*|scrypt|pbkdf2[\w-]*)\$|\{\w+\}|(?:pbkdf2_|bcrypt|argon2|scrypt)\S*\$)"
)
"""How salted password digests begin (crypt(5), phpass, Django, LDAP): equal passwords do not give equal text."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that cells of a column have: its name and the share of filled cells (distinct ones) that fit."""

    name: str
    share: float


def _matches(pattern: str) -> Callable[[pa.Array], Mask]:
    def fits(texts: pa.Array) -> Mask:
        return _mask(pc.match_substring_regex(texts, pattern))

    return fits


def _identifier(kind: str, pattern: str) -> Callable[[pa.Array], Mask]:
    """Cells that the rule of an identifier's kind takes, among those of a form that other kinds do not have."""

    def fits(texts: pa.Array) -> Mask:
        shaped = pc.match_substring_regex(texts, pattern)
        return _mask(pc.is_valid(normal(kind, pc.if_else(shaped, texts, None))))

    return fits


def _addresses(texts: pa.Array) -> Mask:
    return _mask(pc.is_valid(address_columns.read(texts, "").refs))


def _wallets(texts: pa.Array) -> Mask:
    shaped = pc.match_substring_regex(texts, r"(?:pub|prv)[1-9A-HJ-NP-Za-km-z]{100}|[a-z]+\(|[1-9A-HJ-NP-Za-km-z]{50}")
    found = [ok and next(wallettext.spans(text.encode()), None) is not None for ok, text in _pairs(shaped, texts)]
    return np.array(found, np.bool_)


def _pairs(shaped: pa.Array, texts: pa.Array) -> list[tuple[bool, str]]:
    return list(zip(shaped.to_pylist(), texts.to_pylist(), strict=True))


def _countries(texts: pa.Array) -> Mask:
    return _mask(pc.is_in(pc.utf8_lower(texts), pa.array(COUNTRIES)))


def _mask(found: pa.Array) -> Mask:
    mask: Mask = pc.fill_null(found, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask


FORMS: dict[str, Callable[[pa.Array], Mask]] = {
    "address": _addresses,
    "wallet": _wallets,
    "email": _identifier("email", "@"),
    "ip": _identifier("ip", r"^[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+$"),
    "phone": _identifier("phone", r"^(?:\+|00)[0-9 ()./-]+$"),
    "salted": _matches(_SALTED),
    "headers": _matches(r"(?mi)^Received:[\s\S]*^\S+:"),
    "pgp_block": _matches("-----BEGIN PGP PUBLIC KEY BLOCK-----"),
    **{name: _matches(rf"^[0-9A-Fa-f]{{{digits}}}$") for name, digits in DIGESTS.items()},
    "country": _countries,
    "currency": _matches(r"^(?:[A-Z]{3}|XBT|BTC)$"),
    "decimal": _matches(r"^-?[0-9]+(?:[.,][0-9]{1,18})$"),
    "words": _matches(r"\S\s+\S"),
    "url": _matches(r"^(?:https?|ftp)://"),
}
"""Each form, and which of the texts have it; the first that fits wins where two do."""


def forms(column: Column) -> tuple[Form, ...]:
    """The forms that cells of a column have, the likeliest first; none of a column without filled cells."""
    if not column.distinct:
        return ()
    found = [Form(name, float(fits(column.texts).mean())) for name, fits in FORMS.items()]
    return tuple(sorted((f for f in found if f.share >= SOME), key=lambda f: -f.share))
