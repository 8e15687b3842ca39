"""What many tests of the painter need: dreams that ship, a picture, random strokes, and real paint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.geometry import constrained
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.sketch import Sketch

Pictures = Callable[[int], Float32]
Sketches = Callable[..., Sketch]
Painted = Callable[[Sketch, Float32], Float32]
Tame = Callable[[Float32], Float32]
Tames = Callable[[int], Tame]

BRUSHES = ("oil", "bristle", "ink")  # opaque; with random dabs; thin and hard


@pytest.fixture(scope="session")
def brushes() -> list[BrushFile]:
    return [find_brush(name) for name in BRUSHES]


@pytest.fixture(scope="session")
def dreams(brushes: list[BrushFile]) -> Iterator[Dreams]:
    """Of all the brushes."""
    with Dreams([brush.dream_folder() for brush in brushes]) as all_of_them:
        yield all_of_them


@pytest.fixture(scope="session")
def oil() -> Iterator[Dreams]:
    """Of one brush only."""
    with Dreams([find_brush("oil").dream_folder()]) as one:
        yield one


@pytest.fixture(scope="session")
def astronaut() -> Pictures:
    """A photograph (side, side, 3)."""
    photograph = Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]

    def sized(side: int) -> Float32:
        small = photograph.resize((side, side), Image.Resampling.LANCZOS)
        return np.asarray(small, np.float32) / np.float32(255)

    return sized


@pytest.fixture(scope="session")
def tame_for() -> Tames:
    """What a hand does with strokes for a square picture of some side."""
    return lambda side: partial(constrained, width=side, height=side, smallest=0.9, largest=side / 4)


@pytest.fixture(scope="session")
def random_sketch(tame_for: Tames) -> Sketches:
    """Strokes at random on a square picture, by as many brushes as one likes."""

    def drawn(count: int, side: int, seed: int = 0, brushes: int = 1) -> Sketch:
        rng = np.random.default_rng(seed)
        ends, pressure = rng.uniform(-0.1 * side, 1.1 * side, (count, 6)), rng.uniform(0.1, 1, (count, 2))
        radius = np.exp(rng.uniform(np.log(0.9), np.log(side / 5), (count, 1)))
        strokes = tame_for(side)(np.concatenate([ends, pressure, radius], 1).astype(np.float32))
        return Sketch(strokes, rng.random((count, 3), np.float32), rng.integers(0, brushes, count))

    return drawn


@pytest.fixture(scope="session")
def painted(brushes: list[BrushFile]) -> Painted:
    """What the real engine makes of a sketch on paper (h, w, 3) of one colour."""
    settings = [read_myb(brush.path) for brush in brushes]

    def really(sketch: Sketch, paper: Float32) -> Float32:
        height, width = paper.shape[:2]
        tools = [Tool(each) for each in settings]
        easel = Easel(width, height, np.rint(paper[0, 0] * 255).astype(np.uint8), tools, ("Layer",))
        easel.lay(sketch, np.zeros(len(sketch), np.int64))
        return easel.seen((0, 0, width, height))

    return really
