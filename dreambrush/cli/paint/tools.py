"""The files that a painting needs beside its picture, for a machine that has none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.job import Job
from dreambrush.jobs.parcel import Parcel, unpacked
from dreambrush.styles import load_style

if TYPE_CHECKING:
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
    def of(cls, job: Job) -> Tools:
        """What a job needs.

        Raises:
            PictureError: a file cannot be read.
            UsageError: the style is gone or broken.
        """
        places, brushes = {}, []
        for number, brush in enumerate(job.brushes):
            name, dream = f"brushes/{number}/{brush.path.name}", f"dreams/{number}"
            places[name] = brush.path
            places |= {
                f"{dream}/{each.name}": each for each in sorted(brush.dream_folder().iterdir()) if each.is_file()
            }
            brushes.append(replace(brush, path=Path(name), dream=Path(dream), called=brush.mypaint_name))
        chosen = {name: getattr(job.settings, name) for name in FILE_SETTINGS}
        files = {name: Path(value) for name, value in chosen.items() if value and os.path.isfile(value)}
        if job.settings.style is not None:  # by content, for a style of the worker's may have the same name
            files["style"] = load_style(job.settings.style).path
        settings = {name: f"settings/{name}/{path.name}" for name, path in files.items()}
        places |= {settings[name]: path for name, path in files.items()}
        return cls(Parcel.of(places), tuple(brushes), settings, {name: str(path) for name, path in places.items()})

    def given_to(self, job: Job) -> tuple[Job, dict[str, str]]:
        """The job with copies of the tools, and what the copies are called where they come from."""
        folder = unpacked(self.parcel)
        brushes = [replace(each, path=folder / each.path, dream=folder / str(each.dream)) for each in self.brushes]
        files: dict[str, Any] = {name: str(folder / place) for name, place in self.settings.items()}
        here = replace(job.settings, **files)
        known = {str(folder / name): place for name, place in self.places.items()}
        return replace(job, brushes=brushes, here=here), known
