"""How large a picture may be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dreambrush.errors import PictureError

PIXELS = 250_000_000
"""More pixels than this are refused before they are decoded: a small file can claim to be a huge picture."""

BYTES = 750_000_000
"""More bytes than this are not decoded; what else is needed then stays below 1 GB altogether."""

_BYTES_A_PIXEL = 24  # what a picture may take, where the limit was raised


@dataclass(frozen=True)
class Limits:
    """What a picture may have at most.

    Attributes:
        pixels: how many.
        bytes: of memory, for its decoder.
    """

    pixels: int = PIXELS
    bytes: int = BYTES

    @classmethod
    def of_megapixels(cls, megapixels: float) -> Limits:
        """Limits for somebody who wants pictures of up to so many megapixels, and has the memory."""
        pixels = round(megapixels * 1e6)
        return cls(pixels, max(BYTES, pixels * _BYTES_A_PIXEL))

    def check_pixels(self, path: Path, width: int, height: int) -> None:
        """Refuses a picture of too many pixels.

        Raises:
            PictureError: it has.
        """
        if width * height > self.pixels:
            raise self.too_many(path, width, height)

    def check_bytes(self, path: Path, width: int, height: int, needed: int) -> None:
        """Refuses a picture that takes too much memory.

        Raises:
            PictureError: it does.
        """
        if needed > self.bytes:
            raise PictureError(
                f"The picture '{path}' has {width} x {height} pixels, and reading it would take more than "
                f"{max(self.bytes / 1e9, 1):.0f} GB of memory.",
                _advice(width * height),
                id="picture-too-large",
            )

    def too_many(self, path: Path, width: int, height: int) -> PictureError:
        """The error that a picture has too many pixels."""
        return PictureError(
            f"The picture '{path}' has {width} x {height} pixels, more than the {self.pixels:,} accepted.",
            _advice(width * height),
            id="picture-too-large",
        )


def _advice(pixels: int) -> str:
    return f"Make a smaller copy and paint that, or raise the limit with --megapixels {-(-pixels // 1_000_000)}."
