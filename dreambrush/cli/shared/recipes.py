"""Where commands take the recipe of a painting from, also when another program has saved the painting without it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import Decorator
from dreambrush.errors import DreambrushError, StrokesError

if TYPE_CHECKING:
    from dreambrush.mypaint.ora.document import Document

BACKUP_ENDING = "~"  # what Krita adds to the name of the file as it was before
OURS = frozenset({"Your turn", "Dreambrush"})
STAGES = frozenset({"Ground", "Block-in", "Middle tones", "Edges", "Accents"})
ENOUGH_STAGES = 2  # layers of these names are no chance

RECIPE: Decorator = click.option(
    "--recipe",
    "original",
    metavar="ORIGINAL.ora",
    type=click.Path(path_type=Path),
    shell_complete=ora_files,
    help="Take the strokes from this file: the painting as it was before another program saved it without them.  "
    "Krita keeps it as FILE.ora~.",
)


def settings_with_recipe(file: Path, document: Document, original: Path | None) -> tuple[Path, Mapping[str, Any]]:
    """The file that has the recipe, and its settings.

    Args:
        file: the painting.
        document: the painting, open for reading.
        original: the painting as it was before, if the user names it.

    Raises:
        OpenrasterError: the original cannot be read.
        StrokesError: the recipe is lost.
    """
    from dreambrush.mypaint.ora.document import read_document

    if original is not None:
        with read_document(original) as before:
            return original, before.settings
    if is_lost(document):
        raise StrokesError(
            f"'{file}' has lost its recipe, because another program has saved it.", advice(file), id="recipe-lost"
        )
    return file, document.settings


def is_lost(document: Document) -> bool:
    """Whether a file without a recipe has layers as in our paintings.  Krita keeps their names, but no recipe."""
    from dreambrush.recipe import KEY

    names = {node.name for node in document.root.walk()}
    return KEY not in document.settings and bool(names & OURS or len(names & STAGES) >= ENOUGH_STAGES)


def advice(file: Path) -> str:
    """Where the recipe of a file that has lost it may be."""
    backup = file.with_name(file.name + BACKUP_ENDING)
    if _has_recipe(backup):
        return f"The painting as it was before is '{backup}', which has the recipe: add --recipe '{backup}'"
    return (
        f"If you have the painting as dreambrush or MyPaint saved it, add --recipe ORIGINAL.ora.  Krita keeps it as "
        f"'{backup}' until you save again."
    )


def _has_recipe(file: Path) -> bool:
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.recipe import KEY

    if not os.path.isfile(file):
        return False
    try:
        with read_document(file) as document:
            return KEY in document.settings
    except DreambrushError:
        return False
