"""Values of options: what a text means, and that any other text is told as a bad value."""

from __future__ import annotations

import contextlib

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.cli.paint.values import duration, stroke_width


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("2m", 120), ("1.5m", 90), ("45", 45), ("1 h", 3600), ("2M", 120), (".5m", 30)]
)
def test_times(text: str, seconds: float) -> None:
    assert duration(1)(text) == seconds


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("12", 12), ("12px", 12), ("1.5 px", 1.5), ("2%", 20), ("0.01%", 1), (".5%", 5), ("100%", 1000)],
)
def test_widths(text: str, pixels: float) -> None:
    assert stroke_width(text).pixels(1000) == pixels


@given(st.text(max_size=9))
def test_any_text_is_a_value_or_a_bad_one(text: str) -> None:
    def pixels(value: str) -> float:
        return stroke_width(value).pixels(8192)

    for convert, lowest, highest in ((duration(1), 1, 86400), (pixels, 1, 8192)):
        with contextlib.suppress(click.BadParameter):
            assert lowest <= convert(text) <= highest
