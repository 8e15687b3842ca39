"""Kinds of values that several commands' options share."""

from __future__ import annotations

from collections.abc import Callable

import click


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """An option type: a whole number within bounds, with one message for everything else.

    Args:
        lowest: the smallest allowed value.
        highest: the largest allowed value.
    """

    def convert(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = lowest - 1
        if not lowest <= number <= highest:
            raise click.BadParameter(f"'{value}' is not a whole number from {lowest} to {highest}.")
        return number

    return convert


SEED = whole_number(0, 2**32 - 1)
"""The type of --seed: libmypaint's random numbers are seeded with 32 bits."""
