"""A recipe painted again stroke by stroke, and what is seen of the real canvas on the way.

Only tiles of 64x64 pixels that strokes have touched are merged anew.  The arithmetic is that of
:func:`~dreambrush.mypaint.blend.blending.merge_layers`: at any moment the picture is, to the bit, what it would make of
all layers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.mypaint.blend.blending import blend, merge_layers, premultiply
from dreambrush.mypaint.blend.levels import opaque_levels
from dreambrush.mypaint.blend.transparency import cut_to_shape, merge_transparent
from dreambrush.mypaint.engine.canvas import Rectangle
from dreambrush.mypaint.engine.eotf import light_of_levels
from dreambrush.mypaint.layer import NORMAL, TILE_SIZE, Layer
from dreambrush.painter.lay.layer_canvas import Tool, canvas_eotf, layer_mode
from dreambrush.painter.lay.paint_layers import PaintLayers
from dreambrush.painter.relief.layer import GrowingRelief
from dreambrush.painter.see.target import SHAPE_LAYER
from dreambrush.recipe import Recipe

Progress = Callable[[str, int, int], None]
"""Takes the stage, how many strokes are laid, of how many."""


class IncrementalReplay:
    """A painting that is being painted again.

    Args:
        recipe: recipe of the painting.  A painting on other work is painted on white.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._eotf, strokes = canvas_eotf(recipe.pigment, recipe.eotf), recipe.strokes
        self._light = light_of_levels(self._eotf)
        tools = [
            Tool(settings, None, recipe.pigment, washed=recipe.washed, anew=recipe.anew) for settings in recipe.brushes
        ]
        self._paint = PaintLayers(strokes.size, tools, recipe.seed, recipe.pigment, recipe.eotf)
        self._relief = None
        if recipe.relief is not None:
            self._relief = GrowingRelief(recipe.relief, strokes.size, recipe.brushes, recipe.seed, recipe.ground)
        self._last = {int(layer): index for index, layer in enumerate(strokes.layer)}
        self._finished: dict[int, Layer] = {}  # layers of transparent paintings; the shape is cut out of all of them
        width, height = strokes.size
        self._touched = np.zeros((-(-height // TILE_SIZE), -(-width // TILE_SIZE)), np.bool_)
        self.ground = background = recipe.background
        if background.ndim == 3:
            repeats = -(-height // background.shape[0]), -(-width // background.shape[1]), 1
            background = np.tile(background, repeats)[:height, :width]
        self._merged = merge_layers([Layer("", np.zeros((height, width, 4), np.uint8))], self.ground, self._eotf)
        # The ground, and the layers of which none below has strokes to come either.
        self._below = np.broadcast_to(self._light[background], (height, width, 3)).copy()
        self._bottom = 0

    @property
    def laid(self) -> int:
        """Number of strokes laid so far."""
        return self._paint.laid

    def __len__(self) -> int:
        return len(self.recipe.strokes)

    def lay(self) -> None:
        """Lays the next stroke."""
        strokes, index = self.recipe.strokes, self.laid
        radius, colour = float(strokes.radius[index]), strokes.colour[index]
        stroke = int(strokes.brush[index]), strokes.path[index], strokes.pressure[index], radius, colour
        self._touch(self._paint.lay(int(strokes.layer[index]), *stroke))
        if self._relief is not None:
            self._touch(self._relief.lay(*stroke))
        while self._bottom < len(strokes.layers) and self._last.get(self._bottom, -1) < self.laid:
            self._finish(self._bottom)
            self._bottom += 1

    def update(self) -> list[tuple[slice, slice]]:
        """Brings the picture up to date; returns the rows and columns of what may have changed, without overlap."""
        changed = []
        for row in np.flatnonzero(self._touched.any(1)).tolist():
            columns = np.flatnonzero(self._touched[row])
            area = self._area(row, int(columns[0]), int(columns[-1]) + 1)
            light = self._over(area, self._paint.open)
            if self._relief is not None:
                blend(light, premultiply(self._relief.pixels(area, self._eotf), self._light), 1.0, NORMAL)
            self._merged[area] = opaque_levels(light, area[0].start, self._eotf)
            changed.append(area)
        self._touched[:] = False
        return changed

    def merged(self) -> Pixels:
        """All layers over the ground, opaque: (h, w, 3), as of the last :meth:`update`; a view."""
        return self._merged

    def picture(self) -> Pixels:
        """What is seen now: (h, w, 3), or (h, w, 4) of a transparent painting.

        After the last stroke a transparent painting is, to the bit, what is saved.  Before, it has the painting's shape
        with the colours that lie there so far.
        """
        self.update()
        alpha = self.recipe.alpha
        if alpha is None:
            return self._merged.copy()
        if self.laid == len(self):
            layers = [layer for _, layer in sorted(self._finished.items())]
            if layers:
                copies = [Layer(each.name, each.pixels.copy(), composite_op=each.composite_op) for each in layers]
                cut = cut_to_shape(copies, SHAPE_LAYER, self.ground, alpha)
                if self._relief is not None:
                    cut.append(self._relief.layer(alpha, self._eotf))
                return merge_transparent(cut, self._eotf)
        return np.dstack([np.where(alpha[..., None] > 0, self._merged, np.uint8(0)), alpha])

    def _touch(self, area: Rectangle) -> None:
        x, y, width, height = area
        if width and height:
            rows = slice(max(y // TILE_SIZE, 0), -(-(y + height) // TILE_SIZE))
            self._touched[rows, max(x // TILE_SIZE, 0) : -(-(x + width) // TILE_SIZE)] = True

    def _finish(self, layer: int) -> None:
        """Merges a layer that gets no more strokes into what lies below the others."""
        if layer not in self._paint.open:
            return
        rows = self._touched.shape[0]
        for row in range(rows):
            area = self._area(row, 0, self._touched.shape[1])
            self._below[area] = self._over(area, [layer])
        finished = self._paint.finish(layer, self.recipe.strokes.layers[layer])
        if self.recipe.alpha is not None:
            self._finished[layer] = finished

    def _area(self, row: int, first: int, end: int) -> tuple[slice, slice]:
        """Pixels of some tiles in a row."""
        height, width = self._merged.shape[:2]
        rows = slice(row * TILE_SIZE, min((row + 1) * TILE_SIZE, height))
        return rows, slice(first * TILE_SIZE, min(end * TILE_SIZE, width))

    def _over(self, area: tuple[slice, slice], layers: list[int]) -> Fixed15:
        """Light of layers over what is below all of them."""
        rows, columns = area
        light = self._below[area].copy()
        rectangle = (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        for layer in layers:
            pixels = self._paint.canvas(layer).canvas.read8(rectangle)  # as they are saved, not as the engine has them
            blend(light, premultiply(pixels, self._light), 1.0, layer_mode(self.recipe.pigment))
        return light


def finished(recipe: Recipe, progress: Progress | None = None) -> IncrementalReplay:
    """Lays all strokes; ``progress`` is called from time to time with the number of strokes laid."""
    replay = IncrementalReplay(recipe)
    while replay.laid < len(replay):
        replay.lay()
        if progress and replay.laid % 50 == 0:
            progress("replay", replay.laid, len(replay))
    replay.update()
    return replay
