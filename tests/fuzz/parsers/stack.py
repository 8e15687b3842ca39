"""stack.xml: trees of layers and groups, and their attributes."""

from __future__ import annotations

import copy
import random
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command, onto

WEIGHT = 3000
NS = "{http://mypaint.org/ns/openraster}"
NAMES = (
    *("x", "y", "w", "h", "opacity", "visibility", "composite-op", "isolation", "src", "name", "selected"),
    *("edit-locked", "xres", "yres", "version", "mypaint_strokemap_v2", "background_tile"),
    *(NS + name for name in ("strokemap", "background-tile", "eotf", "json-settings", "frame-active", "version")),
)
VALUES = (
    *(
        "0",
        "1",
        "-1",
        "64",
        "63",
        "1e3",
        "1e18",
        "-1e18",
        "1e400",
        "nan",
        "inf",
        "-inf",
        "16777216",
        "16777217",
        "0x10",
    ),
    *(
        "",
        " 5 ",
        "1_000",
        "\u0661",
        "9" * 5000,
        "1.5",
        "0.5",
        "2.2",
        "1.0",
        "hidden",
        "HIDDEN",
        "true",
        "isolate",
        "auto",
    ),
    *("svg:src-over", "svg:dst-in", "svg:dst-out", "svg:dst-atop", "svg:src-atop", "svg:color", "svg:plus", "krita:x"),
    *("mypaint:spectral-wgm", "data/layer-00.png", "data/layer-01.png", "data/layer-01-strokemap.dat", "stack.xml"),
    *("mimetype", "data/mypaint-settings.json", "../x", "data//x", "x" * 2000, "\u202e\u0301", "300", "40000", "65536"),
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    image = ET.fromstring(base.painting["stack.xml"])
    for _ in range(rng.choice((1, 1, 2, 2, 3, 8))):
        _change(rng, image)
    try:
        xml = ET.tostring(image, rng.choice(("utf-8", "utf-8", "utf-16", "us-ascii", "iso-8859-1")))
    except RecursionError:
        xml = b"<image w='9' h='9'>" + b"<stack>" * 5000
    if rng.random() < 0.02:
        xml = xml.replace(b"<stack", b"<!DOCTYPE x><stack", 1)
    (folder / "x.ora").write_bytes(packed({**base.painting, "stack.xml": xml}))
    kind = rng.random()
    if kind < 0.35:
        return "inspect", "x.ora", "--json"
    if kind < 0.5:
        return "inspect", "x.ora"
    if kind < 0.75:
        return "render", "x.ora", "out.png"
    return onto(base, folder, rng)


def _change(rng: random.Random, image: ET.Element) -> None:
    every = list(image.iter())[:300]
    element, kind = rng.choice(every), rng.random()
    if kind < 0.6:
        name = rng.choice(NAMES if rng.random() < 0.5 else [*element.attrib, "x"])
        element.set(name, rng.choice(VALUES))
    elif kind < 0.7 and element.attrib:
        del element.attrib[rng.choice(list(element.attrib))]
    elif kind < 0.8:
        child = copy.deepcopy(rng.choice(every[1:] or every))
        if len(list(child.iter())) < 40:
            for _ in range(rng.choice((1, 1, 2, 20))):
                element.insert(rng.randrange(len(element) + 1), copy.deepcopy(child))
    elif kind < 0.88 and len(element):
        element.remove(rng.choice(list(element)))
    elif kind < 0.94:
        inner = element
        for _ in range(rng.choice((1, 3, 30, 63, 64, 70, 200))):
            inner = ET.SubElement(inner, "stack", {"x": rng.choice(("0", "16777216", "-64")), "isolation": "isolate"})
        inner.append(ET.Element("layer", {"src": "data/layer-01.png", "name": "deep"}))
    else:
        element.tag = rng.choice(("stack", "layer", "text", "image", "{x}layer", NS + "layer"))
