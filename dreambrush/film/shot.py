"""Draws a shot: its first drawing is painted as any picture, and each one after it is mended.

While a drawing is mended, the next one is begun: what lives on is carried, judged and laid on another core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.boil import boiled
from dreambrush.film.camera import as_frame
from dreambrush.film.carry import carried
from dreambrush.film.commission import FilmCommission
from dreambrush.film.drawing import Drawing
from dreambrush.film.mend import Wrong, errors_near, made_room, new_strokes, wrong_in
from dreambrush.film.moment import Moment
from dreambrush.film.motion import Motion, Step
from dreambrush.film.parts import Part, parts_of, shared
from dreambrush.film.sheet import Sheet
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting, Progress
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.run import paint
from dreambrush.painter.see.target import Target
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.study import look_at

WRONG = 0.5  # share of a place that is wrong, from which on what it usually is begins anew


@dataclass(frozen=True, eq=False)
class Begun:
    """A drawing that is begun: what lives on of the last one is laid.

    Attributes:
        drawing: its strokes.
        laid: these as they are laid.
        sheet: on which they are laid.
    """

    drawing: Drawing
    laid: Drawing
    sheet: Sheet


class Shot:
    """Draws one shot.

    Args:
        asked: what is asked.
        dreams: of all brushes.
        frame: (h, w, 3) uint8, its first one.
        ahead: begins a drawing while the one before is still mended.
    """

    def __init__(self, asked: FilmCommission, dreams: Dreams, frame: Pixels, ahead: Executor) -> None:
        self.asked, self._all, self._frame, self._ahead = asked, dreams, frame, ahead
        self._begun: Future[Begun] | None = None

    @cached_property
    def options(self) -> PaintOptions:
        """The options of the first drawing; none has a relief, for that of moving paint would flicker."""
        return replace(self.asked.options(_picture(self._frame)), relief=0.0)

    @property
    def free(self) -> bool:
        """Whether strokes may have any colour."""
        return all(part.free for part in self._parts)

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        return parts_of(self.options, len(self.asked.brushes))

    @cached_property
    def _settings(self) -> list[BrushSettings]:
        return [read_myb(brush.path) for brush in self.asked.brushes]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a frame in pixels."""
        return self._frame.shape[1], self._frame.shape[0]

    def first(self, number: int, shot: int, progress: Callable[[Progress], None]) -> Moment:
        """Paints the first drawing, as any picture."""
        asked, frame = self.asked, self._frame
        painting = paint(_picture(frame), asked.brushes, asked.strokes, asked.seed, progress, self.options)
        if painting.interrupted:
            raise KeyboardInterrupt
        drawing = _drawing_of(painting, self.options.focus)
        laid = self._laid(drawing, number)
        sheet = self._sheet(laid)
        seen = sheet.seen()
        drawing = replace(drawing, usual=errors_near(seen, _picture(frame)))
        return self._moment(Moment(number, shot, 0, drawing), laid, sheet, seen, frame)

    def next(self, now: Moment, through: Sequence[Step], coming: Sequence[Step]) -> Moment:
        """Makes the next drawing of what lives on of the last one, and mends it.

        Args:
            now: the last drawing.
            through: the steps from there.
            coming: the steps to the drawing after that; fewer than these where the film ends.
        """
        begun, self._begun = self._begun, None
        asked, number, frame = self.asked, through[-1].number, through[-1].frame
        picture = _picture(frame)
        old = self._begin(now.drawing, through) if begun is None else begun.result()
        fresh, hers = self._carried(now.drawing.fresh, through), now.hers
        for step in through:
            hers = hers and hers.carried(_motion(step).flow)
        laid, sheet = self._laid(fresh, number), old.sheet
        for layer in np.unique(fresh.layer).tolist():
            sheet.lay(laid.sketch[laid.layer == layer], layer)
        drawing, laid = fresh.over(old.drawing), laid.over(old.laid)
        seen = sheet.seen()
        free = None if hers is None else 1 - hers.share
        wrong = wrong_in(drawing, errors_near(seen, picture), asked.most, free)
        drawing = replace(drawing, lacks=wrong.strokes, born=drawing.next_number)
        if len(coming) == asked.on and not any(_motion(step).cut for step in coming):
            self._begun = self._ahead.submit(self._begin, drawing, coming)
        count = min(wrong.strokes, asked.most - len(drawing))
        if count > 0:
            for part, strokes in zip(self._parts, shared(self._parts, count), strict=True):
                if strokes:
                    more = self._more(part, frame, seen, wrong, strokes, drawing, number)
                    layer = part.layer(drawing.layers)
                    drawing, laid = drawing.with_more(more, layer), laid.with_more(more, layer)
                    sheet.lay(more, layer)
                    seen = sheet.seen()
            usual = np.where(wrong.places > WRONG, errors_near(seen, picture), drawing.usual)
            drawing = replace(drawing, usual=usual.astype(np.float32))
        since = now.since + len(through)
        return self._moment(
            replace(now, frame=number, since=since, drawing=drawing, hers=hers), laid, sheet, seen, frame
        )

    def _begin(self, last: Drawing, through: Sequence[Step]) -> Begun:
        """Begins a drawing with what lives on of the last one, but for strokes that were new in that.

        Those may still be missing.  How many they are is known all the same, so that there is room for them.
        """
        old, asked, frame = last.old, self.asked, through[-1].frame
        more = max(min(old.lacks, asked.most - len(old)), 0)
        drawing = self._carried(old, through)
        drawing = made_room(drawing, asked.most, more, self._all, _picture(frame), self.options)
        laid = self._laid(drawing, through[-1].number)
        return Begun(drawing, laid, self._sheet(laid))

    def _carried(self, drawing: Drawing, through: Sequence[Step]) -> Drawing:
        for step in through:
            drawing = carried(drawing, _motion(step), step.frame, coloured=self.free)
        return drawing

    def _more(
        self, part: Part, frame: Pixels, seen: Float32, wrong: Wrong, strokes: int, drawing: Drawing, number: int
    ) -> Sketch:
        """New strokes for a part of what is wrong in a drawing of a frame."""
        # For a few strokes, small things are not gathered.
        options = replace(part.options, focus=drawing.focus, ground=_colour(drawing.ground))
        target = Target(_picture(frame), options.ground, palette=options.palette)
        wanted = look_at(target, replace(options, simplify=0.0))[2]
        brushes, dreams = [self.asked.brushes[brush] for brush in part.brushes], self._all.some(part.brushes)
        seed = self.asked.seed + number
        sketch = new_strokes(wanted, seen, wrong, strokes, brushes, dreams, options, seed, part.stage)
        return replace(sketch, brush=np.array(part.brushes, np.int64)[sketch.brush])

    def _laid(self, drawing: Drawing, number: int) -> Drawing:
        """The drawing as it is laid in a frame."""
        wiggled = boiled(drawing.sketch, drawing.number, self.asked.boil, self.asked.seed + number)
        return replace(drawing, sketch=wiggled)

    def _sheet(self, drawing: Drawing, *, named: bool = False) -> Sheet:
        asked, pigment = self.asked, self.options.pigment
        return Sheet(drawing, self.size, asked.brushes, self._settings, pigment, asked.seed, named=named)

    def _moment(self, now: Moment, laid: Drawing, sheet: Sheet, seen: Float32, frame: Pixels) -> Moment:
        """The moment with its picture, on which lies what the artist has painted."""
        key, hers = self.asked.key, now.hers
        if key is not None and key.frame == now.frame:
            hers = key.changes(sheet.merged())
        picture = seen if hers is None else hers.over(seen)
        mse = float(np.mean(np.square(picture - _picture(frame)), dtype=np.float64))

        def again() -> tuple[Drawing, Sheet]:
            return laid, self._sheet(laid, named=True)

        return replace(now, hers=hers, picture=as_frame(picture), mse=mse, again=again)


def _motion(step: Step) -> Motion:
    """The motion that leads to a step within a shot."""
    assert step.motion is not None
    return step.motion


def _picture(frame: Pixels) -> Float32:
    return np.asarray(frame / np.float32(255), np.float32)


def _colour(ground: Pixels) -> tuple[float, float, float]:
    red, green, blue = (ground / 255).tolist()
    return red, green, blue


def _drawing_of(painting: Painting, focus: Float32 | None) -> Drawing:
    """The strokes of a painting, layer on layer."""
    strokes = painting.strokes
    order = np.argsort(strokes.layer, kind="stable")
    sketch = Sketch(strokes.rows(), strokes.colour, strokes.brush.astype(np.int64))[order]
    count, (width, height) = len(order), strokes.size
    usual = np.zeros((height, width), np.float32)
    numbers = np.arange(count, dtype=np.int64)
    layer = strokes.layer.astype(np.int64)[order]
    return Drawing(sketch, layer, numbers, strokes.layers, painting.background, usual, focus, count, count)
