"""``dreambrush paint --onto``: where in the artist's own work to paint, and how the result is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.fitting import Box, fitted, soft_region
from dreambrush.cli.shared.outputs import Outputs, check_output, plan_names
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.arrays import Float32, Pixels
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.mypaint.ora.document import Document, PaintLayer
    from dreambrush.painter.painting import Painting
    from dreambrush.painter.see.backdrop import Backdrop
    from dreambrush.pictures.limits import Limits

GROUP = "Dreambrush"
FITS = CONTAIN, CROP, FRAME = ("contain", "crop", "frame")
BOX = re.compile(r"\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*")  # x, y, width, height in pixels


@dataclass(frozen=True)
class Onto:
    """The artist's work to paint into, and where in it.

    Attributes:
        file: the artist's .ora.
        above: the layer to paint above, by name or number; None paints above all layers.
        region: a layer, whose paint says where to paint, or x,y,w,h in pixels; None is everywhere.
        mask: a picture that is light where to paint; None is everywhere.
        in_place: change the file itself, after a backup.
        fit: one of ``FITS``: how the picture lies in the rectangle of the region, or in the work.
    """

    file: Path
    above: str | None
    region: str | None
    mask: Path | None
    in_place: bool
    fit: str = FITS[0]

    @classmethod
    def asked(
        cls,
        file: Path | None,
        above: str | None,
        region: str | None,
        mask: Path | None,
        in_place: bool,
        fit: str | None,
    ) -> Onto | None:
        """What the options ask for; None if there is no --onto.

        Raises:
            UsageError: another of these options comes without --onto.
        """
        if file is not None:
            return cls(file, above, region, mask, in_place, fit or FITS[0])
        others = {"--above": above, "--region": region, "--mask": mask, "--in-place": in_place, "--fit": fit}
        for name, value in others.items():
            if value:
                raise UsageError(
                    f"{name} needs --onto.",
                    "Name your work: --onto WORK.ora",
                    id="option-needs-another",
                )
        return None

    def outputs(self, outputs: Sequence[Path], formats: Sequence[str], dpi: int, *, overwrite: bool) -> Outputs:
        """The files to write.  They are free and writable.

        Args:
            outputs: files or folders that the user names; none means the current folder.
            formats: of the files in folders.
            dpi: pixels an inch in flat files.
            overwrite: existing files may be replaced.

        Raises:
            UsageError: a file has an ending that cannot be saved, or there is an output as well as --in-place.
            OutputError: one cannot be written.
        """
        if self.in_place:
            if outputs:
                raise UsageError(
                    "-o and --in-place cannot be used together.", "Leave one of them out.", id="options-conflict"
                )
            check_output(self.file, overwrite=True)
            return Outputs(self.file)
        stem = f"{self.file.stem}-painted"
        (planned,) = plan_names([stem], outputs, overwrite=overwrite, formats=formats, dpi=dpi)
        return planned

    def look(self, target: Path, limits: Limits | None = None) -> tuple[Float32, Backdrop]:
        """The picture, fitted into the frame of the work, and the work itself.

        Raises:
            OpenrasterError: the work cannot be read or rendered.
            PictureError: the picture or the mask cannot be read.
            UsageError: there is no such layer, or no place to paint.
        """
        from dreambrush.mypaint.ora.document import read_document
        from dreambrush.painter.see.backdrop import check_work, find_node, see_backdrop

        with read_document(self.file) as document:
            check_work(document)
            above = None if self.above is None else find_node(document, self.above)
            picture, frame = self._fitted(target, document, limits)
            return picture, see_backdrop(document, above, self._where(document, frame))

    def save(
        self,
        output: Path,
        painting: Painting,
        brushes: Sequence[BrushFile],
        seed: int,
        options: Mapping[str, Any],
        *,
        your_turn: bool,
        overwrite: bool,
        members: Mapping[str, bytes | None],
        in_place: bool,
    ) -> str:
        """Write the work with the new layers.  Return a note for the user, or ""."""
        from dreambrush.mypaint.ora.document import read_document
        from dreambrush.mypaint.ora.insertion import insert_layers, insert_layers_in_place
        from dreambrush.painter.save.saving import recipe_of, to_paint_on, your_turn_layer
        from dreambrush.painter.see.backdrop import find_node

        recipe = recipe_of(painting, brushes, seed, options)
        layers = list(painting.layers)
        if your_turn:
            layers.append(your_turn_layer(recipe))
        with read_document(self.file) as document:
            path = None if self.above is None else find_node(document, self.above).path

        def record(ours: Mapping[str, Any]) -> dict[str, Any]:
            before = ours.get("paintings")
            return {**ours, "paintings": [*(before if isinstance(before, list) else []), recipe.to_json()]}

        top = to_paint_on(layers)
        how: dict[str, Any] = {"record": record, "above": path, "selected": top, "members": members}
        if in_place:
            _, backup = insert_layers_in_place(self.file, layers, GROUP, **how)
            return f"A backup of your work is '{backup}'."
        insert_layers(self.file, output, layers, GROUP, overwrite=overwrite, **how)
        return ""

    def _fitted(self, target: Path, document: Document, limits: Limits | None) -> tuple[Float32, Box]:
        """The picture in the frame of the work, and the rectangle in which it lies."""
        whole = Box(0, 0, document.width, document.height)
        found = None if self.region is None or self.fit == FRAME else BOX.fullmatch(self.region)
        box = whole if found is None else Box(*map(int, found.groups()))
        if not (box.width and box.height and box.within(whole)):
            raise _no_place()
        return fitted(target, box, whole, limits, crop=self.fit == CROP)

    def _where(self, document: Document, frame: Box) -> Pixels | None:
        """Where paint may go, (h, w) uint8; None for everywhere.

        Args:
            document: the work.
            frame: where the picture lies.
        """
        import numpy as np

        from dreambrush.pictures.reading import load_mask

        parts = []
        if self.region is not None:
            box = BOX.fullmatch(self.region)
            if box is None:
                parts.append(_layer_region(document, self.region))
            elif self.fit == FRAME:
                parts.append(Box(*map(int, box.groups())).region(document.width, document.height))
            else:
                parts.append(soft_region(frame, document.width, document.height))
        if self.mask is not None:
            parts.append(np.rint(load_mask(self.mask, document.width, document.height) * 255).astype(np.uint8))
        if not parts:
            return None
        where: Pixels = np.minimum.reduce(parts)
        if not where.any():
            raise _no_place()
        return where


def _no_place() -> UsageError:
    return UsageError(
        "--region and --mask leave no place to paint.", "Choose another --region or --mask.", id="no-place-left"
    )


def _layer_region(document: Document, name: str) -> Pixels:
    from dreambrush.mypaint.ora.document import Group
    from dreambrush.painter.see.backdrop import find_node, region_of

    node = find_node(document, name)
    if isinstance(node, Group):
        raise UsageError(
            f"“{name}” is a group.",
            "Name a layer of it for --region, or x,y,width,height in pixels.",
            id="layer-is-a-group",
        )
    layer: PaintLayer = node
    return region_of(document, layer)
