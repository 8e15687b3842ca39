"""``dreambrush config``: shows the settings for painting, and where each comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dreambrush.cli.shared.configured import ConfiguredCommand
from dreambrush.config import FILE, Setting, user_file

EXAMPLES = """\b
Examples:
  dreambrush config
  dreambrush config photos/portrait.jpg
  DREAMBRUSH_STROKES=500 dreambrush config --json
"""


@click.command(epilog=EXAMPLES)
@click.argument("targets", metavar="[TARGET...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per setting.")
@click.option("--path", "only_path", is_flag=True, help="Print only the path of your own file.")
def config(targets: tuple[Path, ...], as_json: bool, only_path: bool) -> None:
    """Show the settings for painting, and where each comes from.

    You can keep options of `dreambrush paint` as settings, with underscores: strokes = 500, min_size = "1%",
    brush = ["oil", "ink"].

    Settings come from five places.  The first one that sets an option wins: the command line, variables such as
    DREAMBRUSH_STROKES, a dreambrush.toml in the folder of TARGET, your own file, the default.  A style ranks just
    below the place that names it.

    Without TARGET, the dreambrush.toml of the current folder is used.
    """
    from dreambrush.cli.paint.command import paint

    own = user_file()
    if only_path:
        click.echo(own)
        return
    with click.Context(paint, info_name="paint") as context:
        rows = _rows(paint, context, paint.settings(context, {}, targets or (Path("-"),)))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    cells = [(row["key"], _shown(row["value"]), row["level"], row["place"] or "") for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    for *first, place in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(first, widths, strict=True))
        click.echo(f"{line}  {place}".rstrip())
    click.echo(f"\nYour own file: {own}{'' if os.path.lexists(own) else ' (not there yet)'}")
    click.echo(f"For the pictures of one folder: a {FILE} in it.")


def _rows(command: ConfiguredCommand, context: click.Context, settings: Mapping[str, Setting]) -> list[dict[str, Any]]:
    """The key, value, level and place of each option."""
    rows = []
    for key, option in command.options().items():
        setting = settings.get(key)
        if setting is None:
            default = option.get_default(context)
            value = list(default) if isinstance(default, tuple) else default
            rows.append({"key": key, "value": _plain(value), "level": "default", "place": None})
        else:
            made = command.value(context, key, setting)
            value = made if isinstance(made, int | float) else list(made) if option.multiple else setting.value
            rows.append({"key": key, "value": value, "level": setting.level, "place": setting.place})
    return rows


def _plain(value: object) -> object:
    """A value that JSON has; None for options without a default."""
    return value if isinstance(value, str | int | float | list) else None


def _shown(value: object) -> str:
    """A value as TOML writes it."""
    return "-" if value is None else json.dumps(value, ensure_ascii=False)
