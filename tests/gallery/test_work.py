from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Pixels
from dreambrush.gallery import work
from dreambrush.gallery.work import Work, WorkView, stroke_rows
from dreambrush.replay.stroke_looks import looks_of
from tests.replay.test_edits import some_recipe


def test_rows_have_the_strokes_to_a_tenth_of_a_pixel() -> None:
    recipe = some_recipe()
    strokes = recipe.strokes
    rows = np.array(stroke_rows(strokes, recipe.brushes))
    looks = looks_of(strokes, recipe.brushes)
    assert np.abs(rows[:, :6] - strokes.path.reshape(-1, 6)).max() <= 0.051
    assert np.abs(rows[:, 6:9] - looks.half_width).max() <= 0.0051
    assert np.abs(rows[:, 9] / 100 - looks.opacity).max() <= 0.0051
    rgb = np.stack([rows[:, 10] // 65536, rows[:, 10] // 256 % 256, rows[:, 10] % 256], 1)
    assert (rgb == np.rint(255 * strokes.colour.astype(float))).all()
    assert (rows[:, 11] == strokes.brush).all() and (rows[:, 12] == strokes.layer).all()
    assert np.abs(rows[:, 13] - 2 * strokes.radius).max() <= 0.051
    assert np.abs(rows[:, 14:16] / 100 - strokes.pressure).max() <= 0.0051
    assert (rows[:, 16] == looks.blunt).all()


def test_of_very_many_strokes_the_first_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = some_recipe()
    view = WorkView("Real", np.zeros((2, 2, 3), np.uint8))
    monkeypatch.setattr(work, "MOST_STROKES", 7)
    told = Work("a", "", recipe.strokes, recipe.brushes, recipe.background, [view]).for_script
    assert len(told["strokes"]) == 7 and told["total"] == 30 and told["end"] == 0


def test_what_is_under_the_strokes() -> None:
    recipe = some_recipe()
    view = WorkView("Real", np.zeros((2, 2, 3), np.uint8))

    def under(what: Pixels) -> dict[str, str]:
        made = Work("a", "", recipe.strokes, recipe.brushes, what, [view]).for_script["under"]
        return dict(made)

    width, height = recipe.strokes.size
    assert under(np.array([1, 2, 255], np.uint8)) == {"colour": "#0102ff"}
    assert list(under(np.zeros((64, 64, 3), np.uint8))) == ["tile"]
    assert list(under(np.zeros((height, width, 3), np.uint8))) == ["picture"]
