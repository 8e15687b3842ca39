from __future__ import annotations

from pathlib import Path

import pytest

from dreambrush.errors import BrushError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.learnable import Kind, check_learnable, kind_without_paint

OIL = read_myb(find_brush("oil").path)
STOCK = Path("/usr/share/mypaint-data/2.0/brushes")


@pytest.mark.parametrize("name", ["oil", "bristle", "watercolour", "pencil"])
def test_our_brushes_can_be_learned(name: str) -> None:
    assert kind_without_paint(read_myb(find_brush(name).path)) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"eraser": 1.0}, Kind.ERASER),
        ({"eraser": 1.0, "opaque": 0.1}, Kind.ERASER),
        ({"smudge": 1.0, "smudge_length": 0.0}, Kind.BLENDER),
        ({"smudge": 1.0, "smudge_length": 0.7}, Kind.BLENDER),
        ({"lock_alpha": 1.0}, Kind.BLENDER),
        ({"opaque": 0.0}, Kind.NOTHING),
    ],
)
def test_what_lays_no_paint_is_named(values: dict[str, float], kind: Kind) -> None:
    settings = OIL.with_values(**values)
    assert kind_without_paint(settings) is kind
    if kind is not Kind.NOTHING:
        check_learnable("rubber", settings)
        return
    with pytest.raises(BrushError) as told:
        check_learnable("rubber", settings)
    assert (
        told.value.message
        == "The brush 'rubber' lays no paint, whatever the stroke, so there is nothing to learn of it."
    )
    assert "dreambrush brushes" in told.value.advice


@pytest.mark.skipif(not STOCK.is_dir(), reason="the brushes of MyPaint are not installed")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deevad/kneaded_eraser", Kind.ERASER),
        ("classic/ink_eraser", Kind.ERASER),
        ("Dieterle/Eraser", Kind.ERASER),
        ("classic/smudge", Kind.BLENDER),
        ("ramon/Knife", Kind.BLENDER),
        ("tanda/water-01", Kind.BLENDER),
        ("classic/blend+paint", None),
        ("classic/charcoal", None),
    ],
)
def test_brushes_of_mypaint(name: str, kind: Kind | None) -> None:
    assert kind_without_paint(read_myb(STOCK / f"{name}.myb")) is kind
