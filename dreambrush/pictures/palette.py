"""Palettes: a few colours, and the search for the one that looks most like another colour.

Likeness is distance in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020).  Equal steps in
it look about equally large.  The nearest colour in RGB would turn dark greens to greys.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Float64, Floats, Int64, Pixels
from dreambrush.errors import UsageError

MOST_COLOURS = 256  # of a picture's own
MOST_IN_FILE = 10_000
EMPTY_SLOT = "__NONE__"  # the name that MyPaint gives black where a slot of its palette is empty
LARGEST_FILE = 1 << 20  # bytes
MOST_PIXELS = 16384  # that are looked at for a palette of a picture's own
HUES_COUNT = np.array([1.0, 2.0, 2.0])  # differences of hue and chroma, against those of lightness
CUBE, SMALLEST_CUBE = 0.05, 0.005  # sides in Oklab, of colours that count as one
KEPT = 4  # one colour in so many may be one that is to be kept
MANY = 8  # colours, for each that is wanted, are enough to choose from
AUTO = "auto:"
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_LEVEL = re.compile(r"0*([0-9]{1,3})", re.ASCII)  # int() refuses thousands of digits, also of noughts

# From linear sRGB to the responses of three kinds of cones, and from their cube roots to Oklab.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


class Palette:
    """The colours of a palette.

    Args:
        colours: (m, 3) uint8 sRGB, at least one; equal colours count once.

    Attributes:
        colours: (m, 3) float32, sRGB 0..1, multiples of 1/255.
    """

    def __init__(self, colours: Pixels) -> None:
        _, first = np.unique(colours.reshape(-1, 3), axis=0, return_index=True)
        levels = colours.reshape(-1, 3)[np.sort(first)]
        self.colours = (levels / np.float32(255)).astype(np.float32)
        self._lab = oklab(self.colours)

    def __len__(self) -> int:
        return len(self.colours)

    def snapped(self, colours: Float32) -> Float32:
        """The palette's most similar colour for each of (n, 3) colours, sRGB 0..1; (n, 3)."""
        lab = oklab(colours)
        nearest = np.empty(len(lab), np.int64)
        step = max((1 << 20) // max(len(self), 256), 1)  # so that the distances take little memory
        for start in range(0, len(lab), step):
            part = lab[start : start + step]
            nearest[start : start + step] = ((part[:, None] - self._lab) ** 2).sum(2).argmin(1)
        return self.colours[nearest]


def oklab(colours: Floats) -> Float64:
    """Oklab coordinates (n, 3) of colours (n, 3), sRGB 0..1."""
    encoded = np.asarray(colours, np.float64)
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(light @ _CONES.T) @ _LAB.T, np.float64)


def from_oklab(lab: Floats) -> Float32:
    """Colours (n, 3), sRGB 0..1, of Oklab coordinates (n, 3).  Colours that no screen can show are clipped."""
    light = np.clip((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_CONES).T, 0, 1)
    return np.asarray(np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055), np.float32)


def parse_palette(text: str, picture: Float32 | None = None, kept: Float32 | None = None) -> Palette:
    """Reads a palette from the user's words.

    Args:
        text: the name of a GIMP palette (.gpl), colours such as "#222,#e63946 f1faee", or "auto:8" for eight colours
            of the picture.
        picture: (h, w, 3) float32, sRGB 0..1, for "auto".
        kept: (n, 3) colours that "auto" is to keep, as :func:`palette_of` has them.

    Raises:
        UsageError: the text is none of these.
    """
    if text.startswith(AUTO):
        count = text.removeprefix(AUTO)
        if not 1 <= _number(count) <= MOST_COLOURS:
            raise UsageError(
                f"The palette '{text}' must ask for 1 to {MOST_COLOURS} colours.",
                "Try auto:8.",
                id="palette-count-out-of-range",
            )
        if picture is None:
            raise ValueError("Expected a picture for a palette of its own")
        return palette_of(picture, _number(count), kept)
    words = [word for word in re.split(r"[,;\s]+", text) if word]
    found = [_HEX.fullmatch(word) for word in words]
    if found and all(found):
        return Palette(np.array([_levels(match[1]) for match in found if match], np.uint8))
    if text.lower().endswith(".gpl"):
        return _read_gpl(Path(text))
    raise UsageError(
        f"The palette '{text}' is not a list of colours, a .gpl file or auto:N.",
        'Write --palette "#264653,#e76f51", --palette colours.gpl or --palette auto:8.',
        id="not-a-palette",
    )


def palette_of(picture: Float32, count: int, kept: Float32 | None = None) -> Palette:
    """The colours that a poster of a picture (h, w, 3) would have: frequent ones that are far from one another.

    With ``kept`` (n, 3), sRGB 0..1, it has colours of the picture that are about these, in a quarter of its places at
    most: small parts may matter most.

    Means of groups, as k-means finds them, would be closer to the picture but duller.  A small orange beside a large
    pear would get no colour of its own, and grey shades of the background would get several.
    """
    pixels = picture.reshape(-1, 3)
    pixels = pixels[:: max(len(pixels) // MOST_PIXELS, 1)]
    seen = oklab(pixels) * HUES_COUNT
    side = CUBE
    middles, sizes = _crowds(seen, side)
    while len(middles) < MANY * count and side > SMALLEST_CUBE:  # few shades: look more closely
        side /= 2
        middles, sizes = _crowds(seen, side)
    # The first is the most usual; each next is far from all before it (Gonzalez 1985), and not too rare.
    chosen = [int(sizes.argmax())]
    apart = ((middles - middles[chosen[0]]) ** 2).sum(1)
    for wanted in () if kept is None else oklab(kept[: count // KEPT]) * HUES_COUNT:
        nearest = int(((middles - wanted) ** 2).sum(1).argmin())
        if nearest not in chosen:
            chosen.append(nearest)
            apart = np.minimum(apart, ((middles - middles[nearest]) ** 2).sum(1))
    while len(chosen) < count and apart.max() > 0:
        chosen.append(int((apart * np.sqrt(sizes)).argmax()))
        apart = np.minimum(apart, ((middles - middles[chosen[-1]]) ** 2).sum(1))
    # Of each group the pixel that is nearest to its middle: a colour that is there.
    members = [int(((seen - middle) ** 2).sum(1).argmin()) for middle in middles[chosen]]
    return Palette(np.rint(pixels[members] * 255).astype(np.uint8))


def _crowds(places: Float64, side: float) -> tuple[Float64, Int64]:
    """Groups points (n, 3) by cubes.  Returns the mean (m, 3) and the size (m,) of each cube that is not empty."""
    _, cube, sizes = np.unique(np.floor(places / side), axis=0, return_inverse=True, return_counts=True)
    sums = [np.bincount(cube.ravel(), places[:, axis], len(sizes)) for axis in range(3)]
    return np.stack(sums, 1) / sizes[:, None], sizes


def _levels(digits: str) -> list[int]:
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return list(bytes.fromhex(digits))


def _number(word: str) -> int:
    """Reads a whole number of at most three digits after leading zeros; -1 if the text is none."""
    found = _LEVEL.fullmatch(word)
    return int(found[1]) if found else -1


def _read_gpl(path: Path) -> Palette:
    """Reads a GIMP palette: "GIMP Palette", then lines of red, green and blue, 0..255, and perhaps a name."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise _no_palette(path, "it is not a regular file")
        if path.stat().st_size > LARGEST_FILE:
            raise _no_palette(path, "it is larger than 1 MiB")
        lines = _text(path.read_bytes()).splitlines()
    except OSError as error:
        raise _no_palette(path, error.strerror or "it cannot be read") from None
    if not lines or lines[0].strip() != "GIMP Palette":
        raise _no_palette(path, "it does not begin with 'GIMP Palette'")
    colours = []
    for line in lines[1:]:
        words = line.split()
        if line.lstrip().startswith("#") or not words or ":" in words[0]:
            continue
        levels = [_number(word) for word in words[:3]]
        if len(levels) < 3 or not all(0 <= level <= 255 for level in levels):
            raise _no_palette(path, f"there is no colour in its line '{line.strip()[:40]}'")
        if levels != [0, 0, 0] or " ".join(words[3:]) != EMPTY_SLOT:
            colours.append(levels)
    if not 1 <= len(colours) <= MOST_IN_FILE:
        raise _no_palette(path, f"it has {len(colours):,} colours")
    return Palette(np.array(colours, np.uint8))


def _text(data: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 where it begins with that one's mark, as editors on Windows save it."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, errors="replace")


def _no_palette(path: Path, why: str) -> UsageError:
    return UsageError(
        f"The palette '{path}' cannot be used: {why}.",
        f"Choose a GIMP palette of 1 to {MOST_IN_FILE:,} colours.",
        id="palette-unusable",
    )
