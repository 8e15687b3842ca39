"""Whether paintings are byte for byte as before: paints some with different options and compares their digests.

    python scripts/digests.py --write FILE      paints, and writes the digests
    python scripts/digests.py --check FILE      paints, and tells which differ

The digests are true for one kind of machine: other instructions give other last bits.  So write them before a change
that must not be seen, and check them after it, on the same machine.  What an .ora holds of versions and times plays no
part: a digest is that of the pixels of all layers, of the stroke maps, and of the picture that MyPaint would show.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from dreambrush.machine import foundations

SAMPLES = Path(__file__).parent.parent / "dreambrush" / "samples"
SEEN = (".png", ".dat", "stack.xml")  # endings of what is compared within an .ora
SMALL = ["--size", "96", "--strokes", "150"]
PAINTINGS: dict[str, list[str]] = {
    "plain": ["astronaut.png", *SMALL],
    "few strokes, most effort": ["coffee.png", "--size", "96", "--strokes", "24", "--effort", "5"],
    "least effort, another seed": ["still-life.jpg", *SMALL, "--effort", "1", "--seed", "7"],
    "several brushes": ["coffee.png", *SMALL, "--brush", "oil", "--brush", "bristle", "--brush", "knife"],
    "free hand, three layers": ["astronaut.png", *SMALL, "--hand", "1", "--layers", "3"],
    "exact hand, pigment": ["still-life.jpg", *SMALL, "--hand", "0", "--pigment"],
    "palette with jitter": ["coffee.png", *SMALL, "--palette", "auto:6", "--jitter", "0.1"],
    "style on paper": ["still-life.jpg", *SMALL, "--style", "pastel", "--ground", "paper"],
    "until, coarse cells": ["astronaut.png", "--size", "512", "--strokes", "300", "--until", "93", "--effort", "2"],
    "lost edges": ["astronaut.png", *SMALL, "--edges", "1"],
    "focus": ["coffee.png", *SMALL, "--focus", "auto"],
}


def digest(path: Path) -> str:
    """SHA-256 of what is seen of an .ora, and of its strokes."""
    found = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(SEEN):
                found.update(name.encode() + b"\0" + archive.read(name))
    return found.hexdigest()


def painted() -> dict[str, str]:
    """The digest of each painting."""
    digests = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, (picture, *options)) in enumerate(PAINTINGS.items()):
            path = Path(folder) / f"{number}.ora"
            words = [sys.executable, "-m", "dreambrush", "paint", str(SAMPLES / picture), "-q", "-o", str(path)]
            subprocess.run([*words, *options], check=True)
            digests[name] = digest(path)
            print(f"{name}: {digests[name][:12]}", file=sys.stderr, flush=True)
    return digests


def main() -> None:
    """As the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    todo = parser.add_mutually_exclusive_group(required=True)
    todo.add_argument("--write", type=Path, metavar="FILE")
    todo.add_argument("--check", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    digests = painted()
    made_with = {name: value for name, value in foundations().items() if name != "dreambrush"}
    if arguments.write:
        arguments.write.write_text(json.dumps({"made_with": made_with, "digests": digests}, indent=1) + "\n")
        return
    before = json.loads(arguments.check.read_text())
    differ = [name for name in digests if digests[name] != before["digests"].get(name)]
    if before["made_with"] != made_with:
        print(f"They were made with {before['made_with']}, and these with {made_with}.", file=sys.stderr)
    print(json.dumps({"alike": len(digests) - len(differ), "differ": differ}))
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
