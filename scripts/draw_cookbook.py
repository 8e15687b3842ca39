"""Paints the pictures of docs/cookbook.md with the commands that stand there.

    python scripts/draw_cookbook.py [FOLDER]

Only brush.jpg is not made: its brush must be learned first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "dreambrush" / "samples"
WHITE, GAP, QUALITY = "white", 12, 88
NIGHT = """description = "White chalk on dark blue paper."
brush = ["pastel", "pencil"]
strokes = 1200
hand = 0.5
min_size = "0.8%"
palette = "#16213e,#3b4a77,#8a97c0,#dfe6ff,#ffffff"
ground = "#16213e"
"""
DUSK = """GIMP Palette
Name: Dusk
Columns: 4
#
 31  27  46  Night
 74  59  92  Plum
 95 127 134  Slate
140  74  90  Rosewood
217 123  79  Ember
240 184 110  Amber
247 234 208  Cream
"""
FACE = ((0.39, 0.10, 0.53, 0.35),)  # ellipses as shares of the picture: left, top, right, bottom
FRUIT = ((0.15, 0.48, 0.39, 0.75), (0.20, 0.28, 0.33, 0.62), (0.40, 0.52, 0.63, 0.83), (0.25, 0.67, 0.45, 0.91))


def dreambrush(folder: Path, command: str) -> None:
    """Runs one of the commands in a folder."""
    subprocess.run([sys.executable, "-m", "dreambrush", *command.split(), "-q"], cwd=folder, check=True)


def mask(picture: Path, places: tuple[tuple[float, float, float, float], ...]) -> Image.Image:
    """White ellipses on black, of a picture's size, with soft edges."""
    with Image.open(picture) as image:
        width, height = image.size
    drawn = Image.new("L", (width, height), 0)
    for left, top, right, bottom in places:
        ImageDraw.Draw(drawn).ellipse((left * width, top * height, right * width, bottom * height), fill=255)
    return drawn.filter(ImageFilter.GaussianBlur(width / 200))


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one height, side by side."""
    width = sum(each.width + GAP for each in pictures) - GAP
    sheet, left = Image.new("RGB", (width, pictures[0].height), WHITE), 0
    for each in pictures:
        sheet.paste(each, (left, 0))
        left += each.width + GAP
    return sheet


def main() -> None:
    """Paints all of them into a folder."""
    output = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "cookbook").resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, sample in (("photo.jpg", "still-life.jpg"), ("portrait.png", "astronaut.png")):
            (folder / name).write_bytes((SAMPLES / sample).read_bytes())
        (folder / "night.toml").write_text(NIGHT)
        (folder / "dusk.gpl").write_text(DUSK)
        mask(folder / "portrait.png", FACE).save(folder / "face.png")
        mask(folder / "photo.jpg", FRUIT).save(folder / "fruit.png")

        def painted(command: str, name: str) -> Image.Image:
            dreambrush(folder, f"{command} -o {name}")
            if name.endswith(".ora"):
                dreambrush(folder, f"render {name} -o {name}.png")
            return Image.open(folder / (f"{name}.png" if name.endswith(".ora") else name)).convert("RGB")

        def save(picture: Image.Image, name: str, size: tuple[int, int]) -> None:
            small = picture.resize(size, Image.Resampling.LANCZOS)
            small.save(output / name, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            print(name, flush=True)

        plain = "paint portrait.png --strokes 600 --size 640"
        faces = [
            painted(f"{plain} --focus none", "plain.png"),
            painted(f"{plain} --focus face.png", "portrait.png.png"),
        ]
        crops = [each.crop((130, 0, 450, 320)).resize((400, 400), Image.Resampling.LANCZOS) for each in faces]
        save(beside(crops), "portrait.jpg", (812, 400))
        sketch = "paint photo.jpg --brush bristle --brush knife --strokes 400 --hand 1 --time 30s"
        save(painted(sketch, "sketch.ora"), "sketch.jpg", (640, 480))
        charcoal = painted("paint photo.jpg --style charcoal", "charcoal.ora")
        night = painted("paint photo.jpg --style ./night.toml", "night.ora")
        save(
            beside([each.resize((507, 380), Image.Resampling.LANCZOS) for each in (charcoal, night)]),
            "styles.jpg",
            (1026, 380),
        )
        save(painted("paint photo.jpg --palette dusk.gpl --jitter 0.1", "dusk.ora"), "palette.jpg", (640, 480))
        poster = "paint photo.jpg --palette auto:8 --brush ink --brush oil --strokes 300 --min-size 1% --hand 0.6"
        save(painted(poster, "poster.ora"), "poster.jpg", (640, 480))
        small = painted("paint photo.jpg --size 1024", "small.ora")
        large = painted("replay small.ora --scale 4", "print.png")
        left, top = 0.27 * small.width, 0.70 * small.height
        wide, high = 132, 99
        detail = small.crop((int(left), int(top), int(left) + wide, int(top) + high)).resize(
            (528, 396), Image.Resampling.NEAREST
        )
        again = large.crop((4 * int(left), 4 * int(top), 4 * (int(left) + wide), 4 * (int(top) + high)))
        save(beside([detail, again]), "print.jpg", (1068, 396))
        save(
            painted("paint photo.jpg --onto charcoal.ora --mask fruit.png --strokes 500", "onto.ora"),
            "onto.jpg",
            (640, 480),
        )


if __name__ == "__main__":
    main()
