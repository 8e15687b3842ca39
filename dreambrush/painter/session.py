"""The course of one painting: plan in the dream, lay for real, look at the real canvas, mend the plan, lay on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import StrokesError
from dreambrush.interrupts import held_back
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.dreams import Dreams
from dreambrush.painter.gain import only
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Clock, Painting, Progress, Stage
from dreambrush.painter.plan import effort as efforts
from dreambrush.painter.plan import hand as hands
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.plan.jitter import jittered
from dreambrush.painter.plan.planner import Planner
from dreambrush.painter.plan.stages import ACCENTS, LAYERS, arranged
from dreambrush.painter.propose.grow import Grower
from dreambrush.painter.propose.ridge_proposer import Controller, RidgeProposer
from dreambrush.painter.refine.scene import Scene, cell_for
from dreambrush.painter.save.checkpoint import Unfinished
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.target.backdrop import Backdrop
from dreambrush.painter.target.orientation import OrientationField
from dreambrush.painter.target.saliency import detail_weight, focus_weight
from dreambrush.painter.target.target import Target
from dreambrush.pictures.paper import paper_tile
from dreambrush.strokes import Strokes

Float32 = NDArray[np.float32]

ACCENT_SHARE = 0.12  # of the strokes, that are added when all others can be seen on the real canvas
FARTHEST = 10  # times width and height together, that no number of a stroke exceeds
FEWEST_FOR_ACCENTS = 40  # strokes; fewer are planned as a whole


@dataclass(frozen=True)
class Keeper:
    """Saves a painting from time to time while it is painted.

    Attributes:
        every: seconds from one time to the next, as far as the painter comes up for air.
        keep: takes what is painted so far, and all that is planned, as an unfinished painting.
    """

    every: float
    keep: Callable[[Painting], None]


class Session:
    """One painting in the making; arguments as of :func:`~dreambrush.painter.paint.paint`."""

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
        work: Backdrop | None,
        keeper: Keeper | None,
    ) -> None:
        self.clock, self.deadline = Clock(), Deadline(options.seconds)
        self.keeper, self.kept = keeper, time.monotonic()
        self.latest: Unfinished | None = None
        self.names: tuple[str, ...] = ()
        self.layer = np.zeros(0, np.int64)
        self.options, self.seed, self.wanted, self.brushes, self.progress = options, seed, strokes, brushes, progress
        self.rng = np.random.default_rng(seed)
        self.interrupted = False
        self.stages: list[Stage] = []
        self.on_layer: list[int] = []
        with self.clock.stage("look"):
            self.motif = motif = Target(target, options.ground, work, options.palette)
            # At hand 0 nothing but the error counts; at the default and above faces count in full.
            motif.attention = detail_weight(motif.picture, min(options.hand / hands.DEFAULT, 1.0))
            if options.focus is not None:
                motif.attention = focus_weight(options.focus, motif.attention)
            self.form = OrientationField(motif.picture)
            widths = options.narrowest, options.widest
            limits = *widths, strokes, options.longest, options.lightest
            hand = hands.hand_for(options.hand, motif.picture, self.form, *limits)
            snap = only(np.array(options.colour, np.float32)) if options.colour is not None else None
            if options.palette is not None:
                snap = options.palette.snapped
            self.scene = Scene(motif.picture, dreams, hand.constrain, 1, motif.counts, motif.attention, snap)
            cell = cell_for(*motif.size, strokes)
            coarse = Scene(motif.picture, dreams, hand.constrain, cell, motif.counts, motif.attention, snap)
            self.paper = motif.paper().reshape(-1, 3)
            effort = efforts.EFFORTS[options.effort].for_count(strokes)
            follow = controller or RidgeProposer()
            grower = Grower(coarse, follow, self.rng, motif.paper(cell), strokes, hand.score, effort.thought)
        self.planner = Planner(self.scene, self.paper, grower, effort, self.rng, self._tell, self.deadline, self._pause)

    @property
    def planned(self) -> int:
        """How many strokes are planned before any paint is laid."""
        accents = int(ACCENT_SHARE * self.wanted) if self.wanted >= FEWEST_FOR_ACCENTS else 0
        return self.wanted - accents

    def paint(self) -> Painting:
        """Paints it."""
        if not self.names:
            self._think()
        self._lay_all()
        with held_back() as pressed:
            painting = self._finish()
        painting.interrupted = painting.interrupted or bool(pressed)
        if painting.interrupted and self.latest is not None:
            painting.unfinished = self.latest.to_bytes()
        return painting

    def go_on_from(self, unfinished: Unfinished) -> None:
        """Makes everything as it was at that moment.

        Raises:
            StrokesError: it is of another painting.
        """
        planner, grower = self.planner, self.planner.grower
        if unfinished.memory.canvas.shape != grower.canvas.shape or len(unfinished.sketch) > self.wanted:
            raise StrokesError(
                "What dreambrush keeps of the unfinished painting is of another picture.",
                "Paint the picture anew.",
                id="unfinished-unreadable",
            )
        self._check_unfinished(unfinished)
        with self.clock.stage("plan"):
            self.rng.bit_generator.state = rng_state(unfinished.rng)
            grower.recall(unfinished.memory)
            planner.sketch, planner.at = unfinished.sketch, unfinished.at
        self.deadline.add(unfinished.spent)
        self.names, self.layer, self.stages = unfinished.names, unfinished.layer, list(unfinished.stages)
        self.latest = unfinished
        if self.names:
            with held_back() as pressed, self.clock.stage("paint"):
                self.easel = self._easel(self.names)
                self.on_layer = self._laid_on(self.easel, unfinished.sketch[: unfinished.laid])
            if pressed:
                raise KeyboardInterrupt

    def _check_unfinished(self, unfinished: Unfinished) -> None:
        """Settles whether it can be of this painting, as far as what it was read from does not tell.

        Raises:
            StrokesError: it cannot.
        """
        sampler, at = self.planner.grower.sampler, unfinished.at
        sketches = [each for each in (at.before, None if at.descent is None else at.descent.sketch) if each is not None]
        brushes = [unfinished.memory.ideas.brush, *(each.brush for each in (unfinished.sketch, *sketches))]
        strokes = [unfinished.memory.ideas.strokes, *(each.strokes for each in (unfinished.sketch, *sketches))]
        farthest = FARTHEST * sum(self.motif.size)
        size, earned = unfinished.memory.ideas.size, unfinished.memory.earned
        if (
            any(len(sketch) > self.wanted for sketch in sketches)
            or any(len(each) and np.abs(each).max() > farthest for each in strokes)
            or any(len(brush) and brush.max() >= len(self.brushes) for brush in brushes)
            or (len(size) and not 0 <= size.min() <= size.max() < len(sampler.scales))
            or earned.shape != sampler.earned.shape
            or not (earned.min() >= 0 and 0 < earned.sum() < np.inf)
        ):
            raise StrokesError(
                "What dreambrush keeps of the unfinished painting does not fit together.",
                "Paint the picture anew.",
                id="unfinished-unreadable",
            )

    def _think(self) -> None:
        try:
            with self.clock.stage("plan"):
                self.planner.plan(self.planned, self.options.until)
        except KeyboardInterrupt:
            self.interrupted = True
        with held_back() as pressed:
            with self.clock.stage("plan"):
                self.planner.sketch, self.names, self.layer = self._arranged()
            self.easel = self._easel(self.names)
        self.interrupted = self.interrupted or bool(pressed)

    def _lay_all(self) -> None:
        """Lays the plan stage by stage, and looks at the real canvas in between."""
        try:
            for index in range(len(self.stages), len(self.names)):
                while self.easel.layer < index:
                    self.easel.next_layer()
                self._pause()
                self._lay_stage(int((self.layer == index).sum()), last=index == len(self.names) - 1)
        except KeyboardInterrupt:
            self.interrupted = True

    def _easel(self, names: tuple[str, ...]) -> Easel:
        pigment = self.options.pigment
        tools = [Tool(read_myb(brush.path), brush.mypaint_name, pigment) for brush in self.brushes]
        height, width = self.motif.size
        return Easel(width, height, self.motif.background, tools, names, pigment)

    def _arranged(self) -> tuple[Sketch, tuple[str, ...], NDArray[np.int64]]:
        """The plan in a painter's order; names of the layers that are needed, and that of each stroke."""
        order = arranged(self.planner.sketch, self.planner.view(), self.form, *self.motif.size)
        names, layer_of = LAYERS[self.options.layers]
        layer = np.array(layer_of)[order.stage]
        used = set(layer.tolist())
        if not used or (len(layer) < self.wanted and not self.interrupted):
            used.add(layer_of[ACCENTS])
        kept = sorted(used)
        names = tuple(names[index] for index in kept)
        return self.planner.sketch[order.order], names, np.searchsorted(kept, layer)

    def _pause(self) -> None:
        """Takes note of a moment from which one can go on, and keeps the painting if it is time."""
        if self.interrupted:
            return
        planner = self.planner
        self.latest = Unfinished(
            planner.sketch,
            self.rng.bit_generator.state,
            planner.grower.memory,
            replace(planner.at),
            self.names,
            self.layer,
            tuple(self.stages),
            self.deadline.spent,
        )
        if self.keeper is None or time.monotonic() - self.kept < self.keeper.every:
            return
        self.kept = time.monotonic()
        with held_back() as pressed, self.clock.stage("keep"):
            painting = self._so_far()
            painting.unfinished = self.latest.to_bytes()
            self.keeper.keep(painting)
        if pressed:
            raise KeyboardInterrupt

    def _so_far(self) -> Painting:
        """What is laid and all that is planned, laid on an easel of its own."""
        sketch, names, layer = self.planner.sketch, self.names, self.layer
        if not names:
            sketch, names, layer = self._arranged()
        top = np.full(len(sketch) - len(layer), len(names) - 1)  # of strokes that were added to the plan
        easel = self._easel(names)
        on_layer = self._laid_on(easel, sketch, np.concatenate([layer, top]))
        return self._painting(easel, sketch, on_layer, interrupted=True)

    def _laid_on(self, easel: Easel, sketch: Sketch, layer: NDArray[np.int64] | None = None) -> list[int]:
        """Lays strokes on a bare easel as :meth:`_lay` does; their layers, by default those of finished stages."""
        if layer is None:
            layer = np.repeat(np.arange(len(self.stages)), [stage.strokes for stage in self.stages])
        for index, upon in enumerate(layer.tolist()):
            while easel.layer < upon:
                easel.next_layer()
            easel.paint(sketch.strokes[index], sketch.colours[index], self.seed + index, int(sketch.brush[index]))
        return list(layer.tolist())

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
        if self.options.jitter:
            jitter = self.options.jitter
            planner.sketch = jittered(planner.sketch, slice(done, done + count), jitter, self.seed, self.scene.snap)
        sketch = planner.sketch[slice(done, done + count)]
        with self.clock.stage("look"):
            dreamed = expected_error(self.scene, sketch, canvas, self.rng)
        with self.clock.stage("paint"):
            self._lay(sketch)
        mse = self.scene.canvas_error(self._seen())
        self.stages.append(Stage(self.easel.names[self.easel.layer], len(self.on_layer) - done, dreamed, mse))
        planner.at.mended = False
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
            self.progress(Progress(stage, done, total, mse, self._picture))

    def _picture(self) -> Float32:
        """What it looks like now: the real canvas, and before there is one, that of the dream."""
        if self.names:
            return self._seen().reshape(*self.motif.size, 3)
        grower = self.planner.grower
        return grower.canvas.reshape(grower.scene.height, grower.scene.width, 3)

    def _finish(self) -> Painting:
        sketch = self.planner.sketch[slice(0, len(self.on_layer))]
        return self._painting(self.easel, sketch, self.on_layer, interrupted=self.interrupted)

    def _painting(self, easel: Easel, sketch: Sketch, on_layer: list[int], *, interrupted: bool) -> Painting:
        """What comes of strokes that are laid."""
        motif = self.motif
        with self.clock.stage("look"):
            # No number of the painting's own, for whether it is kept meanwhile must change nothing.
            dreamed = expected_error(self.scene, sketch, self.paper, np.random.default_rng(self.seed))
            # A layer that was meant for accents may have got none.
            used = sorted(set(on_layer)) or [0]
            every = easel.layers()
            layers = [every[index] for index in used]
            names = tuple(layer.name for layer in layers)
            grain = self.options.grain and motif.work is None and motif.alpha is None
            below = paper_tile(motif.background) if grain else motif.background
            merged = merge_layers(layers, below, easel.eotf)
            mse = motif.mean_squared_error(merged)  # of colours, through which no ground shines yet
            if motif.alpha is not None:
                layers = motif.shaped(layers)
                merged = merge_layers(layers, motif.background, easel.eotf)
        brushes = [brush.name for brush in self.brushes]
        return Painting(
            strokes=record(sketch, np.searchsorted(used, on_layer).astype(np.int32), brushes, names, motif.size),
            layers=layers,
            background=motif.background,
            alpha=motif.alpha,
            merged=merged,
            mse=mse,
            dreamed_mse=dreamed,
            stages=[stage for stage in self.stages if stage.strokes],
            seconds=self.clock.seconds,
            interrupted=interrupted,
            pigment=self.options.pigment,
            grain=grain,
        )


def rng_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state that a generator of numbers can have.

    Raises:
        StrokesError: it is none; one with an even increment would repeat itself for ever.
    """
    try:
        inner = state["state"]
        numbers = {name: int(inner[name]) for name in ("state", "inc")}
        rest = {name: int(state[name]) for name in ("has_uint32", "uinteger")}
        if numbers["inc"] % 2 and all(0 <= number < 1 << 128 for number in numbers.values()):
            found = {"bit_generator": str(state["bit_generator"]), "state": numbers, **rest}
            np.random.default_rng().bit_generator.state = found
            return found
    except (ValueError, TypeError, KeyError, OverflowError):
        pass
    raise StrokesError(
        "What dreambrush keeps of the unfinished painting has no sound state of its random numbers.",
        "Paint the picture anew.",
        id="unfinished-unreadable",
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
