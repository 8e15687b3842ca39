from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFont

from dreambrush.pictures.look_sheet import COMMAND_SIZE, EDGE, GAP, NARROWEST, PAPER, Look, draw_look_sheet, wrapped

RNG = np.random.default_rng(0)
COMMAND = "dreambrush paint photo.jpg --brush set:studio --strokes 800 --hand 0.7 -o photo-loose.ora"


def looks(count: int, height: int = 40, width: int = 320, command: str = COMMAND) -> list[Look]:
    return [Look(f"Look {each}", command, RNG.integers(0, 256, (height, width, 3), np.uint8)) for each in range(count)]


def test_each_painting_is_there_pixel_for_pixel_and_none_overlaps_another() -> None:
    twelve = looks(12)
    sheet = np.asarray(draw_look_sheet(twelve))
    columns = (sheet.shape[1] - 2 * EDGE + GAP) // (320 + GAP)
    down = (sheet.shape[0] - 2 * EDGE + GAP) // (12 // columns)  # all commands are equally long
    assert 12 % columns == 0 and down > 40 + GAP
    for index, look in enumerate(twelve):
        left, top = EDGE + index % columns * (320 + GAP), EDGE + index // columns * down
        assert np.array_equal(sheet[top : top + 40, left : left + 320], look.painting)
        assert (sheet[top + 40 : top + down - GAP, left : left + 320] != PAPER).any(), "nothing is written below"
        assert (sheet[top + down - GAP : top + down, left : left + 320] == PAPER).all()


def test_a_narrow_painting_lies_in_the_middle_of_its_place() -> None:
    (look,) = looks(1, width=20)
    sheet = np.asarray(draw_look_sheet([look]))
    assert sheet.shape[1] == NARROWEST + 2 * EDGE
    left = EDGE + (NARROWEST - 20) // 2
    assert np.array_equal(sheet[EDGE : EDGE + 40, left : left + 20], look.painting)


@pytest.mark.parametrize("count", [1, 5, 7, 11, 12])
def test_any_number_of_looks_has_a_sheet_of_a_shape_that_can_be_seen(count: int) -> None:
    for height, width in ((256, 384), (384, 256), (384, 384)):
        sheet = draw_look_sheet(looks(count, height, width))
        assert 0.4 < sheet.width / sheet.height < 2.2, (count, height, width)


@pytest.mark.parametrize("words", [COMMAND, "dreambrush paint " + "a-long-name" * 30 + " -o b", "'two  spaces'  x"])
def test_a_command_is_whole_and_fits(words: str) -> None:
    font = ImageFont.load_default(COMMAND_SIZE)
    assert isinstance(font, ImageFont.FreeTypeFont)
    lines = wrapped(words, font, 300)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(font.getlength(line) <= 300 for line in lines)
    assert len(lines) == 1 or all(font.getlength(line) > 100 for line in lines[1:-1])


def test_the_same_looks_give_the_same_pixels_and_odd_names_can_be_drawn() -> None:
    odd = looks(2, command="dreambrush paint 'two\nlines \udcff \x1b.png'")
    assert draw_look_sheet(odd).tobytes() == draw_look_sheet(odd).tobytes()
    assert isinstance(draw_look_sheet(odd), Image.Image)


@pytest.mark.parametrize("wrong", [[], [*looks(1), *looks(1, 41)]], ids=["none", "two sizes"])
def test_what_does_not_fit_is_refused(wrong: list[Look]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        draw_look_sheet(wrong)
