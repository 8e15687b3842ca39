"""A picture in a rectangle of the artist's work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli.paint.fitting import Box, fitted, soft_region
from dreambrush.errors import ExitCode, UsageError
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from tests.cli.conftest import Command
from tests.mypaint.ora_files import OraFile

WHOLE = Box(0, 0, 80, 60)
QUICK = ("--strokes", "60", "--effort", "1")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Twice as wide as high: red left, green in the middle, blue right."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :10, 0] = pixels[:, 10:30, 1] = pixels[:, 30:, 2] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    return tmp_path / "wide.png"


def extent(picture: np.ndarray) -> tuple[int, int, int, int]:
    """x, y, width and height of what is opaque."""
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis=axis)) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), len(columns), len(rows)


def test_all_of_the_picture_in_the_middle_of_the_rectangle(photo: Path) -> None:
    picture, box = fitted(photo, Box(10, 20, 40, 40), WHOLE, crop=False)
    assert picture.shape == (60, 80, 4) and picture.dtype == np.float32
    assert extent(picture) == (10, 30, 40, 20) == box
    assert picture[40, 12, 0] > 0.9 and picture[40, 47, 2] > 0.9


def test_the_rectangle_is_filled_and_the_rest_cut_off(photo: Path) -> None:
    picture, box = fitted(photo, Box(10, 20, 40, 40), WHOLE, crop=True)
    assert extent(picture) == (10, 20, 40, 40) == box
    inside = picture[20:60, 10:50]
    assert (inside[:, 3:-3, 1] > 0.9).all() and (inside[..., 3] == 1).all(), "only the middle of the picture is left"
    whole, box = fitted(photo, WHOLE, WHOLE, crop=True)
    assert whole.shape == (60, 80, 3) and box == WHOLE


def test_a_rectangle_beyond_the_work_shows_a_part(photo: Path) -> None:
    picture, box = fitted(photo, Box(-20, 10, 40, 20), WHOLE, crop=False)
    assert box == (-20, 10, 40, 20) and extent(picture) == (0, 10, 20, 20)
    assert picture[20, 15, 2] > 0.9 and picture[20, 2, 1] > 0.9


def test_a_rectangle_like_a_thread_is_refused(tmp_path: Path) -> None:
    wide = tmp_path / "wide.png"  # of which a picture as high as the rectangle would be 48 times as wide
    Image.new("RGB", (48, 1), "teal").save(wide)
    with pytest.raises(UsageError, match="would have 32,667 pixels a side"):
        fitted(wide, Box(0, 0, 1, 700), Box(0, 0, 700, 700), crop=True)


def test_edges_fade_but_not_at_the_rim_of_the_work() -> None:
    region = soft_region(Box(0, 10, 50, 50), 80, 60)
    assert region[30, 0] == 255 and region[59, 20] == 255, "the work ends here"
    assert region[30, 49] < 128 and region[10, 20] < 128 and region[30, 45] == 255
    assert not region[:10].any() and not region[:, 50:].any()
    assert (np.diff(region[10:20, 20].astype(int)) >= 0).all()


def test_painted_into_a_rectangle_of_the_work(command: Command) -> None:
    ora = OraFile(80, 60)
    ora.layer(np.full((60, 80, 4), (90, 90, 90, 255), np.uint8), name="Grey")
    ora.save(Path("work.ora"))
    seen = {}
    for fit in ("contain", "crop", "frame"):
        words = ("--onto", "work.ora", "--region", "8,8,32,48", "--fit", fit, "-o", f"{fit}.ora")
        outcome = command("paint", "photo.png", *QUICK, *words)
        assert outcome.code == 0, outcome.stderr
        with read_document(f"{fit}.ora") as document:
            seen[fit] = render_document(document)[..., :3].astype(int)
        changed = (seen[fit] != 90).any(2)
        rows = slice(20, 44) if fit == "contain" else slice(8, 56)  # the photo is 4:3
        assert changed[rows, 8:40].mean() > 0.7
        changed[rows, 8:40] = False
        assert not changed.any()
    # All of the photo, whose left is bright and whose right is dark, or the left of it only.
    contained, framed = seen["contain"][32, 12:36, 0], seen["frame"][32, 12:36, 0]
    assert contained[0] - contained[-1] > 90 > framed[0] - framed[-1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fit", "crop"), "--fit needs --onto"),
        (("--onto", "work.ora", "--fit", "wide"), "--fit"),
        (("--onto", "work.ora", "--region", "90,0,5,5"), "leave no place to paint"),
        (("--onto", "work.ora", "--region", "0,0,0,5"), "leave no place to paint"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], message: str) -> None:
    ora = OraFile(80, 60)
    ora.layer(np.full((60, 80, 4), 90, np.uint8))
    ora.save(Path("work.ora"))
    outcome = command("paint", "photo.png", *words)
    assert outcome.code == ExitCode.USAGE and message in outcome.stderr
