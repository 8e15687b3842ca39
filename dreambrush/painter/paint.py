"""Paints: plan in the dream, lay for real, look at the real canvas, mend the plan, lay on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.interrupts import held_back
from dreambrush.models import BrushFile
from dreambrush.mypaint.blending import merge_layers
from dreambrush.mypaint.myb import read_myb
from dreambrush.painter import effort as efforts
from dreambrush.painter import hand as hands
from dreambrush.painter.controllers import controller_named
from dreambrush.painter.deadline import Deadline
from dreambrush.painter.detail import detail_weight, focus_weight
from dreambrush.painter.dreams import Dreams
from dreambrush.painter.easel import Easel
from dreambrush.painter.expect import expected_error
from dreambrush.painter.form import FormField
from dreambrush.painter.gain import only
from dreambrush.painter.grow import Grower
from dreambrush.painter.motif import Colour, Motif
from dreambrush.painter.painting import Clock, Painting, Progress, Stage
from dreambrush.painter.plan import Planner
from dreambrush.painter.scene import Scene, cell_for
from dreambrush.painter.search import Controller
from dreambrush.painter.sheet import Tool
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.stages import ACCENTS, LAYERS, arranged
from dreambrush.painter.work import Work
from dreambrush.palette import Palette
from dreambrush.strokes import Strokes

Float32 = NDArray[np.float32]

ACCENT_SHARE = 0.12  # of the strokes, that are added when all others can be seen on the real canvas
EXCESS = 1e-3  # beyond 0..1 that a target may have, from rounding
FEWEST_FOR_ACCENTS = 40  # strokes; fewer are planned as a whole


@dataclass(frozen=True)
class PaintOptions:
    """How much thought goes into a painting, what the hand prefers, and when to stop."""

    effort: int = efforts.DEFAULT  # 1 to 5
    hand: float = hands.DEFAULT  # 0, as exact as possible, to 1, as free as possible
    layers: int = 5  # 1 to 5
    narrowest: float | None = None  # stroke in pixels; by default what the hand likes
    widest: float | None = None  # stroke in pixels
    seconds: float | None = None  # after which the painting is as good as it then is
    until: float = 0.0  # mean squared error at which no more strokes are added
    colour: Colour | None = None  # of all strokes; by default what suits each best
    focus: Float32 | None = None  # (h, w), 0..1: where to paint more finely; by default everywhere alike, faces apart
    palette: Palette | None = None  # from which all colours come; by default they may be any
    ground: Colour | None = None  # colour under the first stroke; by default the target's mean
    pigment: bool = False  # paint as MyPaint 2 does, mixing colours like pigments


def paint(
    target: Float32,
    brush: BrushFile | Sequence[BrushFile],
    strokes: int,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    options: PaintOptions | None = None,
    controller: Controller | None = None,
    work: Work | None = None,
) -> Painting:
    """Paints a picture.

    Args:
        target: (h, w, 3) float32, sRGB 0..1, or (h, w, 4) with alpha; the painting has its size.
        brush: one that has a dream, or several of which each stroke is laid with the one that suits it best.
        strokes: how many to lay, exactly, unless an option says when to stop.
        seed: the same target, brushes, options and seed give the same painting (unless it was short of time).
        progress: told how far it is after each round.
        options: thought and taste.
        controller: proposes strokes; by default one that follows ridges of error.
        work: somebody's, of the target's size, onto which to paint; what is painted as pigment must be so here.

    Returns:
        The painting; after Ctrl-C, as far as it got.

    Raises:
        ModelError: a brush has no dream, or one that has no gradient.
        ValueError: the target has another shape or type, or numbers out of range.
    """
    _check(target)
    brushes = [brush] if isinstance(brush, BrushFile) else list(brush)
    with Dreams([each.dream_folder() for each in brushes]) as dreams:
        session = _Session(
            target, brushes, dreams, strokes, seed, progress, options or PaintOptions(), controller, work
        )
        session.think()
        session.lay()
        with held_back() as pressed:
            painting = session.finish()
        painting.interrupted = painting.interrupted or bool(pressed)
        return painting


def _check(target: Float32) -> None:
    if target.ndim != 3 or target.shape[2] not in (3, 4) or 0 in target.shape:
        raise ValueError(f"Expected a target of shape (h, w, 3) or (h, w, 4) but it had shape {target.shape}")
    if target.dtype.kind != "f":
        raise ValueError(f"Expected a target of float32 in 0..1 but it had dtype {target.dtype}")
    if not (target.min() >= -EXCESS and target.max() <= 1 + EXCESS):  # true for NaN, too
        raise ValueError(f"Expected a target within 0..1 but it had {target.min()} to {target.max()}")


class _Session:
    def __init__(
        self,
        target: Float32,
        brushes: list[BrushFile],
        dreams: Dreams,
        strokes: int,
        seed: int,
        progress: Callable[[Progress], None] | None,
        options: PaintOptions,
        controller: Controller | None,
        work: Work | None,
    ) -> None:
        self.clock, self.deadline = Clock(), Deadline(options.seconds)
        self.options, self.seed, self.wanted, self.brushes, self.progress = options, seed, strokes, brushes, progress
        self.rng = np.random.default_rng(seed)
        self.interrupted = False
        self.stages: list[Stage] = []
        self.on_layer: list[int] = []
        with self.clock.stage("look"):
            self.motif = motif = Motif(target, options.ground, work, options.palette)
            # At hand 0 nothing but the error counts; at the default and above faces count in full.
            motif.attention = detail_weight(motif.picture, min(options.hand / hands.DEFAULT, 1.0))
            if options.focus is not None:
                motif.attention = focus_weight(options.focus, motif.attention)
            self.form = FormField(motif.picture)
            widths = options.narrowest, options.widest
            hand = hands.hand_for(options.hand, motif.picture, self.form, *widths, strokes)
            snap = only(np.array(options.colour, np.float32)) if options.colour is not None else None
            if options.palette is not None:
                snap = options.palette.snapped
            self.scene = Scene(motif.picture, dreams, hand.tame, 1, motif.counts, motif.attention, snap)
            cell = cell_for(*motif.size, strokes)
            coarse = Scene(motif.picture, dreams, hand.tame, cell, motif.counts, motif.attention, snap)
            self.paper = motif.paper().reshape(-1, 3)
            effort = efforts.EFFORTS[options.effort].for_count(strokes)
            follow = controller or controller_named("ridge")
            grower = Grower(coarse, follow, self.rng, motif.paper(cell), strokes, hand.merit, effort.thought)
        self.planner = Planner(self.scene, self.paper, grower, effort, self.rng, self._tell, self.deadline)

    @property
    def planned(self) -> int:
        """How many strokes are planned before any paint is laid."""
        accents = int(ACCENT_SHARE * self.wanted) if self.wanted >= FEWEST_FOR_ACCENTS else 0
        return self.wanted - accents

    def think(self) -> None:
        try:
            with self.clock.stage("plan"):
                self.planner.plan(self.planned, self.options.until)
        except KeyboardInterrupt:
            self.interrupted = True

    def lay(self) -> None:
        """Lays the plan stage by stage, and looks at the real canvas in between."""
        with held_back() as pressed:
            names, layer = self._arranged()
            pigment = self.options.pigment
            tools = [Tool(read_myb(brush.path), brush.mypaint_name, pigment) for brush in self.brushes]
            height, width = self.motif.size
            self.easel = Easel(width, height, self.motif.background, tools, names, pigment)
        self.interrupted = self.interrupted or bool(pressed)
        try:
            for index in range(len(names)):
                if index:
                    self.easel.next_layer()
                self._lay_stage(int((layer == index).sum()), last=index == len(names) - 1)
        except KeyboardInterrupt:
            self.interrupted = True

    def _arranged(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Brings the plan into a painter's order; names of the layers that are needed, and that of each stroke."""
        with self.clock.stage("plan"):
            order = arranged(self.planner.sketch, self.planner.view(), self.form, *self.motif.size)
            self.planner.sketch = self.planner.sketch[order.order]
        names, layer_of = LAYERS[self.options.layers]
        layer = np.array(layer_of)[order.stage]
        used = set(layer.tolist())
        if not used or (len(layer) < self.wanted and not self.interrupted):
            used.add(layer_of[ACCENTS])
        kept = sorted(used)
        return tuple(names[index] for index in kept), np.searchsorted(kept, layer)

    def _lay_stage(self, count: int, *, last: bool) -> None:
        done, planner = len(self.on_layer), self.planner
        canvas = self._seen()
        if not self.interrupted:
            with self.clock.stage("plan"):
                if done:
                    planner.mend(canvas, done)
                if last and done + count < self.wanted:
                    planner.add(canvas, done, self.wanted, self.options.until)
                    count = len(planner.sketch) - done
        sketch = planner.sketch[slice(done, done + count)]
        with self.clock.stage("look"):
            dreamed = expected_error(self.scene, sketch, canvas, self.rng)
        with self.clock.stage("paint"):
            self._lay(sketch)
        mse = self.scene.canvas_error(self._seen())
        self.stages.append(Stage(self.easel.names[self.easel.layer], len(self.on_layer) - done, dreamed, mse))
        self._tell(self.stages[-1].name, len(self.on_layer), self.wanted, mse)

    def _lay(self, sketch: Sketch) -> None:
        for index in range(len(sketch)):
            brush, seed = int(sketch.brush[index]), self.seed + len(self.on_layer)
            with held_back() as pressed:  # for what is laid must be on record
                self.easel.paint(sketch.strokes[index], sketch.colours[index], seed, brush)
                self.on_layer.append(self.easel.layer)
            if pressed:
                raise KeyboardInterrupt

    def _seen(self) -> Float32:
        """The real canvas, (height * width, 3)."""
        with self.clock.stage("look"):
            height, width = self.motif.size
            return self.easel.seen((0, 0, width, height)).reshape(-1, 3)

    def _tell(self, stage: str, done: int, total: int, mse: float) -> None:
        if self.progress:
            self.progress(Progress(stage, done, total, mse))

    def finish(self) -> Painting:
        motif, sketch = self.motif, self.planner.sketch[slice(0, len(self.on_layer))]
        with self.clock.stage("look"):
            dreamed = expected_error(self.scene, sketch, self.paper, self.rng)
            # A layer that was meant for accents may have got none.
            used = sorted(set(self.on_layer)) or [0]
            every = self.easel.layers()
            layers = [every[index] for index in used]
            names = tuple(layer.name for layer in layers)
            on_layer = np.searchsorted(used, self.on_layer).astype(np.int32)
            merged = merge_layers(layers, motif.background, self.easel.eotf)
            mse = motif.mean_squared_error(merged)  # of colours, through which no ground shines yet
            if motif.alpha is not None:
                layers = motif.shaped(layers)
                merged = merge_layers(layers, motif.background, self.easel.eotf)
        return Painting(
            strokes=record(sketch, on_layer, [brush.name for brush in self.brushes], names, motif.size),
            layers=layers,
            background=motif.background,
            alpha=motif.alpha,
            merged=merged,
            mse=mse,
            dreamed_mse=dreamed,
            stages=[stage for stage in self.stages if stage.strokes],
            seconds=self.clock.seconds,
            interrupted=self.interrupted,
            pigment=self.options.pigment,
        )


def record(
    sketch: Sketch,
    on_layer: NDArray[np.int32],
    brushes: Sequence[str],
    layers: tuple[str, ...],
    size: tuple[int, int],
) -> Strokes:
    """A sketch as it was laid, on a canvas of that height and width."""
    return Strokes(
        path=sketch.strokes[:, :6].reshape(-1, 3, 2),
        pressure=sketch.strokes[:, 6:8],
        radius=sketch.strokes[:, 8],
        colour=sketch.colours,
        brush=sketch.brush.astype(np.int32),
        layer=on_layer,
        size=size[::-1],
        brushes=tuple(brushes),
        layers=layers,
    )
