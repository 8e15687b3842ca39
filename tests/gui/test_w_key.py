"""The real MyPaint on a screen: the key W takes up our strokes, and painting and saving leaves ours as they were.

What the window shows is photographed for people: see out/gui in the checkout.
"""

from __future__ import annotations

import colorsys
import json
import time
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Mask, Pixels
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.brushes.pack import install
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.document import PaintLayer, read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.mypaint.strokemap import RecordedStroke, decode
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import YOUR_TURN, save_painting
from tests.gui.desktop import Point, Screen, Window
from tests.mypaint.artist import sit_down
from tests.mypaint.own_pixels import own_pixels
from tests.mypaint.recorded_strokes import needs_mypaint

pytestmark = pytest.mark.slow

PHOTOGRAPHS = Path(__file__).parents[2] / "out" / "gui"
PICKED = ("Middle tones", "Edges", "Accents")
STROKE = 20  # pixels long, that are painted with the mouse
ROOM = 40  # pixels of a layer without paint, across
MIDDLE = (200, 290)  # where a stroke is painted on the empty layer
REACH = 8  # pixels


def painted(brushes: list[BrushFile]) -> Painting:
    photograph = Image.fromarray(skimage.data.astronaut()).resize((400, 400))  # type: ignore[no-untyped-call]
    picture = np.asarray(photograph, np.float32)[:320] / np.float32(255)
    return paint(picture, brushes, 240, options=PaintOptions(effort=1, relief=0.25))  # that lies above all of them


def centre_of(mask: Mask) -> Point | None:
    """A pixel around which nine are set."""
    inner = mask[1:-1, 1:-1].copy()
    for row in range(3):
        for column in range(3):
            inner &= mask[row : row + inner.shape[0], column : column + inner.shape[1]]
    rows, columns = np.nonzero(inner)
    return (int(columns[0]) + 1, int(rows[0]) + 1) if len(rows) else None


def room_on(layer: Layer) -> Point:
    """The middle of a place without paint."""
    full = layer.pixels[..., 3] > 0
    height, width = full.shape
    for y in range(ROOM, height - ROOM, 4):
        for x in range(ROOM, width - ROOM, 4):
            if not full[y - ROOM // 2 : y + ROOM // 2, x - ROOM // 2 : x + ROOM // 2].any():
                return x, y
    pytest.fail(f"There is no room on {layer.name}.")


def line_at(middle: Point) -> list[Point]:
    x, y = middle
    return [(x + step, y) for step in range(-STROKE // 2, STROKE // 2 + 1, 4)]


def strokes_of(layer: PaintLayer) -> list[RecordedStroke]:
    data = layer.strokemap_bytes()
    assert data is not None
    return decode(data, (layer.x, layer.y))


def by_name(path: Path) -> dict[str, tuple[PaintLayer, list[RecordedStroke]]]:
    with read_document(path) as document:
        return {layer.name: (layer, strokes_of(layer)) for layer in document.layers()}


def same_brush(one: RecordedStroke, other: RecordedStroke) -> bool:
    """Whether two strokes were painted with the same settings, and in the same colour."""
    ours, theirs = (json.loads(stroke.brush) for stroke in (one, other))
    assert len(ours["settings"]) == 64 and ours["settings"].keys() == theirs["settings"].keys()
    inputs = all(theirs["settings"][name]["inputs"] == value["inputs"] for name, value in ours["settings"].items())
    mine, yours = ({name: value["base_value"] for name, value in each["settings"].items()} for each in (ours, theirs))
    colour, other_colour = (
        np.array(colorsys.hsv_to_rgb(*(values.pop(f"color_{axis}") for axis in "hsv"))) for values in (mine, yours)
    )
    return (
        ours["parent_brush_name"] == theirs["parent_brush_name"]
        and inputs
        and max(abs(value - yours[name]) for name, value in mine.items()) < 1e-4
        and bool(np.abs(colour - other_colour).max() < 1 / 255)
    )


def shown(path: Path) -> Pixels:
    with read_document(path) as document:
        return render_document(document)


def any_near(strokes: list[RecordedStroke], at: Point) -> bool:
    """Whether strokes come so near to a pixel that they have a say in what is picked there."""
    x, y = at
    around = [(x + dx, y + dy) for dx in range(-REACH, REACH + 1, 2) for dy in range(-REACH, REACH + 1, 2)]
    return any(stroke.covers(*point) for stroke in strokes for point in around)


def pick_and_paint(window: Window, at: Point, room: Point, photograph: str) -> None:
    window.press("w", at)
    window.screen.photograph(photograph)  # MyPaint shows the layer alone for a moment
    time.sleep(1)
    window.paint(line_at(room))


@needs_mypaint
def test_w_takes_up_strokes_in_the_real_window(tmp_path: Path) -> None:
    brushes = [find_brush(name) for name in ("oil", "charcoal", "ink")]
    painting = painted(brushes)
    path = tmp_path / "work.ora"
    save_painting(path, painting, brushes, 0, {})
    layers = {layer.name: layer for layer in painting.layers}
    before = by_name(path)
    own = dict(zip(layers, own_pixels(painting.layers), strict=True))
    places: dict[str, list[tuple[int, Point]]] = {}  # of each layer strokes and where to pick them
    for name in PICKED:
        found = [(index, centre_of(mask)) for index, mask in enumerate(own[name])]
        places[name] = [(index, at) for index, at in found if at is not None]
    chosen: dict[str, tuple[int, Point]] = {}
    for name, brush in zip(PICKED, brushes, strict=True):  # of each layer a stroke, all of different brushes
        mine = [place for place in places[name] if f"dreambrush/{brush.name}" in before[name][1][place[0]].brush]
        chosen[name] = mine[len(mine) // 2]
    rooms = {name: room_on(layers[name]) for name in PICKED}

    with Screen(tmp_path, PHOTOGRAPHS) as screen:
        install(brushes[0].path.parent, Path(screen.environment["XDG_DATA_HOME"]) / "mypaint" / "brushes")
        with Window(screen, path, shown(path)) as window:
            screen.photograph("1-opened")
            window.paint(line_at(MIDDLE))  # with the brush that is in the hand
            for name in PICKED[:2]:
                photograph = f"2-picked-from-{name.lower().replace(' ', '-')}"
                pick_and_paint(window, chosen[name][1], rooms[name], photograph)
            window.save()
            screen.photograph("3-saved")
        with Window(screen, path, shown(path)) as window:
            screen.photograph("4-opened-again")
            name = PICKED[2]
            pick_and_paint(window, chosen[name][1], rooms[name], "5-picked-again")
            window.save()

    after = by_name(path)
    assert list(after) == list(before)
    painted_with = {name: before[name][1][index] for name, (index, _) in chosen.items()}
    painted_with[YOUR_TURN] = before[YOUR_TURN][1][0]
    for name, (_, ours) in before.items():
        _, strokes = after[name]
        kept, new = strokes[: len(ours)], strokes[len(ours) :]
        assert all(same_brush(*pair) for pair in zip(kept, ours, strict=True))
        assert bool(new) == (name in painted_with), name
        assert all(same_brush(stroke, painted_with[name]) for stroke in new)
    for name, at in {**rooms, YOUR_TURN: MIDDLE}.items():
        assert any(after[name][1][-1].covers(*point) for point in line_at(at)), f"nothing is painted on {name}"

    # MyPaint's own code finds our other strokes as before, but where something is painted over them.
    painted_over = [stroke for name in painted_with for stroke in after[name][1][len(before[name][1]) :]]
    fresh = [(name, *place) for name in PICKED for place in places[name] if not any_near(painted_over, place[1])]
    some = [fresh[number] for number in np.random.default_rng(0).choice(len(fresh), 40, replace=False)]
    picked = sit_down(path, tmp_path / "again.ora", *({"pick": list(at)} for _, _, at in some))["done"]
    assert [(pick["layer"], pick["stroke"]) for pick in picked] == [(name, index) for name, index, _ in some]
