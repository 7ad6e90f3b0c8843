"""Everything an agency would receive, written into one folder: site, backup, log, pages, returns, enquiries."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import tomli_w

from leadline.model.progress import Progress
from leadline.scenario.backup import write_dump
from leadline.scenario.enquiries import draw_enquiries, write_enquiries
from leadline.scenario.exchange_returns import (
    harbour,
    northgate,
    write_csv,
    write_workbook,
)
from leadline.scenario.logs import write_log
from leadline.scenario.pages import write_config, write_pages
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.scenario.site import draw_site
from leadline.scenario.truth import Written
from leadline.scenario.wal import write_live

AUTHORITIES = {
    "site": "search and seizure warrant, training case",
    "backup": "search and seizure warrant, training case",
    "logs": "search and seizure warrant, training case",
    "pages": "public page capture, training case",
    "media": "search and seizure warrant, training case",
    "media_signatures.csv": "search and seizure warrant, training case",
    "returns": "subpoena, training case",
    "enquiries.csv": "request to local authorities, training case",
}
"""Under which authority each group of exhibits came in; invented."""
ACQUIRED = {
    "site": "2018-03-05T09:00:00Z",
    "backup": "2018-03-05T11:30:00Z",
    "logs": "2018-03-05T09:20:00Z",
    "pages": "2016-11-20T14:00:00Z",
    "media": "2018-03-05T12:00:00Z",
    "media_signatures.csv": "2018-03-08T08:00:00Z",
    "returns": "2018-04-02T09:00:00Z",
    "enquiries.csv": "2018-05-15T10:00:00Z",
}
"""When each group came in."""

MAPS = {
    "backup/market.sql": "market_backup",
    "returns/northgate_customers.csv": "northgate",
    "returns/northgate_withdrawals.csv": "northgate",
    "returns/northgate_logins.csv": "northgate",
    "returns/harbour.xlsx": "harbour",
    "enquiries.csv": "enquiries",
    "media_signatures.csv": "media_signatures",
}
"""The shipped map of each file; the site is taken by a proposal (ANSWERS), the others by their reader's default."""

ANSWERS = {"site": "site", "cold_settings": "cold_key", "role_of_wallets_address": "payment", "network": "regtest"}
"""What the scripted analyst answers where the proposal of a map for the site leaves a question open."""

RESTRICTIONS = {"returns/harbour.xlsx": ["mlat_use"]}
"""What one of the returns carries, as an answer to a letter of request does: it may be used for what was asked only."""

EMBEDDED = pa.schema([("exhibit", pa.string()), ("place", pa.string()), ("sha256", pa.string()), ("size", pa.int64())])
"""One row an image embedded where no image is expected."""


@dataclass(frozen=True, slots=True)
class Images:
    """Drawn images to plant: cells of the live site, the backup's message, a data: URI, a MIME part, a workbook."""

    thumbs: Sequence[bytes]
    blob: bytes
    uri: bytes
    part: bytes
    book: bytes


def write_exhibits(
    folder: Path, plan: Plan, people: People, chain: ChainTruth, media: pa.Table, images: Images, progress: Progress
) -> Written:
    """Writes every exhibit but the media files themselves, and evidence.toml; gives what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    site = draw_site(plan, people, chain, media, list(images.thumbs))
    write_live(folder / "site" / "market.db", site, progress)
    message = write_dump(folder / "backup" / "market.sql", site, images.blob, progress)
    logged = write_log(folder / "logs" / "access.log", plan, people)
    write_pages(folder / "pages", plan, images.uri, images.part)
    write_config(folder / "site" / "site.conf", plan.options.seed)
    answers = (northgate(plan, people, chain), harbour(plan, people, chain))
    write_csv(folder / "returns", answers[0].sheets)
    member = write_workbook(folder / "returns" / "harbour.xlsx", answers[1].sheets, images.book)
    enquiries = draw_enquiries(plan, people)
    write_enquiries(folder / "enquiries.csv", enquiries)
    cells = site.tables["files"].filter(pa.array(site.live["files"]))
    places = [
        ("site/market.db", f"files/{id_}", image)
        for id_, image in zip(cells["id"].to_pylist(), cells["thumb"].to_pylist(), strict=True)
        if image
    ]
    if message:
        places.append(("backup/market.sql", f"pm/{message}", images.blob))
    places += [("pages/item.html", "data:", images.uri), ("pages/capture.mhtml", "part", images.part)]
    places.append(("returns/harbour.xlsx", f"part:{member}", images.book))
    embedded = pa.Table.from_pylist(
        [
            {"exhibit": exhibit, "place": place, "sha256": hashlib.sha256(image).hexdigest(), "size": len(image)}
            for exhibit, place, image in places
        ],
        schema=EMBEDDED,
    )
    _write_index(folder, ready=plan.options.size.media_ready)
    return Written(site, media, embedded, enquiries, logged, answers)


def _write_index(folder: Path, *, ready: bool) -> None:
    """Writes evidence.toml: one entry a file, the media folder as one."""
    files = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".toml" and not path.relative_to(folder).as_posix().startswith("media/")
    )
    files = [name for name in files if not name.endswith(("-wal", "-shm"))]
    if not ready:
        files.append("media")
    exhibits = []
    for number, name in enumerate(sorted(files), 1):
        group = name.partition("/")[0]
        exhibits.append(
            {
                "path": name,
                "map": MAPS.get(name, ""),
                "authority": AUTHORITIES[group],
                "acquired_at": ACQUIRED[group],
                "acquired_by": "Training Officer 3",
                "item": f"TC/{number}",
                "restrictions": RESTRICTIONS.get(name, []),
            }
        )
    (folder / "evidence.toml").write_bytes(tomli_w.dumps({"exhibit": exhibits}).encode())
