"""The sound files that all others are made of; made once, by dreambrush itself."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from dreambrush.models.catalogue import find_brush, shipped_folder

NAME = "oil"
WIDTH, HEIGHT = 48, 32


@dataclass(frozen=True)
class Base:
    """Sound files in a folder."""

    folder: Path

    @cached_property
    def painting(self) -> dict[str, bytes]:
        """The members of a painting."""
        return members_of(self.folder / "painting.ora")

    @cached_property
    def settings(self) -> Any:
        """What MyPaint and dreambrush keep in it."""
        return json.loads(self.painting["data/mypaint-settings.json"])

    @cached_property
    def unfinished(self) -> dict[str, bytes]:
        """The members of a painting that is not finished: some of it is laid."""
        return members_of(self.folder / "unfinished.ora")

    @cached_property
    def early(self) -> dict[str, bytes]:
        """The members of one that is still being planned."""
        return members_of(self.folder / "early.ora")

    @cached_property
    def strokes(self) -> Any:
        """A file of strokes."""
        return json.loads((self.folder / "strokes.json").read_text())

    @cached_property
    def srgb(self) -> bytes:
        """A colour profile."""
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return file.getvalue()


def make(folder: Path) -> Base:
    """Makes the sound files in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([255 - 4 * x, 200 - 3 * y, 60 + 3 * x], axis=2).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "photo.png")
    _paint(folder)
    for file in ("card.json", "dream.onnx", "gradient.onnx", "dream.safetensors"):
        shutil.copy(shipped_folder("pretrained") / NAME / file, folder / file)
    return Base(folder)


def _paint(folder: Path) -> None:
    from dreambrush.cli.paint.resume import ResumeRequest
    from dreambrush.cli.paint.settings import PaintSettings
    from dreambrush.cli.shared.outputs import UNFINISHED
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.painter.options import RIDGE, PaintOptions
    from dreambrush.painter.painting import Painting
    from dreambrush.painter.run import paint
    from dreambrush.painter.save.autosave import Autosave
    from dreambrush.painter.save.checkpoint import read_state
    from dreambrush.painter.save.saving import save_painting
    from dreambrush.pictures.reading import load_picture
    from dreambrush.recipe import recipes_of

    brushes = [find_brush(NAME), find_brush("ink")]
    kept: list[Painting] = []
    more: dict[str, Any] = dict.fromkeys(each.name for each in fields(PaintSettings))
    more |= {"strokes": 42, "effort": 1, "hand": 0.3, "layers": 5, "min_pressure": 0.05, "jitter": 0.0, "edges": 0.0}
    # What is proposed along ridges remembers more, which can be damaged.
    settings = PaintSettings(**{**more, "controller": RIDGE, "pigment": False, "your_turn": True, "seed": 0})
    picture = load_picture(folder / "photo.png")
    painting = paint(
        picture, brushes, 42, 0, None, PaintOptions(effort=1, controller=RIDGE), autosave=Autosave(0, kept.append)
    )
    save_painting(folder / "painting.ora", painting, brushes, 0, settings.record())
    request = ResumeRequest.of(Path("photo.png"), None, (NAME, "ink"), brushes, settings, None)
    digests = {
        **request.digests,
        "": ResumeRequest.of(folder / "photo.png", None, (NAME,), brushes, settings, None).digests[""],
    }
    object.__setattr__(request, "digests", digests)
    moments = [(each, read_state(each.unfinished)) for each in kept if each.unfinished is not None]
    late = next(each for each, state in moments if state.laid_layers)
    early = next(each for each, state in moments if state.step.descent is not None and not state.layers)
    for name, begun in ("unfinished.ora", late), ("early.ora", early):
        assert begun.unfinished is not None
        members = {UNFINISHED: request.to_bytes(begun.unfinished)}
        save_painting(folder / name, begun, brushes, 0, settings.record(), members=members)
    with read_document(folder / "painting.ora") as document:
        (recipe,) = recipes_of(document.settings)
    recipe.strokes.save(folder / "strokes.json")
