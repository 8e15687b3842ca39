"""Has small pictures read as large ones are: in bands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def in_bands(wanted: bool) -> Iterator[None]:
    """Within it TIFF and HEIC are decoded band by band, if that is wanted."""
    if not wanted:
        yield
        return
    with (
        patch("dreambrush.pictures.opening.BYTES", 0),
        patch("dreambrush.pictures.heif.BYTES", 0),
        patch("dreambrush.pictures.tiff_bands.PIXELS_OF_A_BAND", 20),
    ):
        yield
