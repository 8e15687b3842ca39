from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.errors import UsageError
from dreambrush.pictures.palette import MOST_COLOURS, Palette, oklab, palette_of, parse_palette

GPL = "GIMP Palette\nName: Test\nColumns: 2\n#\n255 0 0 Red\n  0 128  0\tGreen\n 16  16 200\n"


def levels(palette: Palette) -> list[list[int]]:
    found: list[list[int]] = np.rint(palette.colours * 255).astype(int).tolist()
    return found


def test_oklab_has_the_published_values() -> None:
    # Ottosson's reference: white is (1, 0, 0); red, green and blue from CSS Color 4's definition of the same space.
    colours = np.array([[1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    expected: list[list[float]] = [
        [1, 0, 0],
        [0, 0, 0],
        [0.628, 0.225, 0.126],
        [0.866, -0.234, 0.179],
        [0.452, -0.032, -0.312],
    ]
    assert np.abs(oklab(colours) - np.array(expected)).max() < 1e-3


def test_colours_as_words() -> None:
    assert levels(parse_palette("#fff, 00ff00;#123456  #fff")) == [[255, 255, 255], [0, 255, 0], [0x12, 0x34, 0x56]]


def test_a_gimp_palette(tmp_path: Path) -> None:
    path = tmp_path / "a.gpl"
    path.write_text(GPL)
    assert levels(parse_palette(str(path))) == [[255, 0, 0], [0, 128, 0], [16, 16, 200]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_of_an_encoding_are_no_part_of_the_text(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.gpl"
    path.write_bytes(GPL.replace("\n", "\r\n").encode(encoding))
    assert levels(parse_palette(str(path))) == [[255, 0, 0], [0, 128, 0], [16, 16, 200]]


def test_an_empty_slot_of_mypaint_is_no_black(tmp_path: Path) -> None:
    path = tmp_path / "a.gpl"
    path.write_text(GPL + "0 0 0 __NONE__\n0\t0 0\t__NONE__ \n1 0 0 __NONE__\n")
    assert levels(parse_palette(str(path)))[3:] == [[1, 0, 0]]
    path.write_text(GPL + "0 0 0 __NONE__\n0 0 0 Black\n")
    assert levels(parse_palette(str(path)))[3:] == [[0, 0, 0]]


def test_a_palette_of_many_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.gpl"
    many = [[i % 256, i // 256, 7] for i in range(9000)]
    path.write_text("GIMP Palette\n" + "".join(f"{r} {g} {b}\n" for r, g, b in many))
    palette = parse_palette(str(path))
    assert levels(palette) == many
    some = np.array([[3, 20, 7], [250, 1, 7]], np.float32).repeat(300, 0) / np.float32(255)
    assert np.rint(palette.snapped(some) * 255).astype(int).tolist() == [[3, 20, 7]] * 300 + [[250, 1, 7]] * 300


def test_each_colour_snaps_to_what_looks_most_like_it() -> None:
    palette = parse_palette("#000,#fff,#2d5a27,#808080")
    dark_green = np.array([[0.2, 0.32, 0.2], [0.02, 0.01, 0.02], [0.52, 0.5, 0.5]], np.float32)
    snapped = np.rint(palette.snapped(dark_green) * 255).astype(int).tolist()
    assert snapped == [[0x2D, 0x5A, 0x27], [0, 0, 0], [128, 128, 128]]
    assert np.array_equal(palette.snapped(palette.colours), palette.colours)
    assert palette.snapped(np.zeros((0, 3), np.float32)).shape == (0, 3)


def test_a_picture_s_own_colours() -> None:
    picture = np.zeros((40, 40, 3), np.float32)
    picture[:20, :20] = 1, 0, 0
    picture[20:, :20] = 0, 0.502, 0
    picture[:3, 30:] = 1, 1, 0  # little, but far from the others
    assert sorted(levels(palette_of(picture, 4))) == [[0, 0, 0], [0, 128, 0], [255, 0, 0], [255, 255, 0]]
    assert len(palette_of(picture, 9)) == 4
    assert levels(parse_palette("auto:1", picture)) == levels(palette_of(picture, 1))


def test_a_small_colourful_thing_gets_its_colour() -> None:
    shades = np.linspace(0.1, 0.9, 80, dtype=np.float32)
    picture = np.repeat(np.tile(shades, (80, 1))[..., None], 3, 2)
    picture[40:, :, 2] *= 0.7  # brownish shades
    picture[10:30, 10:40] = 0.87, 0.81, 0.37  # a pear
    picture[50:60, 50:62] = 0.91, 0.62, 0.15  # an orange: 2 % of the picture
    palette = palette_of(picture, 6)
    for fruit in (picture[20, 20], picture[55, 55]):
        assert np.abs(palette.snapped(fruit[None])[0] - fruit).max() < 0.01


@given(st.integers(1, 12), st.integers(0, 99))
def test_its_colours_are_in_the_picture(count: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (9, 7, 3)).astype(np.float32) / np.float32(255)
    own = {tuple(colour) for colour in np.rint(picture.reshape(-1, 3) * 255).astype(int).tolist()}
    palette = palette_of(picture, count)
    assert 1 <= len(palette) <= count and {tuple(colour) for colour in levels(palette)} <= own


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a list of colours"),
        ("#12345", "is not a list of colours"),
        ("red,green", "is not a list of colours"),
        ("auto:0", "must ask for 1 to 256 colours"),
        ("auto:x", "must ask for 1 to 256 colours"),
        ("auto:", "must ask for 1 to 256 colours"),
        (f"auto:{MOST_COLOURS + 1}", "must ask for 1 to 256 colours"),
        ("nothing.gpl", "No such file"),
        ("head.gpl", "does not begin"),
        ("empty.gpl", "does not begin"),
        ("none.gpl", "has 0 colours"),
        ("word.gpl", "no colour in its line 'a b c'"),
        ("large.gpl", "no colour in its line '1 2 300'"),
        ("many.gpl", "has 10,001 colours"),
        ("slots.gpl", "has 0 colours"),
        ("folder.gpl", "directory"),
    ],
)
def test_what_is_no_palette(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("head.gpl").write_text(GPL[5:])
    Path("empty.gpl").write_text("")
    Path("none.gpl").write_text("GIMP Palette\n#\n")
    Path("word.gpl").write_text("GIMP Palette\na b c\n")
    Path("large.gpl").write_text("GIMP Palette\n1 2 300\n")
    Path("many.gpl").write_text("GIMP Palette\n" + "".join(f"{i % 256} {i // 256} 7\n" for i in range(10_001)))
    Path("slots.gpl").write_text("GIMP Palette\n0 0 0 __NONE__\n")
    Path("folder.gpl").mkdir()
    with pytest.raises(UsageError, match=message):
        parse_palette(text, np.zeros((2, 2, 3), np.float32))
