"""What every reader hands on: decoded pixels, and how they are to be understood."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


@dataclass
class Decoded:
    """A decoded picture.

    Attributes:
        image: the colours in any of Pillow's modes.
        profile: an ICC profile; None or empty where there is none.
        coded: primaries and transfer characteristics by the numbers of ITU-T H.273, which a profile yields to.
        alpha: the opacity (mode "L" or "I;16") where it lies apart from the colours.
        premultiplied: the colours are multiplied by ``alpha``.
        on_white: the colours are as they look on white through ``alpha``, as Photoshop saves them.
        clear: the one stored colour that stands for transparency: a level, or one for each channel.
        white: the level that stands for white, in modes of more than 8 bits.
        lossy_alpha: what is nearly opaque is meant to be opaque.
        upright: the decoder has turned the picture already.
    """

    image: Image.Image
    profile: bytes | None = None
    coded: tuple[int, int] | None = None
    alpha: Image.Image | None = None
    premultiplied: bool = False
    on_white: bool = False
    clear: tuple[int, ...] | None = None
    white: float | None = None
    lossy_alpha: bool = False
    upright: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as stored."""
        return self.image.size

    @property
    def width(self) -> int:
        """In pixels, as stored."""
        return self.image.width

    @property
    def height(self) -> int:
        """In pixels, as stored."""
        return self.image.height

    def close(self) -> None:
        """Gives the memory back."""
        self.image.close()
        if self.alpha is not None:
            self.alpha.close()
