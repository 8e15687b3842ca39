"""Makes the gallery: paints openly licensed pictures with ``dreambrush paint`` and shows them in docs/gallery.md.

    python -m benchmarks.gallery
    python -m benchmarks.gallery --only chelsea fig

The pictures are fetched into the folder ``--pictures`` unless they are there (see open_pictures.py).  Beside the
paintings lies ``figures.json`` with what each took; with ``--only`` the others keep theirs.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.open_pictures import PICTURES, picture_file
from benchmarks.small_jpeg import save_jpeg
from dreambrush.errors import DreambrushError
from dreambrush.machine import describe_machine

Figures = dict[str, dict[str, Any]]

MOST_BYTES = 200_000  # of a painting
INTRODUCTION = """# Gallery

Here are twelve paintings by dreambrush. The command under each made it. They were saved as JPEG; nothing was retouched.
The pictures that they were painted from are not in this repository.  `python -m benchmarks.gallery` fetches them from
PyPI's and Debian's packages, paints all twelve and writes this page.

You may share and alter each painting under the licence of its picture, which is named below.
"""


@dataclass(frozen=True)
class Work:
    """A painting of the gallery.

    Attributes:
        title: above it.
        wishes: options of ``dreambrush paint``.
    """

    title: str
    wishes: str


WORKS: dict[str, Work] = {
    "astronaut": Work("Astronaut", "--style oil-impasto --size 1024"),
    "fig": Work("Fig", "--size 1024"),
    "cafe": Work("After van Gogh", "--size 1024 --hand 0.7"),
    "chelsea": Work("Chelsea", "--size 1024"),
    "sea": Work("Surf", "--style pastel --size 1024"),
    "pavilion": Work("Pavilion", "--style ink-wash --size 1024"),
    "coffee": Work("Coffee", "--style charcoal --size 1024"),
    "dahlia": Work("Dahlia", "--style coloured-pencil --size 1024"),
    "cameraman": Work("Cameraman", "--style oil-alla-prima --size 1024"),
    "cypresses": Work("Cypresses", "--style impressionist --size 1024"),
    "hopper": Work("Admiral", "--size 1024 --strokes 800 --hand 0.8"),
    "rocket": Work("Before the launch", "--size 1024 --strokes 1000 --hand 0.7"),
}


def make(name: str, pictures: Path, output: Path) -> dict[str, Any]:
    """Paints one picture, saves it as JPEG and tells its figures."""
    picture = picture_file(name, pictures)
    with tempfile.TemporaryDirectory() as scratch:
        painting = Path(scratch) / f"{name}.ora"
        command = [sys.executable, "-m", "dreambrush", "paint", str(picture), "-o", str(painting), "--json", "--quiet"]
        done = subprocess.run([*command, *WORKS[name].wishes.split()], check=True, stdout=subprocess.PIPE, text=True)
        with zipfile.ZipFile(painting) as openraster:
            merged = Image.open(io.BytesIO(openraster.read("mergedimage.png"))).convert("RGB")
    save_jpeg(merged, output / f"{name}.jpg", MOST_BYTES)
    report = json.loads(done.stdout)
    kept = ("width", "height", "strokes", "seconds", "psnr")
    about = describe_machine()
    machine = f"{about['cores']} core{'s' * (about['cores'] != 1)} of an {about['cpu']}"
    return {"wishes": WORKS[name].wishes, **{key: report[key] for key in kept}, "machine": machine}


def page(figures: Figures, folder: str) -> str:
    """docs/gallery.md."""
    parts = [INTRODUCTION]
    for name, work in WORKS.items():
        if name not in figures:
            continue
        took, picture = figures[name], PICTURES[name]
        parts.append(
            f"""## {work.title}

![{picture.what[0].upper()}{picture.what[1:]}]({folder}/{name}.jpg)

```
dreambrush paint {picture.file} {took["wishes"]}
```

{took["strokes"]:,} strokes, {took["width"]} x {took["height"]} pixels, {took["seconds"]:.0f} seconds.
From {picture.source}: {picture.what}, by {picture.author}; {picture.licence}.
"""
        )
    machines = sorted({took["machine"] for took in figures.values()})
    parts.append(f"Seconds were taken on {' and '.join(machines)}, which was also busy with other work.\n")
    return "\n".join(parts)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint the pictures of the gallery and write its page.")
    parser.add_argument("--pictures", type=Path, default=Path("out/pictures"), help="folder of the pictures")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=WORKS, default=list(WORKS), help="paint only these"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/gallery"), help="folder for the paintings")
    options = parser.parse_args()
    file: Path = options.output / "figures.json"
    figures: Figures = json.loads(file.read_text()) if file.exists() else {}
    try:
        for name in options.only:
            figures[name] = make(name, options.pictures, options.output)
            file.write_text(json.dumps(figures, indent=1) + "\n")
            print(f"{name}: {figures[name]['strokes']} strokes, {figures[name]['seconds']:.0f} s", flush=True)
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    options.output.with_suffix(".md").write_text(page(figures, options.output.name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
