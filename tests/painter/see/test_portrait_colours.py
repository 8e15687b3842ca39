from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dreambrush.painter.see.portrait_colours import skin_colours
from dreambrush.pictures.palette import oklab, palette_of

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def test_skin_keeps_its_colour_in_a_palette_of_few(astronaut: Pictures) -> None:
    picture = astronaut(256)
    skin = skin_colours(picture)
    assert skin.shape == (2, 3) and skin.dtype == np.float32
    assert (skin[:, 0] > skin[:, 2] + 0.08).all() and skin[1].mean() < skin[0].mean(), "warm, and darker in its shadows"
    for count in (6, 12):
        palette = palette_of(picture, count, skin)
        assert len(palette) == count
        shown = palette.snapped(skin[:1])[0]
        assert np.sqrt(((oklab(shown[None]) - oklab(skin[:1])) ** 2).sum()) < 0.06 and shown[0] > shown[2] + 0.06
        plain = palette_of(picture, count).snapped(skin[:1])[0]
        assert shown[0] - shown[2] > plain[0] - plain[2], "it would be grey"


def test_without_a_face_nothing_is_kept() -> None:
    flat = np.full((64, 64, 3), 0.5, np.float32)
    assert skin_colours(flat).shape == (0, 3)
    assert np.array_equal(palette_of(flat, 4).colours, palette_of(flat, 4, skin_colours(flat)).colours)
