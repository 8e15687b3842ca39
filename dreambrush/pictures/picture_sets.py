"""Sets of small square pictures to measure on: a folder of picture files, or one array in an .npy or .npz file.

An array file may come from a stranger: numpy reads it without pickle, so nothing in it can run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Pixels
from dreambrush.errors import PictureError
from dreambrush.pictures.reading import FORMATS, from_linear, load_picture, to_linear

ARRAY_FILES = (".npy", ".npz")
KEY = "x"  # of the pictures in an .npz with several arrays
LARGEST_ARRAY = 1 << 30  # bytes, unpacked
LONGEST_HEADER = 10_000  # characters of an .npy file's, which Python takes apart
DARK = 0.5  # mean of a border, 0..1, below which a picture counts as light on dark


@dataclass(frozen=True)
class PictureSet:
    """A set of pictures that are read one by one.

    Attributes:
        names: names of the pictures, in order: the file's name, or the place in the array.
        load: reads the picture at an index, (h, w, 3) float32 sRGB in 0..1; raises PictureError if its file is broken.
    """

    names: list[str]
    load: Callable[[int], Float32]

    def __len__(self) -> int:
        return len(self.names)


def open_picture_set(path: Path) -> PictureSet:
    """Opens the pictures in a folder (not in its sub-folders), sorted by name, or in an array file.

    Args:
        path: a folder, or an .npy or .npz file with an array (n, h, w) or (n, h, w, 3) of uint8.  In an .npz the array
            is named "x", or is the only one.

    Raises:
        PictureError: the path does not exist, or has no pictures or no such array in it.
    """
    if not os.path.exists(path):  # Path.exists() raises an error where a name is too long
        raise PictureError(
            f"There are no pictures at '{path}'.", "Check the path for typing errors.", id="no-such-picture"
        )
    if path.is_dir():
        return _in_folder(path)
    if path.suffix.lower() not in ARRAY_FILES:
        raise PictureError(
            f"'{path}' is neither a folder of pictures nor an .npy or .npz file.",
            "Name one of these.",
            id="not-a-picture-set",
        )
    if not path.is_file():
        raise PictureError(
            f"'{path}' is not a regular file.", "Save the pictures to a file first.", id="picture-not-a-file"
        )
    return _in_array(path, _read_array(path))


def picture_endings() -> set[str]:
    """The endings of the names of pictures, such as ".jpg"."""
    return {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}


def _in_folder(path: Path) -> PictureSet:
    known = picture_endings()
    try:
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in known and file.is_file())
    except OSError as error:
        raise PictureError(
            f"The folder '{path}' cannot be read ({error.strerror}).", "Choose another one.", id="folder-unreadable"
        ) from None
    if not files:
        raise PictureError(
            f"There are no pictures in the folder '{path}'.", "Name a folder that holds some.", id="no-pictures"
        )
    return PictureSet([file.name for file in files], lambda index: load_picture(files[index]))


def _read_array(path: Path) -> Pixels:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_ARRAY:
                raise _too_large(path)
            found = np.load(file, allow_pickle=False, max_header_size=LONGEST_HEADER)
            if isinstance(found, np.lib.npyio.NpzFile):
                archive: Any = found.zip
                if sum(member.file_size for member in archive.infolist()) > LARGEST_ARRAY:
                    raise _too_large(path)
                found = np.asarray(found[KEY if KEY in found.files or len(found.files) != 1 else found.files[0]])
    except KeyError:
        raise PictureError(
            f"'{path}' has several arrays or none, and none of them is called {KEY}.",
            f"Save the pictures as: numpy.savez('pictures.npz', {KEY}=pictures)",
            id="array-not-named",
        ) from None
    except PictureError:
        raise
    except Exception as error:  # numpy and zipfile raise almost anything when the bytes are wrong
        reason = " ".join(str(error).split()).rstrip(".")
        raise PictureError(
            f"'{path}' cannot be read as an array of numbers ({reason or type(error).__name__}).",
            "Copy it again, or save it again with numpy.save.",
            id="array-unreadable",
        ) from None
    shape = found.shape
    fits = len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)
    if found.dtype != np.uint8 or not fits or 0 in shape:
        raise PictureError(
            f"'{path}' has an array of shape {shape} and type {found.dtype}, which is not a set of pictures.",
            "Save them as uint8 of shape (count, height, width) or (count, height, width, 3).",
            id="array-not-pictures",
        )
    pictures: Pixels = found
    return pictures


def _too_large(path: Path) -> PictureError:
    return PictureError(
        f"'{path}' holds more than {LARGEST_ARRAY >> 20:,} MiB of pictures.",
        "Save fewer of them in one file.",
        id="array-too-large",
    )


def _in_array(path: Path, pictures: Pixels) -> PictureSet:
    def load(index: int) -> Float32:
        picture = pictures[index].astype(np.float32) / np.float32(255)
        return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)

    return PictureSet([f"{path.name}[{index}]" for index in range(len(pictures))], load)


def square(picture: Float32, side: int) -> Float32:
    """The largest square in the middle of a picture, scaled as :mod:`~dreambrush.pictures.reading` does.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        side: side of the result in pixels.

    Returns:
        (side, side, 3) float32, sRGB 0..1.
    """
    height, width = picture.shape[:2]
    shorter = min(height, width)
    top, left = (height - shorter) // 2, (width - shorter) // 2
    middle = picture[top : top + shorter, left : left + shorter]
    if shorter == side:
        return np.ascontiguousarray(middle)
    shrink = shorter > side
    values = to_linear(middle) if shrink else middle
    resample = Image.Resampling.HAMMING if shrink else Image.Resampling.BICUBIC
    channels = [Image.fromarray(np.ascontiguousarray(values[..., channel])) for channel in range(3)]
    scaled = np.stack([np.asarray(channel.resize((side, side), resample)) for channel in channels], 2)
    scaled = np.clip(scaled, 0.0, 1.0)
    return from_linear(scaled) if shrink else scaled


def dark_on_light(picture: Float32) -> Float32:
    """Inverts a picture that is light on dark: the mean of its outermost pixels is below 0.5.

    Args:
        picture: (h, w, 3) float32, 0..1.
    """
    inside = np.zeros(picture.shape[:2], bool)
    inside[1:-1, 1:-1] = True
    return picture if picture[~inside].mean() >= DARK else 1 - picture
