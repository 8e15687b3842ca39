"""An artist who takes over a file in MyPaint: see mypaint_artist.py for what may be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.mypaint.in_mypaint import run_in_mypaint

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
    said = run_in_mypaint(
        "mypaint_artist.py", home, picture, saved, standard_input=json.dumps(actions), variables=ZEROED
    )
    report: dict[str, Any] = json.loads(said)
    return report
