"""The files that a painting needs beside its picture, for a machine that has none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.job import Job
from dreambrush.jobs.parcel import Parcel, unpacked
from dreambrush.styles import load_style

if TYPE_CHECKING:
    from dreambrush.cli.paint.settings import PaintSettings
    from dreambrush.models.catalogue import BrushFile

FILE_SETTINGS = ("focus", "flow", "palette")  # that may name a file


@dataclass(frozen=True)
class Tools:
    """Brushes, their dreams, and files that settings name.

    Attributes:
        parcel: all files.
        brushes: the brushes; their paths are names in the parcel.
        settings: names in the parcel, by the name of the setting.
        places: where each file lies on the machine that sends it, by its name in the parcel.
    """

    parcel: Parcel
    brushes: tuple[BrushFile, ...]
    settings: Mapping[str, str]
    places: Mapping[str, str]

    @classmethod
    def of(cls, brushes: Sequence[BrushFile], settings: PaintSettings | None = None) -> Tools:
        """What paintings need.

        Args:
            brushes: have dreams.
            settings: of the paintings; None if they name no files.

        Raises:
            PictureError: a file cannot be read.
            UsageError: the style is gone or broken.
        """
        places, copies = {}, []
        for number, brush in enumerate(brushes):
            name, dream = f"brushes/{number}/{brush.path.name}", f"dreams/{number}"
            places[name] = brush.path
            places |= {
                f"{dream}/{each.name}": each for each in sorted(brush.dream_folder().iterdir()) if each.is_file()
            }
            copies.append(replace(brush, path=Path(name), dream=Path(dream), called=brush.mypaint_name))
        files = {} if settings is None else _named_files(settings)
        names = {setting: f"settings/{setting}/{path.name}" for setting, path in files.items()}
        places |= {names[setting]: path for setting, path in files.items()}
        return cls(Parcel.of(places), tuple(copies), names, {name: str(path) for name, path in places.items()})

    def brushes_here(self) -> list[BrushFile]:
        """Copies of the brushes on this machine."""
        folder = unpacked(self.parcel)
        return [replace(each, path=folder / each.path, dream=folder / str(each.dream)) for each in self.brushes]

    def given_to(self, job: Job) -> tuple[Job, dict[str, str]]:
        """The job with copies of the tools, and what the copies are called where they come from."""
        folder = unpacked(self.parcel)
        files: dict[str, Any] = {name: str(folder / place) for name, place in self.settings.items()}
        known = {str(folder / name): place for name, place in self.places.items()}
        return replace(job, brushes=self.brushes_here(), here=replace(job.settings, **files)), known


def _named_files(settings: PaintSettings) -> dict[str, Path]:
    """The files that settings name, by the settings' names."""
    chosen = {name: getattr(settings, name) for name in FILE_SETTINGS}
    files = {name: Path(value) for name, value in chosen.items() if value and os.path.isfile(value)}
    if settings.style is not None:  # by content, for a style of the worker's may have the same name
        files["style"] = load_style(settings.style).path
    return files
