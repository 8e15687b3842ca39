"""An artist who takes over a file in MyPaint: see mypaint_artist.py for what may be done."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

# libmypaint 1.6.0 begins a stroke with whatever was in memory, and may paint nothing at all; with this there are zeros.
ZEROED: dict[str, str] = {"MALLOC_PERTURB_": "255"}  # glibc fills new memory with the complement


def sit_down(picture: Path, saved: Path, *actions: dict[str, Any]) -> dict[str, Any]:
    """Opens a picture in MyPaint, acts, saves; returns the report.

    Args:
        picture: to be opened; MyPaint's settings are kept in a folder "home" beside it.
        saved: where to.
        actions: what is done, in order.
    """
    home = picture.absolute().parent / "home"
    home.mkdir(exist_ok=True)
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home))
    script = Path(__file__).with_name("mypaint_artist.py")
    done = subprocess.run(
        ["/usr/bin/python3", "-B", str(script), str(picture), str(saved)],
        input=json.dumps(actions),
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **ZEROED, **folders},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report
