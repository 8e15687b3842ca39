"""Shows an .ora as programs do that know only Normal: Krita blends display levels, GIMP 3 blends linear light."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Float64, Pixels
from tests.mypaint.ora_files import MYPAINT


def as_krita(path: Path) -> Pixels:
    """What a program shows that blends display levels: straight sRGB and alpha (h, w, 4)."""
    return _shown(path, linear=False)


def as_gimp(path: Path) -> Pixels:
    """What a program shows that blends linear light: straight sRGB and alpha (h, w, 4)."""
    return _shown(path, linear=True)


def furthest(one: Pixels, other: Pixels) -> float:
    """The largest difference of two pictures in levels, where colours count as much as they are opaque."""
    first, second = (_with_alpha(each).astype(np.float64) for each in (one, other))
    for picture in (first, second):
        picture[..., :3] *= picture[..., 3:] / 255
    return float(np.abs(first - second).max())


def _with_alpha(picture: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(picture).convert("RGBA"))


def _shown(path: Path, *, linear: bool) -> Pixels:
    with zipfile.ZipFile(path) as ora:
        image = ET.fromstring(ora.read("stack.xml"))
        canvas = np.zeros((int(image.attrib["h"]), int(image.attrib["w"]), 4))  # premultiplied
        stack = image.find("stack")
        assert stack is not None
        _lay(ora, stack, canvas, linear=linear)
    straight = canvas[..., :3] / np.maximum(canvas[..., 3:], 1e-9)
    shown = np.concatenate([_encoded(straight) if linear else straight, canvas[..., 3:]], 2)
    levels: Pixels = np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8)
    return levels


def _lay(ora: zipfile.ZipFile, stack: ET.Element, canvas: Float64, *, linear: bool) -> None:
    for element in reversed(stack):
        if element.get("visibility") == "hidden":
            continue
        x, y = (int(element.get(name, "0")) for name in ("x", "y"))  # which neither adds those of groups to
        opacity = float(element.get("opacity", "1"))
        if element.tag == "stack":
            paint = np.zeros_like(canvas)
            _lay(ora, element, paint, linear=linear)
        else:
            paper = f"{{{MYPAINT}}}background-tile" in element.attrib
            paint = _framed(ora.read(element.attrib["src"]), canvas.shape[:2], x, y, linear=linear, repeat=paper)
        paint = paint * opacity
        canvas[:] = paint + canvas * (1 - paint[..., 3:])


def _framed(png: bytes, size: tuple[int, int], x: int, y: int, *, linear: bool, repeat: bool) -> Float64:
    """The premultiplied pixels of a layer in a picture of (height, width) pixels."""
    with Image.open(io.BytesIO(png)) as image:
        frame = Image.new("RGBA", size[::-1])
        for down in range(y, size[0] if repeat else y + 1, image.height):  # tests have papers of one tile
            for along in range(x, size[1] if repeat else x + 1, image.width):
                frame.paste(image.convert("RGBA"), (along, down))
    pixels = np.asarray(frame) / 255
    if linear:
        pixels[..., :3] = _light(pixels[..., :3])
    pixels[..., :3] *= pixels[..., 3:]
    return pixels


def _light(colour: Float64) -> Float64:
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def _encoded(light: Float64) -> Float64:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
