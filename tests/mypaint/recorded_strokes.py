"""What test_trace.py and test_strokemap.py share: paths over a canvas, and MyPaint's own code to ask."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

WIDTH, HEIGHT = 256, 192
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def random_path(random: np.random.Generator) -> NDArray[np.float64]:
    return random.uniform(0.05, 0.95, (3, 2)) * (WIDTH, HEIGHT)


def run_in_mypaint(folder: Path, *arguments: str) -> str:
    """What mypaint_strokemaps.py prints, run by Debian's Python in a folder with an empty home."""
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(folder / "home"))
    (folder / "home").mkdir(exist_ok=True)
    done = subprocess.run(
        ["/usr/bin/python3", "-B", str(Path(__file__).with_name("mypaint_strokemaps.py")), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **folders},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
