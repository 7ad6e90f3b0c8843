"""leadline scenario: the training case, on which nobody's real records are needed."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import JSON, answer, progress
from leadline.scenario.build import build
from leadline.scenario.plan import SIZES, Options, Shares

SHARES = tuple(f.name for f in fields(Shares))
"""The shares that are options, in parts per million."""


def _with_shares(command: Any) -> Any:
    """`command` with an option a share; its default is the plan's."""
    default = Shares()
    for name in reversed(SHARES):
        option = click.option(
            f"--{name.replace('_', '-')}",
            name,
            type=click.IntRange(0, 1_000_000),
            default=getattr(default, name),
            show_default=True,
            help="Share of this case, in parts per million.",
        )
        command = option(command)
    return command


@click.command("build")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="tiny", show_default=True, help="How much of everything."
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Same seed, same bytes.")
@_with_shares
@JSON
def build_command(folder: Path, size: str, seed: int, as_json: bool, **shares: int) -> None:
    """Write what an agency would receive into DIR, and the truth beside it."""
    with progress() as report:
        build(folder, Options(SIZES[size], seed, Shares(**shares)), report)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    total = sum(p.stat().st_size for p in files)
    value = {"ok": True, "dir": str(folder), "size": size, "seed": seed, "files": len(files), "bytes": total}
    answer(value, [f"{size} training case, seed {seed}: {len(files):,} files, {total:,} bytes"], as_json=as_json)
