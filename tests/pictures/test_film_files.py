"""Which files are films, and what they need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dreambrush.errors import UsageError
from dreambrush.pictures.film_files import SAVED, check_film_ending


def test_endings() -> None:
    for ending in SAVED:
        check_film_ending(Path("a" + ending.upper()))
    with pytest.raises(UsageError) as caught:
        check_film_ending(Path("here/a.avi"))
    assert caught.value.message == "The film 'here/a.avi' must end in .mp4, .gif or .webp."
    assert caught.value.advice == "Try: -o 'a.mp4'"


def test_it_is_light_and_says_what_is_missing() -> None:
    code = (
        "import sys; sys.modules['av'] = None; from pathlib import Path;"
        "from dreambrush.pictures.film_files import check_film_ending, need_av;"
        "assert not {'numpy', 'PIL'} & set(sys.modules);"
        "from dreambrush.errors import MissingPackageError\n"
        "check_film_ending(Path('a.gif'))\n"
        "for do in lambda: check_film_ending(Path('a.mp4')), need_av:\n"
        "    try: do()\n"
        "    except MissingPackageError as error: print(error.message, error.advice)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    saving, reading = done.stdout.splitlines()
    assert saving.startswith("Saving an .mp4 needs the Python package av") and ".gif or .webp" in saving
    assert reading.startswith("Reading a video needs the Python package av") and "opencv" in reading
