"""A picture that is decoded band by band, so that it never exists as a whole."""

from __future__ import annotations

from collections.abc import Callable

from PIL import ExifTags, Image

from dreambrush.pictures.decoded import Box

LARGEST_BAND = 40_000_000
"""Pixels that a band may have; a picture of larger tiles is not decoded in bands."""

_KEPT = 2  # bands in memory: pieces that are asked for one after another overlap


class BandedImage(Image.Image):
    """What looks like Pillow's picture, but has pixels only where they are asked for.

    Pieces are had by :meth:`crop`; other methods that need pixels fail.  It is fast if pieces are asked for from the
    top to the bottom.  Whatever is wrong with a band is an OSError.

    Args:
        size: width and height in pixels.
        height: height of each band in pixels; the last may be lower.
        decode: decodes a band by its number, from 0 at the top.  A band may be larger than its part of the picture, at
            its right and below.
        of: the picture before it is decoded: format, information and EXIF are taken from it; None if there is none.
        orientation: how the picture is to be turned, as EXIF has it; None if ``of`` tells.
    """

    def __init__(
        self,
        size: tuple[int, int],
        height: int,
        decode: Callable[[int], Image.Image],
        of: Image.Image | None = None,
        orientation: int | None = None,
    ) -> None:
        super().__init__()
        self._size = size
        self._band_height, self._decode = height, decode
        self._bands: dict[int, Image.Image] = {}
        self._of, self._orientation = of, orientation
        first = self._band(0)
        self._mode = first.mode
        self.info = dict(first.info if of is None else of.info)
        self.format = None if of is None else of.format

    @property
    def has_transparency_data(self) -> bool:
        """As Pillow has it."""
        return self._band(0).has_transparency_data

    def crop(self, box: tuple[float, float, float, float] | None = None) -> Image.Image:
        """A piece of the picture, which lies within it; None is the whole picture."""
        left, top, right, bottom = map(int, box or (0, 0, *self.size))
        numbers = range(top // self._band_height, -(-bottom // self._band_height))
        parts = [self._piece(number, (left, top, right, bottom)) for number in numbers]
        if len(parts) == 1:
            return parts[0]
        piece = parts[0].crop((0, 0, right - left, bottom - top))  # with its palette, if it has one
        row = parts[0].height
        for part in parts[1:]:
            piece.paste(part, (0, row))
            row += part.height
        return piece

    def getexif(self) -> Image.Exif:
        """EXIF of the picture that is decoded."""
        exif = Image.Exif() if self._of is None else self._of.getexif()
        if self._orientation is not None:
            exif[ExifTags.Base.Orientation] = self._orientation
        return exif

    def close(self) -> None:
        """Gives the memory back."""
        self._bands.clear()
        if self._of is not None:
            self._of.close()

    def _piece(self, number: int, box: Box) -> Image.Image:
        """A band's part of a box."""
        above = number * self._band_height
        top, bottom = max(box[1] - above, 0), min(box[3] - above, self._band_height)
        return self._band(number).crop((box[0], top, box[2], bottom))

    def _band(self, number: int) -> Image.Image:
        if number not in self._bands:
            while len(self._bands) >= _KEPT:
                self._bands.pop(next(iter(self._bands)))
            try:
                self._bands[number] = self._decode(number)
            except MemoryError:
                raise
            except Exception as error:  # decoders raise almost anything when the bytes are wrong
                raise OSError(str(error) or type(error).__name__) from error
        return self._bands[number]
