"""How brushes carry paint."""

from __future__ import annotations

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.relief.load import Load, load_of


def load(name: str) -> Load:
    return load_of(read_myb(find_brush(name).path))


def test_a_knife_is_smooth_and_bristles_draw_tracks() -> None:
    knife, bristle = load("knife"), load("bristle")
    assert knife.knife and not bristle.knife
    assert knife.bristle < 0.5 * bristle.bristle
    assert knife.body == bristle.body == 1


def test_a_blender_has_no_paint_and_thin_paint_has_no_body() -> None:
    assert load("blender").body == 0
    assert load("wash").body < 0.7 * load("oil").body
