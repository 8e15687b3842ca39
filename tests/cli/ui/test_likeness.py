from __future__ import annotations

import math

import pytest

from dreambrush.cli.ui.likeness import BANDS, decibels, likeness


@pytest.mark.parametrize(
    ("mse", "words"),
    [
        (0.1, "the first broad shapes"),
        (0.0115, "a rough likeness"),
        (0.005, "the forms without the details"),
        (0.003, "close but for fine details"),
        (0.0009, "very close"),
        (0.0003, "hardly to be told from the picture"),
        (0.0, "hardly to be told from the picture"),
    ],
)
def test_the_words_of_an_error(mse: float, words: str) -> None:
    assert likeness(mse) == words


def test_less_error_is_never_a_word_of_more() -> None:
    names = [words for _, words in BANDS]
    found = [names.index(likeness(10 ** (-step / 100))) for step in range(500)]
    assert found == sorted(found) and set(found) == set(range(len(BANDS)))


def test_decibels() -> None:
    near = decibels(0.001)
    assert near is not None and math.isclose(near, 30) and decibels(0.0) is None
