"""Draws pictures of kana, written with a brush and each a little different, for `dreambrush bench kana`.

    apt install fonts-aoyagi-soseki fonts-aoyagi-kouzan-t
    python benchmarks/kana.py /usr/share/fonts/truetype/aoyagi-*/*.ttf --output kana
    dreambrush bench kana kana/held-out

The ten kana are those of KMNIST, for which no registry has the pictures; the two Debian packages hold public-domain
fonts that a calligrapher wrote with a brush.  Each picture, 64x64 and black on white, is one kana of one font that was
turned, sheared, stretched, shifted, made bolder or finer, and bent by a smooth random field.  Pictures to train on
and pictures held out come from different random numbers; the same seed and fonts give the same pictures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dreambrush.arrays import Float64, Pixels

KANA = {"o": "お", "ki": "き", "su": "す", "tsu": "つ", "na": "な"}
KANA |= {"ha": "は", "ma": "ま", "ya": "や", "re": "れ", "wo": "を"}
MISSING = "\U0010ffff"  # no font has it, so that it shows what a font draws for what it lacks

SIDE, FINER = 64, 4  # pixels of a picture, and how much finer it is drawn
LARGE = SIDE * FINER
FILL = 0.8  # of the side, that the longer side of the writing takes before it is warped
TURN, SHEAR, STRETCH, SHIFT = 0.14, 0.16, 0.12, 0.03  # radians, ratio, logarithm, share of the side: spreads
BEND, BENDS = 0.022, 5  # spread of the random field as a share of the side, and its knots each way
FINEST, BOLDEST = 1, 7  # pixels of the finer picture, by which ink grows each way, since KMNIST's hands are bold


def glyph(font: Path, kana: str) -> Pixels:
    """A kana as large as fits: (LARGE, LARGE) uint8, 255 where there is ink."""
    face = ImageFont.truetype(font, LARGE)
    if bytes(face.getmask(kana)) == bytes(face.getmask(MISSING)):
        raise SystemExit(f"{font} lacks {kana}.")
    sheet = Image.new("L", (3 * LARGE, 3 * LARGE))
    ImageDraw.Draw(sheet).text((LARGE, LARGE), kana, 255, face)
    ink = sheet.crop(sheet.getbbox())
    scale = FILL * LARGE / max(ink.size)
    ink = ink.resize((round(ink.width * scale), round(ink.height * scale)), Image.Resampling.BICUBIC)
    picture = Image.new("L", (LARGE, LARGE))
    picture.paste(ink, ((LARGE - ink.width) // 2, (LARGE - ink.height) // 2))
    return np.asarray(picture)


def warped(writing: Pixels, rng: np.random.Generator) -> Pixels:
    """Another hand's version of it: (SIDE, SIDE) uint8, black on white."""
    growth = int(rng.integers(FINEST, BOLDEST + 1))
    bold = Image.fromarray(writing).filter(ImageFilter.MaxFilter(2 * growth + 1))
    blurred = np.asarray(bold.filter(ImageFilter.GaussianBlur(FINER)), np.float64) / 255
    ink = np.clip(2 * blurred - 0.5, 0, 1)
    turn, shear, shift = rng.normal(0, TURN), rng.normal(0, SHEAR), rng.normal(0, SHIFT, 2)
    stretch = np.exp(rng.normal(0, STRETCH, 2))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[1, shear], [0, 1]]) @ np.diag(np.maximum(stretch, 0.95))
    rows, columns = np.mgrid[0:LARGE, 0:LARGE]
    places = (np.stack([columns, rows], -1) + 0.5) / LARGE - 0.5
    places = places @ matrix.T + shift + smooth_field(rng)
    large = sampled(ink, places)
    small = large.reshape(SIDE, FINER, SIDE, FINER).mean((1, 3))
    return np.asarray(np.rint(255 * (1 - small)), np.uint8)


def smooth_field(rng: np.random.Generator) -> Float64:
    """Random shifts (LARGE, LARGE, 2) as a share of the side that change smoothly from place to place."""
    knots = rng.normal(0, BEND, (2, BENDS, BENDS)).astype(np.float32)
    fields = [Image.fromarray(each).resize((LARGE, LARGE), Image.Resampling.BICUBIC) for each in knots]
    return np.stack([np.asarray(field, np.float64) for field in fields], -1)


def sampled(picture: Float64, places: Float64) -> Float64:
    """Bilinear samples of a square picture at places (..., 2), x and y, -0.5..0.5; 0 outside it."""
    side = len(picture)
    padded = np.pad(picture, 1)
    x, y = (np.clip((places[..., i] + 0.5) * side + 0.5, 0, side + 0.999) for i in (0, 1))
    column, row = x.astype(int), y.astype(int)
    right, down = x - column, y - row
    upper = padded[row, column] * (1 - right) + padded[row, column + 1] * right
    lower = padded[row + 1, column] * (1 - right) + padded[row + 1, column + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description="Draw pictures of the ten kana of KMNIST, 64x64, black on white, into OUTPUT/train and "
        "OUTPUT/held-out.  Brush fonts: Debian's fonts-aoyagi-soseki and fonts-aoyagi-kouzan-t."
    )
    parser.add_argument("font", type=Path, nargs="+", help="a font file that has hiragana")
    parser.add_argument("--output", type=Path, default=Path("kana"), help="folder (default: kana)")
    parser.add_argument("--train", type=int, default=2000, help="how many to train on (default: 2000)")
    parser.add_argument("--held-out", type=int, default=200, help="how many to hold out (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = [(name, font.stem, glyph(font, kana)) for font in options.font for name, kana in KANA.items()]
    for part, (folder, count) in enumerate((("train", options.train), ("held-out", options.held_out))):
        (options.output / folder).mkdir(parents=True, exist_ok=True)
        for index in range(count):
            rng = np.random.default_rng([options.seed, part, index])
            name, font, writing = names[index % len(names)]
            file = options.output / folder / f"{index:05}-{name}-{font}.png"
            Image.fromarray(warped(writing, rng)).save(file)
    print(f"{options.output}: {options.train} pictures to train on, {options.held_out} held out.")


if __name__ == "__main__":
    main()
