"""Lays out the tree of the distribution mypaint-lib: ``dreambrush.mypaint``'s engine under a name of its own.

``python scripts/mypaint_lib.py FOLDER`` writes a tree that pip and ``build`` take, with numpy and cffi as its only
dependencies; ``scripts/build_wheel.sh --lib`` makes a wheel of it.  Its modules are those of dreambrush, with other
names, so that both distributions can be installed beside each other.  cffi stays: the compiled binding imports its
small module ``_cffi_backend`` when it is loaded.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dreambrush"
NAME = "mypaint_lib"

# In this order: the longer name first.
RENAMED = (
    (r"\bdreambrush\.mypaint\b", NAME),
    (r"\bdreambrush\.(arrays|bezier|errors|events)\b", rf"{NAME}.\1"),
    (r'Path\("dreambrush"\) / "mypaint"', f'Path("{NAME}")'),
    (r"\bDreambrushError\b", "MypaintLibError"),
    (r"\bdreambrush\b", "mypaint-lib"),
    (r"\bdocs/api\.md\b", "README.md"),
)

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77", "cffi>=1.16"]
build-backend = "setuptools.build_meta"

[project]
name = "mypaint-lib"
version = "{version}"
description = "MyPaint's brush engine, libmypaint, for numpy: strokes in, arrays out"
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE*"]
keywords = ["mypaint", "libmypaint", "painting", "brush", "numpy"]
dependencies = ["cffi>=1.16", "numpy>=1.26"]

[tool.setuptools]
include-package-data = false

[tool.setuptools.package-data]
{name} = ["py.typed"]
"""

README = """\
# mypaint-lib

MyPaint's brush engine, [libmypaint](https://github.com/mypaint/libmypaint), for numpy: brushes with all of its
settings, strokes with pressure and tilt, canvases that are read as arrays. It is the engine of dreambrush, and made of
its tree.

The wheel for Linux has libmypaint inside. From the source archive, `pip install` links to the libmypaint of your system
(1.6 or newer, with its headers; a C compiler and pkg-config). It needs numpy and cffi, and no other package.

"""

SETUP = """\
from setuptools import find_packages, setup

setup(
    packages=find_packages(include=["{name}", "{name}.*"]),
    cffi_modules=["{name}/engine/_build.py:ffibuilder"],
    options={{"bdist_wheel": {{"py_limited_api": "cp311"}}}},
)
"""


def renamed(text: str) -> str:
    """A source or page as it reads in mypaint-lib."""
    for old, new in RENAMED:
        text = re.sub(old, new, text)
    return text


def needed() -> set[Path]:
    """The modules that ``dreambrush.mypaint``'s names need, and the packages around them."""
    found = {PACKAGE / "__init__.py"}  # which needs everything, and is left out
    waiting = [PACKAGE / "mypaint" / "__init__.py", PACKAGE / "mypaint" / "engine" / "_build.py"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting.append(path.parent / "__init__.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dreambrush."):
                base = ROOT.joinpath(*str(node.module).split("."))
                waiting += [file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()]
    return found - {PACKAGE / "__init__.py"}


def place(path: Path) -> Path:
    """Where a file of dreambrush stands in mypaint-lib's tree."""
    inside = path.relative_to(PACKAGE)
    return Path(NAME, inside.relative_to("mypaint") if inside.parts[0] == "mypaint" else inside)


def readme() -> str:
    """The part of docs/api.md that is about the engine."""
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    begin, end = "<!-- mypaint-lib: begin -->\n", "<!-- mypaint-lib: end -->"
    part = page.partition(begin)[2].partition(end)[0].strip()
    if not part:
        raise SystemExit("docs/api.md no longer marks what is about mypaint-lib.")
    return README + renamed(part).replace("### ", "## ") + "\n"


def version() -> str:
    """dreambrush's, for both are made of one tree."""
    found = re.search(r'^__version__ = "(.+)"$', (PACKAGE / "__init__.py").read_text("utf-8"), re.M)
    assert found
    return found[1]


def lay_out(folder: Path) -> None:
    """Writes the tree; whatever was in FOLDER is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in sorted(needed()):
        target = folder / place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(path.read_text("utf-8")), "utf-8")
    engine = PACKAGE / "mypaint" / "engine"
    for path in sorted([*engine.glob("*.h"), *engine.glob("[!_]*.c")]):
        shutil.copy(path, folder / place(path))
    (folder / NAME / "py.typed").touch()
    shutil.copy(ROOT / "LICENSE", folder)
    for path in sorted((PACKAGE / "mypaint").glob("LICENSE.*")):
        (folder / path.name).write_text(renamed(path.read_text("utf-8")), "utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT.format(name=NAME, version=version()), "utf-8")
    (folder / "setup.py").write_text(SETUP.format(name=NAME), "utf-8")
    (folder / "MANIFEST.in").write_text(f"recursive-include {NAME} *.c *.h\nexclude {NAME}/engine/_*.c\n", "utf-8")
    (folder / "README.md").write_text(readme(), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python scripts/mypaint_lib.py FOLDER")
    lay_out(Path(sys.argv[1]))
