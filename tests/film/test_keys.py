"""Drawings of a film as files: MyPaint knows their strokes, replay lays the same pixels, her changes are read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from dreambrush.errors import OutputError, UsageError
from dreambrush.film.camera import SCALE
from dreambrush.film.hers import Key
from dreambrush.film.keys import HER_LAYER, key_path, read_key, save_key
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.mypaint.strokemap import decode
from dreambrush.recipe import chosen_recipe
from dreambrush.replay.repaint import repaint
from tests.film.clips import HEIGHT, WIDTH, moving
from tests.film.test_story import GREEN, film, usual


def save(path: Path, frame: int, *, overwrite: bool = False) -> None:
    how = {"your_turn": True, "overwrite": overwrite}
    save_key(path, usual()[frame].as_key(), [find_brush("oil")], 0, {"effort": 1}, **how)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The third drawing of a film."""
    path = key_path(tmp_path_factory.mktemp("keys") / "film.mp4", 2)
    save(path, 2)
    return path


def test_its_name_tells_the_film_and_the_frame() -> None:
    assert key_path(Path("a/film.mp4"), 42) == Path("a/film-00042.ora")


def test_it_looks_like_the_drawing(key: Path) -> None:
    read = read_key(key)
    assert read.frame == 2
    assert read.merged.shape == (SCALE * HEIGHT, SCALE * WIDTH, 3)
    assert np.array_equal(read.merged, usual()[2].as_key().sheet.merged())


def test_mypaint_knows_its_strokes(key: Path) -> None:
    strokes = 0
    with zipfile.ZipFile(key) as ora:
        for name in ora.namelist():
            if name.endswith("strokemap.dat") and name != "data/layer-00-strokemap.dat":  # that of "Your turn"
                strokes += len(decode(ora.read(name)))
    assert len(usual()[2].drawing) / 2 < strokes <= len(usual()[2].drawing)  # less those that show nothing


def test_replay_lays_the_same_pixels(key: Path) -> None:
    with read_document(key) as document:
        recipe = chosen_recipe(document.settings, key)
        merged = render_document(document)
    assert recipe.anew and len(recipe.strokes) == len(usual()[2].drawing)
    assert np.array_equal(repaint(recipe).merged(), merged)


@pytest.mark.parametrize("pigment", [False, True])
def test_replay_lays_wet_strokes_the_same(tmp_path: Path, pigment: bool) -> None:
    brush, path = find_brush("wet-oil"), tmp_path / "k.ora"
    moment = film(moving(3, step=(9.0, 0.0)), brush="wet-oil", pigment=pigment)[2]
    assert moment.drawing.number.tolist() != list(range(len(moment.drawing)))  # some are gone, others are new
    save_key(path, moment.as_key(), [brush], 0, {}, your_turn=True, overwrite=False)
    with read_document(path) as document:
        merged = render_document(document)
        assert np.array_equal(repaint(chosen_recipe(document.settings, path)).merged(), merged)


def test_it_replaces_nothing_unless_it_may(key: Path) -> None:
    before = key.read_bytes()
    with pytest.raises(OutputError):
        save(key, 2)
    save(key, 2, overwrite=True)
    assert key.read_bytes() == before  # the same bytes again


def test_what_she_has_painted_before_has_a_layer_of_its_own(tmp_path: Path) -> None:
    merged = usual()[1].as_key().sheet.merged().copy()
    merged[40:70, 60:100] = GREEN
    moment = film(moving(3), key=Key(1, merged))[2]
    save_key(tmp_path / "k.ora", moment.as_key(), [find_brush("oil")], 0, {}, your_turn=False, overwrite=False)
    with read_document(tmp_path / "k.ora") as document:
        assert next(iter(document.layers())).name == HER_LAYER
    seen = read_key(tmp_path / "k.ora").merged
    assert np.abs(seen[52, 76].astype(int) - GREEN).max() <= 2


def test_another_painting_is_no_drawing_of_a_film(tmp_path: Path) -> None:
    from dreambrush.painter.run import paint
    from dreambrush.painter.save.saving import save_painting

    picture = np.asarray(moving(1)[0][:32, :32] / 255, np.float32)
    painting = paint(picture, find_brush("oil"), 3)
    save_painting(tmp_path / "p.ora", painting, [find_brush("oil")], 0, {})
    with pytest.raises(UsageError, match="is no drawing of a film"):
        read_key(tmp_path / "p.ora")
