"""Defaults and ranges of the options of ``dreambrush paint``, as the painter has them, without loading numpy."""

from __future__ import annotations

DEFAULT_STROKES = 1500
DEFAULT_BRUSH = "set:painter"
EFFORTS, DEFAULT_EFFORT = (1, 5), 3
HANDS, DEFAULT_HAND = (0.0, 1.0), 0.5
LAYERS, DEFAULT_LAYERS = (1, 5), 5
PRESSURES, DEFAULT_PRESSURE = (0.05, 1.0), 0.05
CONTROLLERS = ("learned", "ridge")
LIKENESS = 0.9  # to a reference
LENGTHS = 0.1, 100.0  # of a stroke in its widths

SHORTEST = 1  # seconds for a painting
SOONEST = 0.1  # seconds between two times that an unfinished painting is saved
