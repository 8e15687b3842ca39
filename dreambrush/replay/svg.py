"""A painting's strokes as a drawing of vectors (SVG), for programs that know no brushes.

A stroke is a quadratic Bezier curve with round or square ends, as wide and as opaque as on the real canvas.  If its
width changes, it is drawn as an outline.  Bristles and grain within a stroke are lost, and so is how wet paint and
pigments mix.
"""

from __future__ import annotations

import base64
import io
import re
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from dreambrush.arrays import Float64, Pixels
from dreambrush.bezier import point_at
from dreambrush.recipe import Recipe
from dreambrush.replay.stroke_looks import NARROWEST, TAPERED, looks_of

OPAQUE = 0.98  # more counts as fully opaque

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, "Char"


def to_svg(recipe: Recipe) -> str:
    """Draws the strokes of a recipe: one group for each layer, in painting order, over the ground.

    The groups are layers for Inkscape.  Lengths are the painting's pixels, to a hundredth.

    Args:
        recipe: recipe of a painting; where the painting is transparent, the drawing is cut to its shape.
    """
    width, height = recipe.strokes.size
    paths = _paths(recipe)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    ]
    cut = ""
    if recipe.alpha is not None:
        lines += [f'<mask id="shape"><image width="{width}" height="{height}" href="{_data(recipe.alpha)}"/></mask>']
        cut = ' mask="url(#shape)"'
    lines += [f'<g fill="none" stroke-linecap="round"{cut}>']
    if recipe.ground is not None:
        colour = bytes(recipe.ground).hex()
        lines += [f'<rect id="ground" width="{width}" height="{height}" fill="#{colour}"/>']
    for index, name in enumerate(recipe.strokes.layers):
        label = quoteattr(_NOT_XML.sub("\ufffd", name))
        lines += [f'<g id="layer-{index + 1}" inkscape:groupmode="layer" inkscape:label={label}>']
        lines += [paths[stroke] for stroke in np.flatnonzero(recipe.strokes.layer == index) if paths[stroke]]
        lines += ["</g>"]
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _paths(recipe: Recipe) -> list[str]:
    """The SVG element of each stroke; "" if it leaves no paint."""
    path = recipe.strokes.path.astype(np.float64)
    looks = looks_of(recipe.strokes, recipe.brushes)
    colours = np.rint(recipe.strokes.colour * 255).astype(np.uint8)
    seen = looks.ahead, looks.half_width, looks.opacity, map(bytes, colours), looks.blunt
    return [_element(*stroke) for stroke in zip(path, *seen, strict=True)]


def _element(path: Float64, ahead: Float64, half: Float64, opacity: float, colour: bytes, blunt: bool) -> str:
    if half.max() <= 0 or opacity <= 0.005:
        return ""
    half = np.maximum(half, NARROWEST)
    seen = "" if opacity >= OPAQUE else f' opacity="{_short(opacity)}"'
    outline = _outline(path, ahead, half, blunt) if half.max() >= TAPERED * half.min() else None
    if outline is not None:
        return f'<path fill="#{colour.hex()}"{seen} d="{outline}"/>'
    start, control, end = path
    width = _short(half[0] / 2 + half[1] + half[2] / 2)  # twice the mean, the middle counting double
    cap = ' stroke-linecap="butt"' if blunt else ""
    shape = f"M{_pair(start)}Q{_pair(control)} {_pair(end)}"
    return f'<path stroke="#{colour.hex()}" stroke-width="{width}"{cap}{seen} d="{shape}"/>'


def _outline(path: Float64, ahead: Float64, half: Float64, blunt: bool) -> str | None:
    """The outline of a stroke: along one side, round the end and back.  None if a side would turn back."""
    start, control, end = path
    centre = np.stack([start, point_at(start, control, end, 0.5), end])
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * half[:, None]
    left, right = centre - aside, centre + aside
    for side in (left, right):
        side[1] = 2 * side[1] - (side[0] + side[2]) / 2  # the control point with which the curve passes through
        velocity = np.stack([side[1] - side[0], side[2] - side[0], side[2] - side[1]])
        if (velocity * ahead).sum(1).min() < 0:
            return None
    near, far = ("L" if blunt else f"A{_short(half[place])} {_short(half[place])} 0 0 1 " for place in (0, 2))
    return (
        f"M{_pair(left[0])}Q{_pair(left[1])} {_pair(left[2])}{far}{_pair(right[2])}"
        f"Q{_pair(right[1])} {_pair(right[0])}{'' if blunt else near + _pair(left[0])}Z"
    )


def _pair(point: Float64) -> str:
    return f"{_short(point[0])} {_short(point[1])}"


def _short(value: float) -> str:
    """A number with at most two decimals, written as short as can be."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _data(alpha: Pixels) -> str:
    png = io.BytesIO()
    Image.fromarray(alpha).save(png, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
