"""Exports a dream where paint needs one that is not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.cli.ui.notes import note

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile


def export_if_needed(brush: BrushFile, *, quiet: bool) -> None:
    """Export a brush's dream if the export is missing or older than the weights.

    Raises:
        ModelError: the brush has no dream, or a broken one.
        MissingPackageError: torch is needed, but not installed.
        OutputError: the folder of the dream cannot be written.
    """
    from dreambrush.models.catalogue import needs_export

    folder = brush.dream_folder()
    if not needs_export(folder):
        return
    need_train_packages(f"Preparing the brush {brush.name}")
    from dreambrush.train.export.networks import export_folder

    note(f"Preparing the brush {brush.name} for painting, this once ...", quiet=quiet)
    export_folder(folder, folder, anew=False)
