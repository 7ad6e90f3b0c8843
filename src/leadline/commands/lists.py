"""leadline hashlist info|convert: what a hash list holds before it is pinned, and the same list as VICS."""

from pathlib import Path

import click

from leadline.commands.terminal import JSON, answer
from leadline.kinds.codecs.other_tools import MAY_MISS
from leadline.model.meanings import QUARANTINE
from leadline.views import hashlists as view

LIST = click.argument("list_path", metavar="LIST", type=click.Path(path_type=Path))


@click.command()
@LIST
@JSON
def info(list_path: Path, as_json: bool) -> None:
    """Say what LIST holds: entries and hashes a kind, categories, rows kept aside, and what hashes may miss ours."""
    value = view.info(list_path)
    lines = [
        f"{value['format']} list, {value['entries']:,} entries, version {value['version'] or 'unknown'}, "
        f"dated {value['dated'] or 'unknown'}",
        f"  licence: {value['licence'] or 'not stated; say it with leadline case set --licence when you pin the list'}",
        *(f"  {n:,} {kind}" for kind, n in value["hashes"].items()),
        *(f"  {n:,} entries of category {category}" for category, n in value["categories"].items()),
        *(f"  {n:,} rows kept aside: {QUARANTINE[word]}" for word, n in value["kept_aside"].items()),
        *(
            f"  {n:,} perceptual hashes may meet none of ours: {MAY_MISS[word]}"
            for word, n in value["may_miss"].items()
        ),
    ]
    answer(value, lines, as_json=as_json)


@click.command()
@LIST
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .json.")
@click.option(
    "--scheme",
    type=click.Choice(view.SCHEMES),
    default=view.SCHEMES[0],
    show_default=True,
    help="Whose categories to write; entries with others keep their hashes and have none.",
)
@click.option("--licence", default="", help="The terms of the list, where it does not state them itself.")
@JSON
def convert(list_path: Path, out: Path, scheme: str, licence: str, as_json: bool) -> None:
    """Write LIST as VICS JSON, data model 2.0 (1.3 for the scheme vics); notes and miniatures stay behind.

    The terms under which the list may be used go along, as an annotation that Leadline reads again.
    """
    value = view.convert(list_path, out, scheme, licence)
    lines = [
        f"{value['entries']:,} entries: {out}",
        f"  licence: {value['licence'] or 'not stated; state it with --licence'}",
    ]
    if value["without_category"]:
        lines.append(f"  {value['without_category']:,} of them have a category of another scheme, which was left out")
    answer(value, lines, as_json=as_json)
