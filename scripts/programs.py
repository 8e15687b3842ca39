"""Opens what dreambrush saves in other programs, and compares what they show: ``python scripts/programs.py ROOT``.

ROOT is a folder with a Debian in which the programs run: one that debootstrap made, or none yet.  Then it is made, with
Krita and GIMP in it, which takes some minutes.  PROGRAMS_DEBIAN names the release (trixie, the first with GIMP 3).
Without ROOT the programs of this machine are used, as far as they are there.

Needs root, debootstrap and unshare for a ROOT; krita, gimp, xvfb and xauth without one.  Prints a table in Markdown;
fails if a file that should look the same does not.  It is not part of the tests, for the programs are large.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from psd_tools import PSDImage

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("krita", "gimp", "python3-gi", "xvfb", "xauth")
PATIENCE = 180  # seconds for one start of a program
TRIES = 3
SAME = 2  # levels of 255
MODE_OF_ROOT = """
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
root=$1
shift
env -i HOME=/tmp/home PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \\
    chroot "$root" "$@"
"""

FILES = {
    "default.ora": (),
    "default.psd": (),
    "flattened.ora": ("--flatten-pigment",),
    "flattened.psd": ("--flatten-pigment",),
    "pigment.ora": ("--pigment",),
    "pigment.psd": ("--pigment",),
    "pigment-flattened.ora": ("--pigment", "--flatten-pigment"),
    "pigment-flattened.psd": ("--pigment", "--flatten-pigment"),
}
LOOK_DIFFERENT = {  # for docs/programs.md says so
    "Krita": ("pigment.ora", "pigment.psd"),
    "GIMP": ("default.ora", "pigment.ora", "pigment.psd"),
}

GIMP_SCRIPT = """
import gi, json
gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, Gio
names = {}
for name in NAMES:
    file = Gio.File.new_for_path(name)
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
    names[name] = [layer.get_name() for layer in image.get_layers()]
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(name + ".gimp.png"), None)
    image.delete()
with open("gimp.json", "w") as found:
    json.dump(names, found)
"""


@dataclass(frozen=True)
class Machine:
    """Where programs run.

    Attributes:
        root: the Debian; None for this machine.
        folder: where the files lie, on this machine.
    """

    root: Path | None
    folder: Path

    def run(self, *words: str, network: bool = False) -> str:
        """Runs a program in the folder, and returns what it prints."""
        if self.root is None:
            home = {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder / "data")}
            command, env = [*words], {**os.environ, **home, "XDG_CONFIG_HOME": str(self.folder / "config")}
        else:
            apart = ["unshare", "--mount", "--pid", "--fork", *([] if network else ["--net"])]
            inside = ["sh", "-ec", 'cd "$0"; exec "$@"', "/" + str(self.folder.relative_to(self.root)), *words]
            command, env = [*apart, "sh", "-ec", MODE_OF_ROOT, "sh", str(self.root), *inside], None
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=PATIENCE * 10)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)[:200]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout + done.stderr

    def show(self, *words: str) -> None:
        """Runs a program on a screen of its own."""
        for tries in reversed(range(TRIES)):
            try:
                self.run("timeout", str(PATIENCE), "xvfb-run", "-a", *words)
                return
            except SystemExit:  # on a busy machine the screen may not be there in time
                if not tries:
                    raise

    def has(self, program: str) -> bool:
        """Whether there is a program of that name."""
        return shutil.which(program) is not None if self.root is None else (self.root / "usr/bin" / program).exists()


def main(words: Sequence[str]) -> int:
    """Finds or makes the Debian, and checks the files there."""
    root = Path(words[0]).resolve() if words else None
    if root is not None and not (root / "usr").is_dir():
        subprocess.run(
            ["debootstrap", "--variant=minbase", os.environ.get("PROGRAMS_DEBIAN", "trixie"), str(root)], check=True
        )
    with tempfile.TemporaryDirectory(dir=None if root is None else root / "tmp") as scratch:
        machine = Machine(root, Path(scratch))
        if root is not None and not all(map(machine.has, ("krita", "gimp", "xvfb-run"))):
            machine.run("apt-get", "-q", "update", network=True)
            machine.run("apt-get", "-qy", "install", "--no-install-recommends", *PACKAGES, network=True)
        return check(machine, Path(os.environ["PROGRAMS_KEEP"]) if "PROGRAMS_KEEP" in os.environ else None)


def check(machine: Machine, keep: Path | None) -> int:
    """Makes the files, opens them in each program, and prints what came of it."""
    folder = machine.folder
    for name, options in FILES.items():
        paint = [sys.executable, "-m", "dreambrush", "paint", "--sample", "--effort", "1", "--size", "512", "-q"]
        subprocess.run([*paint, *options, "-o", str(folder / name)], cwd=ROOT, check=True)
    ours = {name: _ours(folder, name) for name in FILES}
    print("| file | program | largest difference | mean | pixels that differ by more than 2 | layers |")
    print("|---|---|---|---|---|---|")
    bad = 0
    for program, opened in PROGRAMS.items():
        if not machine.has(program.lower()):
            print(f"There is no {program}.", file=sys.stderr)
            continue
        version, found = opened(machine)
        if not found:
            print(f"{version} opens no .ora.", file=sys.stderr)
        for name, layers in found.items():
            wanted, names = ours[name]
            shown = _picture(folder / f"{name}.{program.lower()}.png")
            apart = np.abs(wanted.astype(int) - shown)
            same = apart.max() <= SAME
            told = "all, by name" if layers == names else f"**{layers}**"
            share = (apart.max(-1) > SAME).mean()
            print(f"| {name} | {version} | {apart.max()} | {apart.mean():.2f} | {share:.1%} | {told} |")
            bad += layers != names or (not same and name not in LOOK_DIFFERENT[program])
    if keep is not None:
        shutil.copytree(folder, keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data", "config", ".*"))
    return min(bad, 1)


def in_krita(machine: Machine) -> tuple[str, dict[str, list[str]]]:
    """Opens all files in Krita: its version, and the names of the layers of each file, the topmost first."""
    found = {}
    for name in FILES:
        for ending in ("png", "kra"):
            machine.show("krita", "--export", "--export-filename", f"{name}.krita.{ending}", name)
        with zipfile.ZipFile(machine.folder / f"{name}.krita.kra") as kra:
            document = ET.fromstring(kra.read("maindoc.xml"))
        found[name] = [each.attrib["name"] for each in document.iter() if each.tag.endswith("}layer")]
        version = document.attrib.get("kritaVersion", "")
    return f"Krita {version}", found


def in_gimp(machine: Machine) -> tuple[str, dict[str, list[str]]]:
    """Opens all files in GIMP, as :func:`in_krita` does."""
    version = machine.run("gimp", "--version").strip().splitlines()[-1].split()[-1]
    if version.startswith("2."):
        return f"GIMP {version}", {}
    (machine.folder / "open.py").write_text(GIMP_SCRIPT.replace("NAMES", repr(list(FILES))))
    batch = ("-i", "--quit", "--batch-interpreter", "python-fu-eval", "-b", "exec(open('open.py').read())")
    machine.show("gimp", *batch)
    return f"GIMP {version}", json.loads((machine.folder / "gimp.json").read_text())


PROGRAMS: dict[str, Callable[[Machine], tuple[str, dict[str, list[str]]]]] = {"Krita": in_krita, "GIMP": in_gimp}


def _ours(folder: Path, name: str) -> tuple[np.ndarray, list[str]]:
    """The picture as MyPaint shows it, and the names of the layers, the topmost first."""
    if name.endswith(".psd"):
        psd = PSDImage.open(folder / name)
        picture = psd.topil()
        assert picture is not None
        return np.asarray(picture.convert("RGB")), [layer.name for layer in reversed(list(psd))]
    with zipfile.ZipFile(folder / name) as ora:
        layers = [each.get("name", "") for each in ET.fromstring(ora.read("stack.xml")).iter("layer")]
        return np.asarray(Image.open(io.BytesIO(ora.read("mergedimage.png"))).convert("RGB")), layers


def _picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
