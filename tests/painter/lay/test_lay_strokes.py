"""Recorded strokes laid again: on which layer each lies, and with which seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.strokes import Strokes
from tests.replay.test_edits import LAYERS, some_recipe

RECIPE = some_recipe(n=12)
WET = [brush.with_values(smudge=0.7, smudge_length=0.2) for brush in RECIPE.brushes]


def test_layers_lie_in_their_own_order_whatever_that_of_the_strokes() -> None:
    upwards = RECIPE.strokes[np.array([0, 4, 8])]
    downwards = upwards[::-1]
    assert downwards.layer.tolist() == [2, 1, 0]
    one, other = (lay_strokes(strokes, RECIPE.brushes) for strokes in (upwards, downwards))
    assert [layer.name for layer in one] == [layer.name for layer in other] == list(LAYERS)
    for was, now in zip(one, other, strict=True):
        assert was.pixels.any() and np.array_equal(was.pixels, now.pixels)


def test_a_stroke_has_the_seed_of_the_painting_plus_its_number() -> None:
    # The first stroke has a brush and a layer to itself, because a brush's own random numbers run on.
    alone = np.array([1] + 11 * [0], np.int32)
    strokes = replace(RECIPE.strokes, layer=alone, brush=1 - alone)

    def ground(strokes: Strokes, seed: int) -> bytes:
        return lay_strokes(strokes, WET, seed, pigment=True)[0].pixels.tobytes()

    together = ground(strokes, 3)
    assert ground(strokes[1:], 3 + 1) == together
    assert ground(strokes[1:], 3) != together
