"""Films are mended in the stages of their style."""

from __future__ import annotations

from dreambrush.film.commission import MORE
from dreambrush.film.mend import DENSE
from dreambrush.film.parts import parts_of, shared
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.stages import BY_ERROR, EVEN, LIGHTER, Stage
from dreambrush.painter.propose.even_grower import DOT

WASH = Stage("Washes", brushes=(1,), share=3, bare=0.2)
ERASER = Stage("Lights", brushes=(2,), share=1, tones=LIGHTER, same_layer=True)
LIGHTS = Stage("Fat lights", share=1, tones=LIGHTER)
LINES = Stage("Lines", share=1, spread=EVEN, grey=True)


def test_without_stages_there_is_one_part() -> None:
    (part,) = parts_of(PaintOptions(hand=0.3), 4)
    assert part.brushes == (0, 1, 2, 3) and part.options.hand == 0.3 and part.stage is None and part.free
    assert part.layer(("Ground", "Details")) == 1 and shared((part,), 17) == [17]


def test_each_stage_is_a_part_but_those_that_lift_paint() -> None:
    wash, lines = parts = parts_of(PaintOptions(stages=(WASH, ERASER, LINES)), 3)
    assert wash.brushes == (1,) and wash.options.bare == 0.2 and not wash.options.stages
    assert lines.brushes == (0, 1, 2) and lines.stage is not None and lines.stage.spread == BY_ERROR
    assert wash.free and not lines.free
    assert shared(parts, 40) == [30, 10] and shared(parts, 1) in ([1, 0], [0, 1])
    names = ("Washes", "Lines", "More")
    assert (wash.layer(names), lines.layer(names)) == (0, 1)
    assert lines.layer(("Washes", "More")) == 1  # it had found no place before


def test_lights_that_are_laid_are_a_part() -> None:
    wash, lights = parts_of(PaintOptions(stages=(WASH, LIGHTS)), 3)
    assert lights.stage == LIGHTS and wash.stage == WASH


def test_paint_in_wet_paint_is_laid_on_top_and_dots_lie_no_more_densely_than_before() -> None:
    wet = Stage("Wet in wet", share=1, same_layer=True)
    dots = Stage("Dots", share=1, spread=EVEN, longest=DOT)
    parts = parts_of(PaintOptions(stages=(WASH, wet, dots)), 3)
    assert [part.layer(("Washes", "Dots")) for part in parts] == [0, 1, 1]
    assert [part.sparse for part in parts] == [False, False, True]
    assert shared(parts, 100) == [60, 20, round(20 / (MORE * DENSE))]


def test_only_erasers_leave_all_to_all_brushes() -> None:
    (part,) = parts_of(PaintOptions(stages=(ERASER,)), 3)
    assert part.brushes == (0, 1, 2) and part.stage is None
