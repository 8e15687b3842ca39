"""A studio: all that is needed to paint one picture."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.painting import Clock
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.planner import News, Planner
from dreambrush.painter.plan.state import Earlier, State
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.see.target import Colour
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.study import Commission, Study, study


@dataclass
class Studio:
    """Knowledge of the picture, a planner, an easel with the real canvas, and a clock.

    In a painting of several stages, what is known and the planner are those of the present stage.

    Attributes:
        whole: what is known of the picture as a whole.
        dreams: dreams of all brushes.
        easel: easel with the real canvas.
        clock: counts seconds by kind of work.
        known: what is known of the picture in the present stage.
        planner: plans strokes in the dream.
    """

    whole: Study
    dreams: Dreams
    easel: Easel
    clock: Clock
    known: Study
    planner: Planner

    @property
    def stages(self) -> int:
        """How many stages the painting has; a painting that names none has one."""
        return max(len(self.whole.asked.options.stages), 1)

    def go_on_after(self, earlier: Earlier) -> None:
        """Lays what earlier stages have laid, and begins the stage after them; no other paint is laid yet."""
        if earlier.stages:
            with self.clock.time("paint"):
                self.easel.begin(earlier.layers)
                self.easel.lay(earlier.sketch, earlier.layer)
            self.begin_stage(earlier)

    def begin_stage(self, earlier: Earlier) -> None:
        """Looks at the canvas as earlier stages have left it, and makes all ready for the next stage."""
        whole, number = self.whole.asked, earlier.stages
        stages, seconds = whole.options.stages, whole.options.seconds
        stage = stages[number]
        if seconds is not None:  # what earlier ones have left over is there for all that follow
            rest = sum(each.share for each in stages[number:])
            seconds = max(seconds - earlier.spent, 0.0) * stage.share / rest
        canvas = self.picture()
        own = not (stage.same_layer and earlier.layers)
        below = canvas if own else self.easel.below()
        asked = whole.of_stage(number, seconds, canvas, _ground_of(self.whole), below)
        with self.clock.time("look"):
            self.known = study(asked, self.dreams.some(whole.tools_of(stage)))
            self.planner = self.known.planner(Deadline(seconds))

    def after(self, state: State) -> Earlier:
        """What is laid, once the present stage of a state is over."""
        earlier = state.earlier
        return Earlier(
            earlier.stages + 1,
            earlier.sketch.then(self.with_tools(state.sketch)),
            self.layers_of(state),
            np.concatenate([earlier.layer, self.first_layer(state) + state.layer_of_each]),
            (*earlier.laid_layers, *state.laid_layers),
            earlier.spent + state.spent,
        )

    def first_layer(self, state: State) -> int:
        """The number of the lowest layer of the present stage among those of the painting."""
        stage, before = self.known.asked.stage, len(state.earlier.layers)
        return before - int(before > 0 and stage is not None and stage.same_layer)

    def layers_of(self, state: State) -> tuple[str, ...]:
        """The names of all layers of the painting so far, bottom first."""
        return (*state.earlier.layers, *state.layers[len(state.earlier.layers) - self.first_layer(state) :])

    def with_tools(self, sketch: Sketch) -> Sketch:
        """A sketch of the present stage, with its brushes numbered as in the whole painting."""
        stage = self.known.asked.stage
        if stage is None:
            return sketch
        return replace(sketch, brush=np.array(self.whole.asked.tools_of(stage), np.int64)[sketch.brush])

    def lay(self, state: State, part: slice) -> None:
        """Lays some strokes of the present stage for real."""
        self.easel.lay(self.with_tools(state.sketch[part]), self.first_layer(state) + state.layer_of_each[part])

    def think(self, state: State, steps: Iterator[News]) -> Generator[State, None, State]:
        """Has the planner take steps.

        Yields:
            The state after each.

        Returns:
            The last one.
        """
        for news in self.clock.each("plan", steps):
            state = self.planner.state(state, news)
            yield state
        return self.planner.state(state)

    def canvas(self) -> Float32:
        """The real canvas as it is seen, (height * width, 3) float32, sRGB 0..1."""
        return self.picture().reshape(-1, 3)

    def picture(self) -> Float32:
        """The same as a picture, (height, width, 3)."""
        with self.clock.time("look"):
            return self.easel.seen((0, 0, self.easel.width, self.easel.height))


def open_studio(asked: Commission, dreams: Dreams) -> Studio:
    """Looks at the picture and makes everything ready; the time for the painting begins.

    Args:
        asked: what is to be painted, and how.
        dreams: dreams of its brushes.

    Raises:
        ModelError: a network that finds faces is missing or broken.
    """
    clock, deadline = Clock(), Deadline(asked.options.seconds)
    with clock.time("look"):
        known = study(asked, dreams)
    studio = Studio(known, dreams, known.easel(), clock, known, known.planner(deadline))
    if asked.options.stages:
        studio.begin_stage(Earlier())
    return studio


def _ground_of(whole: Study) -> Colour:
    """The colour of the bare ground, sRGB 0..1; the mean of somebody's work."""
    red, green, blue = (whole.target.background.reshape(-1, 3).mean(0) / 255).tolist()
    return red, green, blue
