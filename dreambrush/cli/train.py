"""``dreambrush train``: teach dreambrush what a brush does."""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.options import BRUSH, QUIET, folder_option, seed_option, whole_number
from dreambrush.cli.progress import progress_bar
from dreambrush.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

TRAIN_PACKAGES = ("torch", "safetensors", "onnx", "onnxscript")
"""What training imports of the extra "train" in pyproject.toml."""

DEFAULT_STROKES = 20_000

EXAMPLES = """\b
Examples:
  dreambrush train my-brush.myb
  dreambrush paint photo.jpg --brush my-brush
"""


@click.command(epilog=EXAMPLES)
@BRUSH
@folder_option("Folder for the dream.  [default: where dreambrush finds it by the brush's name]")
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(100, 1_000_000),
    default=DEFAULT_STROKES,
    show_default=True,
    help="How many random strokes to learn from, 100 to 1000000.",
)
@seed_option("Chooses the random strokes and the first weights.")
@QUIET
def train(brush: str, output: Path | None, strokes: int, seed: int, quiet: bool) -> None:
    """Teach dreambrush what a brush does.

    Random strokes are painted with MyPaint's engine, a small network learns to foretell them (the brush's
    "dream"), and is saved for painting.  An older dream in that folder is replaced.
    """
    from dreambrush.models import find_brush, user_dreams
    from dreambrush.mypaint.myb import read_myb

    brush_file = find_brush(brush)
    read_myb(brush_file.path)  # a broken brush shall not leave an empty folder
    folder = output or user_dreams() / brush_file.name
    train_dream = _load_trainer()
    started = time.perf_counter()
    with progress_bar(brush_file.name, quiet=quiet) as update:

        def show(stage: str, done: int, total: int) -> None:
            if update is not None:
                update(stage, done, total, "")

        saved = train_dream(brush_file, folder, strokes, seed, show)
    if not quiet:
        seconds = time.perf_counter() - started
        click.echo(f"{saved}: the dream of {brush_file.name}, trained in {seconds:.0f} s.", err=True)


def _load_trainer() -> Callable[..., Path]:
    """Import what training needs, all of it before the first minute of work, or say how to install it."""
    missing: list[str] = []
    for package in TRAIN_PACKAGES:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            absent = (error.name or "").partition(".")[0]
            if absent not in TRAIN_PACKAGES:
                raise
            if absent not in missing:
                missing.append(absent)
    if missing:
        raise MissingPackageError(
            f"Training needs Python packages that are not installed: {', '.join(missing)}.",
            f"Install them with: pip install {' '.join(missing)}",
        )
    from dreambrush.dream.train import train_dream

    return train_dream
