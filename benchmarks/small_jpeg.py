"""Saves pictures for the documentation as JPEG, as good as a number of bytes allows."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

BEST, WORST = 92, 60  # of Pillow's qualities


def save_jpeg(picture: Image.Image, file: Path, most_bytes: int) -> None:
    """Saves an RGB picture with the highest quality that fits, and else with the lowest that is still bearable."""
    for quality in range(BEST, WORST - 1, -2):
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=quality, optimize=True, progressive=True)
        if content.tell() <= most_bytes:
            break
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.getvalue())
