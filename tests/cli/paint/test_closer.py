from __future__ import annotations

from typing import Any

import pytest

from dreambrush.cli.paint.closer import what_brings_closer
from dreambrush.cli.paint.settings import StrokeWidth
from tests.cli.paint.test_settings import settings

FAR, NEAR = 0.003, 0.0009  # mean squared errors of 25.2 and 30.5 dB


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "more --strokes or a higher --effort would bring it closer"),
        ({"effort": 5}, "more --strokes would bring it closer"),
        ({"hand": 1.0}, "more --strokes or a higher --effort would bring it closer"),
        ({"palette": "auto:4"}, "--palette matters more for that than the number of strokes"),
        ({"palette": "auto:4", "style": "poster"}, "the style matters more for that than the number of strokes"),
        ({"style": "gouache"}, "the style matters more for that than the number of strokes"),
        (
            {"min_size": StrokeWidth(4, True), "jitter": 0.5},
            "--min-size and --jitter matter more for that than the number of strokes",
        ),
        ({"min_size": StrokeWidth(10, False)}, "more --strokes or a higher --effort would bring it closer"),
        ({"max_length": 0.2}, "--max-length matters more for that than the number of strokes"),
    ],
)
def test_what_is_said_of_a_painting_that_is_not_very_close(changed: dict[str, Any], words: str) -> None:
    assert what_brings_closer(FAR, 9, 1000, settings(**changed)) == words


def test_from_some_likeness_on_more_would_hardly_show() -> None:
    for mse in (NEAR, 0.0):
        assert what_brings_closer(mse, 9, 1000, settings()) == "more strokes or effort would hardly show"


def test_fewer_strokes_than_asked_for() -> None:
    assert what_brings_closer(FAR, 8, 1000, settings(time=3.0)) == "more --time would bring it closer"
    assert what_brings_closer(FAR, 8, 1000, settings(until=25.0)) is None
    assert what_brings_closer(FAR, 8, 1000, settings(palette="#000000")) is None
