"""Digests that records name, and the seized files that have them: one file, not two.

A chat or a log often names a file by its MD5 or SHA-1 alone. Where a file on a medium has that digest, the two are
tied: the file counts the uploads that name the digest, and the digest is no file of its own to search or to review.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from leadline.model import findings
from leadline.model.predicates import DIGEST_OF
from leadline.model.tables import from_rows
from leadline.steps.step import Claims, Inputs


@dataclass(frozen=True, slots=True)
class NamedDigests:
    """`found` has a row a digest named and file: media, file, hasher, and a place of each; `denied` those of them of
    which a person decided that the file is another; `absent` are the digests of the others."""

    found: pa.Table
    denied: frozenset[tuple[str, str]]

    @property
    def standing(self) -> pa.Table:
        """The rows that nobody denied."""
        pairs = zip(self.found["media"].to_pylist(), self.found["file"].to_pylist(), strict=True)
        return self.found.filter(pa.array([pair not in self.denied for pair in pairs], pa.bool_()))

    @property
    def absent(self) -> frozenset[str]:
        """The digests that are a seized file."""
        return frozenset(self.standing["media"].to_pylist())

    @property
    def single(self) -> pa.Table:
        """Columns media and file, of digests that one file alone has: MD5 and SHA-1 can be made to collide."""
        rows = self.standing.select(["media", "file"])
        named = rows["media"].to_pylist()
        files = Counter(named)
        return rows.filter(pa.array([files[name] == 1 for name in named], pa.bool_()))


def ties(inputs: Inputs, rejected: frozenset[bytes]) -> NamedDigests:
    """Every digest named in media or events that a seized file has; ties `rejected` by a person are denied."""
    text = """
        WITH named AS (
            SELECT media, exhibit, locator FROM media
            UNION ALL SELECT object, exhibit, locator FROM event WHERE object IS NOT NULL),
        bare AS (
            SELECT media, regexp_extract(media, '^media:(md5|sha1)-', 1) AS hasher,
                unhex(regexp_extract(media, '[0-9a-f]+$')) AS value, exhibit, locator
            FROM named WHERE regexp_matches(media, '^media:(md5|sha1)-')
            QUALIFY row_number() OVER (PARTITION BY media ORDER BY exhibit, locator) = 1),
        stated AS (
            SELECT media AS file, hasher, value, exhibit, locator FROM signature
            WHERE hasher IN ('md5', 'sha1') AND NOT regexp_matches(media, '^media:(md5|sha1)-')
            QUALIFY row_number() OVER (PARTITION BY media, hasher, value ORDER BY exhibit, locator) = 1)
        SELECT b.media, s.file, b.hasher, b.exhibit, b.locator, s.exhibit AS file_exhibit, s.locator AS file_locator
        FROM bare b JOIN stated s USING (hasher, value) ORDER BY ALL
    """
    found = inputs.sql(text)
    pairs = zip(found["media"].to_pylist(), found["file"].to_pylist(), strict=True) if rejected else ()
    return NamedDigests(found, frozenset(p for p in pairs if findings.finding_id(p[0], DIGEST_OF, p[1]) in rejected))


def claim(named: NamedDigests, claims: Claims) -> tuple[pa.Table, Mapping[str, list[bytes]]]:
    """The rows of model.findings.NAMED_DIGEST, and the findings of each file; each rests on the digest at both places.

    A tie that a person denied is claimed as before, with that decision, but stands in neither.
    """
    rows = []
    of: dict[str, list[bytes]] = defaultdict(list)
    for row in named.found.to_pylist():
        finding = claims.add(row["media"], DIGEST_OF, row["file"])
        claims.rest(finding, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
        claims.rest(finding, "exhibit", f"exhibit:{row['file_exhibit'].hex()}", row["file_locator"])
        if (row["media"], row["file"]) not in named.denied:
            rows.append((finding, row["media"], row["file"], row["hasher"]))
            of[row["file"]].append(finding)
    return from_rows(findings.NAMED_DIGEST, rows), of
