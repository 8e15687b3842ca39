from __future__ import annotations

import numpy as np

from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.episodes import EPISODE_LENGTH, paint_episodes, random_episodes
from dreambrush.train.collect.strokes import SIDE

BRISTLE = read_myb(find_brush("bristle").path)


def test_each_frame_is_what_replaying_the_strokes_gives() -> None:
    episodes = paint_episodes(BRISTLE, *random_episodes(3, 4))
    assert episodes.strokes.shape == (3, EPISODE_LENGTH, 9) and episodes.colour.shape == (3, EPISODE_LENGTH, 3)
    assert episodes.canvas.shape == (3, EPISODE_LENGTH + 1, SIDE, SIDE, 4) and episodes.canvas.dtype == np.uint8
    brush = Brush(BRISTLE)
    for strokes, colours, frames in zip(episodes.strokes, episodes.colour, episodes.canvas, strict=True):
        canvas = Canvas(SIDE, SIDE)
        assert not frames[0].any()
        for stroke, colour, after in zip(strokes, colours, frames[1:], strict=True):
            brush.set_colour(colour.tolist())
            brush.set_radius(float(stroke[8]))
            canvas.stroke(brush, stroke_events(stroke[:6].reshape(3, 2), stroke[6:8], float(stroke[8])))
            assert np.array_equal(canvas.read8(), after)


def test_paint_covers_paint() -> None:
    episodes = paint_episodes(BRISTLE, *random_episodes(4, 0))
    covered = (episodes.canvas[:, 0, ..., 3] < episodes.canvas[:, -1, ..., 3]).mean()
    assert covered > 0.5
    last, before = episodes.canvas[:, -1].astype(int), episodes.canvas[:, -2].astype(int)
    over = (before[..., 3] == 255) & (abs(last - before)[..., :3].max(-1) > 32)
    assert over.any()


def test_every_other_episode_walks() -> None:
    strokes, colour = random_episodes(32, 1)
    step = np.abs(np.diff(strokes[..., 6], axis=1)).mean(1)  # of the pressure at the start
    assert step[0::2].min() > 0.15 > 0.14 > step[1::2].max()
    assert np.abs(np.diff(colour, axis=1)).mean((1, 2))[1::2].max() < 0.14
    assert colour.min() >= 0 and colour.max() <= 1


def test_other_seeds_other_episodes() -> None:
    one, same, other = (random_episodes(2, seed)[0] for seed in ((0, 1, 0), (0, 1, 0), (0, 1, 1)))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
