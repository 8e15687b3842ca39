"""Where a picture lies in the artist's work: fitted into a rectangle, with soft edges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.arrays import Float32, Pixels
    from dreambrush.pictures.limits import Limits

SOFT = 0.04  # share of the shorter side over which paint fades at the edge of a rectangle
LONGEST = 30_000  # pixels of a picture of which a rectangle shows a part


class Box(NamedTuple):
    """A rectangle in pixels of the work.  It may reach beyond the work."""

    x: int
    y: int
    width: int
    height: int

    def within(self, other: Box) -> Box | None:
        """What it has in common with another; None if that is nothing."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y) if right > x and bottom > y else None

    def region(self, width: int, height: int) -> Pixels:
        """A region (height, width) uint8 that is 255 within the rectangle."""
        import numpy as np

        where = np.zeros((height, width), np.uint8)
        where[max(self.y, 0) : max(self.y + self.height, 0), max(self.x, 0) : max(self.x + self.width, 0)] = 255
        return where


def fitted(target: Path, box: Box, whole: Box, limits: Limits | None = None, *, crop: bool) -> tuple[Float32, Box]:
    """A picture as large as fits into a rectangle, in its middle.

    Args:
        target: the picture.
        box: the rectangle; some of it lies within the work.
        whole: the frame of the work.
        limits: how large the picture may be; None is the usual limits.
        crop: fill the rectangle, and cut off what lies beyond it; otherwise all of the picture lies in it.

    Returns:
        The picture in the frame of the work, (h, w, 3 or 4) float32, sRGB 0..1, transparent where it does not lie; and
        the rectangle that it covers.

    Raises:
        PictureError: the picture cannot be read.
        UsageError: too little of it would be seen.
    """
    import numpy as np

    from dreambrush.pictures.reading import load_picture

    width, height = box.width, box.height
    picture = load_picture(target, max(width, height), keep_alpha=True, limits=limits)
    scales = width / picture.shape[1], height / picture.shape[0]
    scale = max(scales) if crop else min(scales)
    if scale != 1:
        side = round(scale * max(picture.shape[:2]))
        if side > LONGEST:
            raise UsageError(
                f"The picture would have {side:,} pixels a side to fill the rectangle.",
                "Choose a rectangle of another shape, or --fit contain.",
                id="rectangle-too-narrow",
            )
        if scale < 1 or crop:
            picture = load_picture(target, max(side, 1), keep_alpha=True, limits=limits)
    if crop:
        top, left = max(picture.shape[0] - height, 0) // 2, max(picture.shape[1] - width, 0) // 2
        picture = picture[top:, left:]
    picture = picture[:height, :width]
    tall, wide, channels = picture.shape
    placed = Box(box.x + (width - wide) // 2, box.y + (height - tall) // 2, wide, tall)
    if placed == whole:
        return picture, placed
    seen = placed.within(whole)
    if seen is None:
        raise UsageError("The picture lies beyond the work.", "Choose another --region.", id="no-place-left")
    frame = np.zeros((whole.height, whole.width, 4), np.float32)
    part = frame[seen.y : seen.y + seen.height, seen.x : seen.x + seen.width]
    top, left = seen.y - placed.y, seen.x - placed.x
    part[..., :channels] = picture[top : top + seen.height, left : left + seen.width]
    if channels == 3:
        part[..., 3] = 1
    return frame, placed


def soft_region(box: Box, width: int, height: int) -> Pixels:
    """A region (height, width) uint8: 255 within a rectangle, fading towards those edges that lie within the work."""
    import numpy as np

    fade = max(SOFT * min(box.width, box.height), 1.0)

    def ramp(start: int, length: int, end: int) -> Float32:
        at = np.arange(end, dtype=np.float32) + np.float32(0.5)
        before = np.ones(end) if start <= 0 else (at - start) / fade
        after = np.ones(end) if start + length >= end else (start + length - at) / fade
        return np.clip(np.minimum(before, after), 0, 1).astype(np.float32)

    across, down = ramp(box.x, box.width, width), ramp(box.y, box.height, height)
    return np.rint(255 * np.outer(down, across)).astype(np.uint8)
