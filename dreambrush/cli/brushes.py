"""``dreambrush brushes``: which brushes there are."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per brush.")
def brushes(as_json: bool) -> None:
    """List the brushes.

    Tells of each its name, whether it has a dream to paint with, and its file.

    A brush without a dream gets one with: dreambrush train BRUSH
    """
    from dreambrush.models import list_brushes

    found = list_brushes()
    if as_json:
        for brush in found:
            dream = str(brush.dream) if brush.dream else None
            click.echo(json.dumps({"name": brush.name, "path": str(brush.path), "dream": dream}))
        return
    width = max((len(brush.name) for brush in found), default=0)
    for brush in found:
        click.echo(f"{brush.name:{width}}  {'dream' if brush.dream else 'no dream':8}  {brush.path}")
