"""``dreambrush export``: exports trained weights to ONNX, which painting runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.options import BRUSH, QUIET, folder_option
from dreambrush.cli.shared.packages import need_train_packages

if TYPE_CHECKING:
    pass

EXAMPLES = """\b
Examples:
  dreambrush export my-brush
  dreambrush export my-brush -o to-share/my-brush
"""


@click.command(epilog=EXAMPLES)
@BRUSH
@folder_option("Copy the whole model into this folder.  [default: export where the model is]")
@QUIET
def export(brush: str, output: Path | None, quiet: bool) -> None:
    """Export the trained networks of a brush to ONNX.

    BRUSH is a brush or the folder of its model.  The dream is exported from its weights (.safetensors).  The export
    is compared with torch.  The largest difference goes into the model's card, and a large one is an error.

    You rarely need this command: `dreambrush train` ends with it, and `dreambrush paint` runs it when an export
    is missing.
    """
    from dreambrush.cli.shared.outputs import check_folder
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.myb import read_myb

    brush_file = find_brush(brush)
    read_myb(brush_file.path)  # "it is broken" helps more than "it has no dream"
    folder = brush_file.dream_folder()
    check_folder(output or folder)
    need_train_packages("Exporting")
    from dreambrush.train.export.networks import export_folder

    card = export_folder(folder, output or folder)
    if not quiet:
        largest = card["onnx_difference"]["max_abs"]
        found = ", ".join(f"{name} differs from torch by at most {value:.1g}" for name, value in largest.items())
        click.echo(f"{output or folder}: {found}.", err=True)
