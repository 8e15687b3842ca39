from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dreambrush.kernel import _build
from dreambrush.kernel.library import LEVELS, NONE, VARIABLE, compiled, instructions, using


def test_arrays_of_other_types_or_orders_are_refused() -> None:
    c = compiled()
    assert c is not None
    with pytest.raises(TypeError, match="float64"):
        c.floats(np.zeros(3))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int32"):
        c.integers(np.zeros(3, np.int32))
    with pytest.raises((ValueError, BufferError)):
        c.doubles(np.zeros((3, 4))[:, ::2])


def test_instructions_can_be_chosen() -> None:
    best = compiled()
    assert best is not None
    for number, name in enumerate(LEVELS):
        with using(name.upper()):
            c = compiled()
            assert c is not None and c.level == min(number, best.level)
            assert instructions() == LEVELS[c.level]
    with using(NONE):
        assert compiled() is None and instructions() == NONE
        assert compiled("baseline") is not None  # whoever asks for it in so many words
    assert compiled() is best


@pytest.mark.parametrize("name", ["baseline", "none"])
def test_the_environment_chooses(name: str) -> None:
    code = "from dreambrush.kernel.library import instructions; print(instructions())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {VARIABLE: name}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == name


def test_painting_works_without_it(tmp_path: Path) -> None:
    """As on a machine whose compiler could not build it."""
    code = (
        "import sys; sys.modules['dreambrush.kernel._kernel'] = None\n"
        "from dreambrush.kernel.library import compiled, instructions\n"
        "assert compiled() is None and instructions() == 'none'\n"
        "from dreambrush.cli import main; main()\n"
    )
    words = ["paint", "dreambrush/samples/coffee.png", "--size", "48", "--strokes", "20", "-q", "-o"]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, str(tmp_path / "a.ora")], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.ora").is_file()


def test_all_sources_are_named_where_it_is_built() -> None:
    here = Path(_build.__file__).parent
    named = {*_build.SOURCES, *_build.DECLARED, *_build.INCLUDED}
    assert {path.name for path in here.glob("[!_]*.[ch]")} == named
    included = {name for path in here.glob("[!_]*.[ch]") for name in re.findall(r'"(\w+\.h)"', path.read_text())}
    assert included <= named
