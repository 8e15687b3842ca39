"""A painting is a sequence of states; each is all that is known at one moment, and is never changed.

From a state the painting can go on to the very same end.  So whoever watches a painting is given states and nothing
else: the progress bar, the preview, saving from time to time, Ctrl-C and ``--resume``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dreambrush.arrays import Int64
from dreambrush.painter.painting import LaidLayer, Progress
from dreambrush.painter.propose.candidates import Belief
from dreambrush.painter.refine.descent import Descent
from dreambrush.painter.sketch import Sketch


@dataclass(frozen=True)
class PlanStep:
    """How far the plan is.

    Attributes:
        paused: how often all strokes were refined while they were grown.
        grown: whether that is over.
        idle: number of the last rounds of new strokes, one after the other, that gained nothing.
        swapped: how often weak strokes have been taken away.
        before: the sketch before the present swap, if there is one.
        before_mse: mean squared error of that.
        shaped: whether its strokes have the shapes of a manner.
        refined: whether the plan is finished.
        mended: whether what is left was refined since the last layer was laid.
        adding: whether strokes are being added to what is laid.
        added: whether that is over.
        descent: the one that goes on.
    """

    paused: int = 0
    grown: bool = False
    idle: int = 0
    swapped: int = 0
    before: Sketch | None = None
    before_mse: float = 0.0
    shaped: bool = False
    refined: bool = False
    mended: bool = False
    adding: bool = False
    added: bool = False
    descent: Descent | None = None


@dataclass(frozen=True, eq=False)
class Earlier:
    """What the stages of a painting that are over have laid.

    Attributes:
        stages: how many they are.
        sketch: their strokes; brushes are numbered as in the whole painting.
        layers: names of their layers, bottom first.
        layer: (k,) on which of them each stroke lies.
        laid_layers: what was dreamt and what became real, stage by stage.
        spent: seconds.
    """

    stages: int = 0
    sketch: Sketch = field(default_factory=Sketch.empty)
    layers: tuple[str, ...] = ()
    layer: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    laid_layers: tuple[LaidLayer, ...] = ()
    spent: float = 0.0


@dataclass(frozen=True, eq=False)
class State:
    """A moment of a painting.

    Attributes:
        sketch: all strokes so far, laid or not, in their order.
        step: how far the plan is.
        belief: what the grower thinks that the canvas is like, and which strokes it remembers.
        rng: state of the generator of random numbers.
        layers: names of the layers, bottom first; none while no paint is laid.
        layer: (k,) on which of them each stroke of the plan goes; strokes that were added to it go on the last one.
        laid_layers: those that are laid already, bottom first.
        spent: seconds so far.
        progress: what is told of it.
        earlier: what the stages before the present one have laid.  All else is of the present one.
    """

    sketch: Sketch
    step: PlanStep
    belief: Belief
    rng: Mapping[str, Any]
    layers: tuple[str, ...] = ()
    layer: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    laid_layers: tuple[LaidLayer, ...] = ()
    spent: float = 0.0
    progress: Progress | None = None
    earlier: Earlier = field(default_factory=Earlier)

    @property
    def laid(self) -> int:
        """How many strokes are laid."""
        return sum(each.strokes for each in self.laid_layers)

    @property
    def layer_of_each(self) -> Int64:
        """(n,) layer of every stroke of the sketch, once there are layers."""
        added = len(self.sketch) - len(self.layer)
        return np.concatenate([self.layer, np.full(added, len(self.layers) - 1, np.int64)])
