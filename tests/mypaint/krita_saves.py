"""What Krita 5.1.5 leaves of an .ora when it saves it: layers with their names, but no recipe, maps or paper tile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.mypaint.ora.document import read_document
from tests.mypaint.ora_files import OraFile


def save_as_krita(source: Path, target: Path) -> None:
    """Saves a painting as Krita does: the same members and attributes, and layers without their empty rims."""
    with read_document(source) as document:
        ora = OraFile(document.width, document.height, None, xres=75, yres=75)
        for layer in document.layers():
            pixels = layer.pixels()
            rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
            top, left = (int(line[0]) if line.size else 0 for line in (rows, columns))
            bottom, right = (int(line[-1]) + 1 if line.size else 1 for line in (rows, columns))
            place: dict[str, Any] = {
                "x": layer.x + left,
                "y": layer.y + top,
                "visibility": "visible" if layer.visible else "hidden",
            }
            ora.layer(pixels[top:bottom, left:right], name=layer.name, opacity=f"{layer.opacity:g}", **place)
        if document.background is not None:
            tile = document.background.tile()
            ora.layer(np.tile(tile, (9, 9, 1))[: document.height, : document.width], name="background")
    ora.save(target)
