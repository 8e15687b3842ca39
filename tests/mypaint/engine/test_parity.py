"""The canvas holds, bit for bit, what MyPaint's own library paints with its brushes, in all of its modes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.mypaint.parity_strokes import BRUSHES, Case, all_cases, digest, ground

HERE = Path(__file__).parents[1]

ROOT = HERE.parents[2]
FAILED = ROOT / "tests" / "failed"
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that MyPaint's library is built for
PROCESSES = 2
MOST_PICTURES = 8

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/usr/lib/mypaint/lib").is_dir(), reason="MyPaint is not installed (apt: mypaint)"),
    pytest.mark.skipif(not BRUSHES.is_dir(), reason="its brushes are not installed (apt: mypaint-brushes)"),
]


def run(python: str, script: str, arguments: list[str], perturb: str | None) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "MALLOC_PERTURB_"}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    if script == "dreambrush_paints.py":
        environment["PYTHONPATH"] = str(ROOT)
    if perturb is not None:
        environment["MALLOC_PERTURB_"] = perturb
    done = subprocess.run(
        [python, str(HERE / script), *arguments], env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{script} left with {done.returncode}:\n{done.stderr[-3000:]}"
    return done.stdout


def digests(python: str, script: str, perturb: str | None = None) -> dict[str, str]:
    with ThreadPoolExecutor(PROCESSES) as pool:
        parts = [[str(part), str(PROCESSES)] for part in range(PROCESSES)]
        answers = pool.map(lambda part: json.loads(run(python, script, part, perturb)), parts)
        return {name: value for answer in answers for name, value in answer.items()}


@cache
def painted_by_mypaint() -> dict[str, str]:
    return digests(DEBIAN_PYTHON, "mypaint_paints.py")


def test_mypaint_paints_something_with_every_brush() -> None:
    theirs = painted_by_mypaint()
    assert len(theirs) == len(all_cases()) == 4 * len(list(BRUSHES.rglob("*.myb")))
    untouched = digest(ground())
    assert [name for name, value in theirs.items() if value == untouched] == []


# Fresh memory has all bits set but one in each byte, or none: what is read before it is written differs in one of them.
@pytest.mark.parametrize("perturb", ["1", "255"])
def test_every_brush_paints_as_in_mypaint_whatever_malloc_hands_out(perturb: str | None) -> None:
    theirs, ours = painted_by_mypaint(), digests(sys.executable, "dreambrush_paints.py", perturb)
    different = [case for case in all_cases() if ours[case.name] != theirs[case.name]]
    for case in different[:MOST_PICTURES]:
        save_pictures(case, perturb)
    if different:
        names = "\n".join(case.name for case in different)
        count = f"{len(different)} of {len(theirs)}"
        pytest.fail(f"{count} differ (pictures in {FAILED}):\n{names}", pytrace=False)


def save_pictures(case: Case, perturb: str | None) -> None:
    """MyPaint's pixels on the left, ours in the middle, where they differ on the right."""
    FAILED.mkdir(exist_ok=True)
    (FAILED / ".gitignore").write_text("*\n")
    file = FAILED / case.name.replace("/", "-").replace(" ", "_")
    sides = []
    for python, script in ((DEBIAN_PYTHON, "mypaint_paints.py"), (sys.executable, "dreambrush_paints.py")):
        array = file.with_name(f"{file.name}.{script.removesuffix('_paints.py')}.npy")
        ours = script == "dreambrush_paints.py"
        run(
            python,
            script,
            [case.brush, str(case.eotf), str(case.paint_mode), str(array)],
            perturb if ours else None,
        )
        sides.append(np.load(array).astype(np.int64))
    difference = 255 * (sides[0] != sides[1]).any(axis=-1, keepdims=True).repeat(3, axis=-1)
    over_white = [side[..., :3] + 32768 - side[..., 3:] for side in sides]
    picture = np.concatenate([*(np.clip(side, 0, 32768) * 255 // 32768 for side in over_white), difference], axis=1)
    Image.fromarray(picture.astype(np.uint8)).save(file.with_name(file.name + ".png"))
