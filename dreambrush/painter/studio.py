"""A studio: all that is needed to paint one picture."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from dreambrush.arrays import Float32
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.painting import Clock
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.planner import News, Planner
from dreambrush.painter.plan.state import State
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.study import Commission, Study, study


@dataclass(frozen=True)
class Studio:
    """Knowledge of the picture, a planner, an easel with the real canvas, and a clock.

    Attributes:
        known: what is known of the picture.
        planner: plans strokes in the dream.
        easel: easel with the real canvas.
        clock: counts seconds by kind of work.
    """

    known: Study
    planner: Planner
    easel: Easel
    clock: Clock

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
    return Studio(known, known.planner(deadline), known.easel(), clock)
