"""`dreambrush.mypaint` as a library in its own right."""

from __future__ import annotations

import subprocess
import sys

import pytest
from setuptools import find_packages

import dreambrush.mypaint
from tests.test_house import PACKAGE

ALONE = """
import sys
import numpy as np
from dreambrush.mypaint import Brush, Canvas, read_myb, setting_ranges
canvas = Canvas(64, 64)
canvas.stroke(Brush(), np.array([[8.0, 32, 0, 0], [8, 32, 1, 1], [56, 32, 1, 1]]))
assert canvas.read8()[32, 32, 3] > 200
assert len(setting_ranges()) == 64
outside = {name.split(".")[0] for name in sys.modules} - before - set(sys.stdlib_module_names)
print(*sorted(name for name in outside if "cffi" not in name))
print(*sorted(name for name in sys.modules if name.startswith("dreambrush.")))
"""


def test_it_loads_numpy_and_cffi_and_nothing_else() -> None:
    code = "import sys\nbefore = {name.split('.')[0] for name in sys.modules}\n" + ALONE
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    packages, modules = run.stdout.splitlines()
    assert packages == "dreambrush numpy"
    assert "dreambrush.mypaint.engine.canvas" in modules
    assert {name.split(".")[1] for name in modules.split()} == {"arrays", "errors", "mypaint"}


def test_every_name_is_there_and_an_unknown_one_is_not() -> None:
    for name in dreambrush.mypaint.__all__:
        assert getattr(dreambrush.mypaint, name).__name__ == name
    assert dir(dreambrush.mypaint) == sorted(dreambrush.mypaint.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Brunch'"):
        _ = dreambrush.mypaint.Brunch


def test_every_folder_with_modules_is_a_package_or_else_no_wheel_has_it() -> None:
    found = set(find_packages(str(PACKAGE.parent), include=["dreambrush", "dreambrush.*"]))
    folders = {path.parent.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*.py")}
    assert found >= {".".join(folder.parts) for folder in folders}
