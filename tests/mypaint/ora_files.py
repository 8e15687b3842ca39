"""Makes small .ora files for tests: of any layers and groups, also such as no program writes."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Pixels

MYPAINT = "http://mypaint.org/ns/openraster"
ET.register_namespace("mypaint", MYPAINT)


def png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def noise(seed: int, height: int, width: int) -> Pixels:
    """Random colours; a third of the pixels is opaque, a third transparent, and the others are anything."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 4), np.uint8)
    kind = rng.integers(0, 3, (height, width))
    pixels[..., 3] = np.where(kind == 2, pixels[..., 3], kind * 255)
    some = rng.integers(0, 8, (height, width)) == 0  # greys and extremes, for rules that have steps
    pixels[some, :3] = rng.choice([0, 1, 64, 127, 128, 254, 255], (int(some.sum()), 1))
    return pixels


class OraFile:
    """An .ora in the making; the first layer that is added to a group is its topmost.

    Args:
        width: of the picture.
        height: of the picture.
        eotf: what it declares; None leaves it out.
        image: further attributes of <image>.
    """

    def __init__(self, width: int, height: int, eotf: float | None = 1.0, **image: object) -> None:
        self.members: dict[str, bytes] = {"mimetype": b"image/openraster"}
        self.image = ET.Element("image", named({"w": width, "h": height, "version": "0.0.5", **image}))
        if eotf is not None:
            self.image.set(f"{{{MYPAINT}}}eotf", str(eotf))
        self.root = ET.SubElement(self.image, "stack")

    def layer(self, pixels: Pixels | bytes, parent: ET.Element | None = None, **attributes: object) -> ET.Element:
        """Adds a layer; ``composite_op`` is the attribute composite-op, and None leaves one out."""
        source = f"data/layer-{len(self.members):03d}.png"
        self.members[source] = pixels if isinstance(pixels, bytes) else png(pixels)
        usual = {"name": f"Layer {len(self.members)}", "composite_op": "svg:src-over", "src": source}
        return ET.SubElement(self.root if parent is None else parent, "layer", named({**usual, **attributes}))

    def group(self, parent: ET.Element | None = None, **attributes: object) -> ET.Element:
        """Adds an isolated group that is Normal."""
        usual = {"name": "Group", "composite_op": "svg:src-over", "isolation": "isolate"}
        return ET.SubElement(self.root if parent is None else parent, "stack", named({**usual, **attributes}))

    def background(self, tile: Pixels, **attributes: object) -> ET.Element:
        """Adds the paper, after all layers."""
        element = self.layer(tile, None, **{"name": "background", **attributes})
        element.set(f"{{{MYPAINT}}}background-tile", element.attrib["src"])
        return element

    def save(self, path: Path | io.BytesIO, compression: int = zipfile.ZIP_STORED) -> None:
        with zipfile.ZipFile(path, "w", compression) as ora:
            for name, data in self.members.items():
                ora.writestr(name, data)
            if "stack.xml" not in self.members:
                ora.writestr("stack.xml", ET.tostring(self.image, encoding="utf-8"))


def named(attributes: dict[str, object]) -> dict[str, str]:
    return {name.replace("_", "-"): str(value) for name, value in attributes.items() if value is not None}
