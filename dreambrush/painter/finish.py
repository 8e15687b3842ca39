"""From strokes that are laid to a painting: its layers, the picture they make, and how far that is from the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dreambrush.arrays import Int32
from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.painting import LaidLayer, Painting
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.plan.jitter import jittered
from dreambrush.painter.plan.order import in_order
from dreambrush.painter.plan.state import State
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.studio import Studio
from dreambrush.painter.study import Study
from dreambrush.pictures.paper import paper_tile
from dreambrush.strokes import Strokes


def finish(studio: Studio, state: State) -> Painting:
    """What comes of strokes, all of which are laid."""
    easel, whole = studio.easel, studio.after(state)
    if not easel.names:  # no stage has found a place in the picture
        easel.begin((studio.whole.asked.options.stages[-1].name,))
    return _painting(studio.whole, easel, whole.sketch[slice(0, len(easel.on_layer))], whole.laid_layers)


def finish_early(studio: Studio, state: State) -> Painting:
    """A painting from any moment: all that is planned is laid, on an easel of its own."""
    study = studio.known
    options, seed = study.asked.options, study.asked.seed
    sketch, names, layer = state.sketch, state.layers, state.layer_of_each
    if not names:
        view = study.coarse.view(sketch, study.target.paper(study.coarse.cell), rough=True)
        sketch, names, layer = in_order(
            sketch, view, study.form, study.target.size, study.asked.strokes, study.asked.layers
        )
        names = study.asked.named(names)
    if options.jitter:
        sketch = jittered(sketch, slice(state.laid, None), options.jitter, seed, study.scene.snap)
    easel, state = studio.whole.easel(), replace(state, sketch=sketch, layers=names, layer=layer)
    whole = studio.after(state)
    easel.begin(whole.layers or names)
    easel.lay(whole.sketch, whole.layer)
    painting = _painting(studio.whole, easel, whole.sketch, whole.laid_layers)
    painting.interrupted = True
    return painting


def _painting(study: Study, easel: Easel, sketch: Sketch, laid: Sequence[LaidLayer]) -> Painting:
    target, options = study.target, study.asked.options
    # No random number of the painting's own, for whether it is saved meanwhile must change nothing.
    dreamed = expected_error(study.shown, sketch, study.paper, np.random.default_rng(study.asked.seed))
    # A layer that was meant for accents may have got none.
    used = sorted(set(easel.on_layer)) or [0]
    every = easel.layers()
    layers = [every[index] for index in used]
    names = tuple(layer.name for layer in layers)
    grain = options.grain and target.work is None and target.alpha is None
    below = paper_tile(target.background) if grain else target.background
    merged = merge_layers(layers, below, easel.eotf)
    mse = target.mean_squared_error(merged)  # of colours, through which no ground shines yet
    drawn = bool(options.stages) and all(stage.grey for stage in options.stages)
    values_mse = target.error_in_values(merged) if drawn else None
    if target.alpha is not None:
        layers = target.shaped(layers)
        merged = merge_layers(layers, target.background, easel.eotf)
    brushes = [brush.name for brush in study.asked.brushes]
    on_layer = np.searchsorted(used, easel.on_layer).astype(np.int32)
    return Painting(
        strokes=record(sketch, on_layer, brushes, names, target.size),
        layers=layers,
        background=target.background,
        alpha=target.alpha,
        merged=merged,
        mse=mse,
        values_mse=values_mse,
        dreamed_mse=dreamed,
        laid_layers=[each for each in laid if each.strokes],
        seconds={},
        pigment=options.pigment,
        eotf=options.eotf,
        grain=grain,
        ground_reason=target.ground_reason,
        controller=study.asked.proposes,
    )


def record(
    sketch: Sketch,
    on_layer: Int32,
    brushes: Sequence[str],
    layers: tuple[str, ...],
    size: tuple[int, int],
) -> Strokes:
    """A sketch as it was laid, on a canvas of that height and width."""
    return Strokes(
        path=sketch.strokes[:, PATH].reshape(-1, 3, 2),
        pressure=sketch.strokes[:, PRESSURES],
        radius=sketch.strokes[:, RADIUS],
        colour=sketch.colours,
        brush=sketch.brush.astype(np.int32),
        layer=on_layer,
        size=size[::-1],
        brushes=tuple(brushes),
        layers=layers,
    )
