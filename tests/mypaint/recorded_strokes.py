"""What test_trace.py and test_strokemap.py share: paths over a canvas, and MyPaint's own code to ask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Float64
from tests.mypaint.in_mypaint import run_in_mypaint

WIDTH, HEIGHT = 256, 192
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def random_path(random: np.random.Generator) -> Float64:
    return random.uniform(0.05, 0.95, (3, 2)) * (WIDTH, HEIGHT)


def stroke_maps_in_mypaint(folder: Path, *arguments: str) -> str:
    """What mypaint_strokemaps.py prints, run in a folder with an empty home."""
    return run_in_mypaint("mypaint_strokemaps.py", folder / "home", *arguments, folder=folder)
