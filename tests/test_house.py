"""Who may know whom: data flows one way, and painting starts without torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dreambrush

PACKAGE = Path(dreambrush.__file__).parent
MOST_LINES = 400

FORBIDDEN = {
    "strokes": ("models", "dream", "train", "painter", "replay", "reference", "cli"),
    "jobs": ("mypaint", "models", "dream", "train", "painter", "replay", "pictures", "reference", "styles", "cli"),
    "kernel": ("mypaint", "models", "dream", "train", "painter", "replay", "pictures", "reference", "cli"),
    "manner": ("mypaint", "models", "dream", "train", "painter", "replay", "reference", "styles", "cli"),
    "mypaint": ("models", "dream", "train", "painter", "replay", "film", "reference", "cli"),
    "models": ("dream", "train", "painter", "replay", "film", "reference", "cli"),
    "dream": ("train", "painter", "replay", "film", "reference", "cli"),
    "painter": ("train", "replay", "film", "reference", "gallery", "cli"),
    "replay": ("train", "film", "reference", "gallery", "cli"),
    "film": ("train", "replay", "reference", "gallery", "cli"),
    "gallery": ("train", "film", "reference", "cli"),
    "reference": ("train", "cli"),
    "train": ("replay", "film", "reference", "cli"),  # a controller is trained on the painter's own error
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.fixture(scope="module")
def modules() -> dict[str, set[str]]:
    """What each module imports."""
    return {module_name(path): imports(path) for path in SOURCES}


def test_rooms_know_only_what_they_may(modules: dict[str, set[str]]) -> None:
    for name, imported in modules.items():
        room = name.split(".")[1] if "." in name else ""
        for other in FORBIDDEN.get(room, ()):
            bad = [found for found in imported if found.startswith(f"dreambrush.{other}")]
            bad = [found for found in bad if found.split(".")[1] == other]
            assert not bad, f"{name} imports {bad}"
        if room != "train" or name.startswith("dreambrush.train.collect"):
            assert not any(found.split(".")[0] in ("torch", "cma") for found in imported), f"{name} imports torch"
        if room not in ("cli", "__main__"):
            assert not any(found.startswith("dreambrush.cli") for found in imported), f"{name} imports the cli"


def test_the_package_knows_nothing_of_what_lies_beside_it(modules: dict[str, set[str]]) -> None:
    beside = {"research", "benchmarks", "scripts", "tests"}
    for name, imported in modules.items():
        assert not {found.split(".")[0] for found in imported} & beside, f"{name} imports what is in no wheel"


# Each room knows only those before it in its row; modules at the top of a room may be known by all in it.
ROWS = {
    "painter": ("lay", "see", "relief", "refine", "propose", "plan", "save", "measure"),
    "mypaint": ("engine", "blend", "ora", "brushes"),
    "train": ("collect", "fit", "export"),
    "cli": ("ui", "shared", "paint", "bench", "inspect", "train"),
}


def test_rooms_within_rooms_know_only_those_before_them(modules: dict[str, set[str]]) -> None:
    for name, imported in modules.items():
        top, room = [*name.split(".")[1:3], "", ""][:2]
        if room not in ROWS.get(top, ()):
            continue
        known = [found.split(".")[2] for found in imported if found.startswith(f"dreambrush.{top}.")]
        later = ROWS[top][ROWS[top].index(room) + 1 :]
        assert not set(known) & set(later), f"{name} knows {set(known) & set(later)}"


def test_rooms_are_in_a_row() -> None:
    for top, rooms in ROWS.items():
        assert {path.parent.name for path in (PACKAGE / top).glob("*/__init__.py")} == set(rooms)


def test_no_import_circles(modules: dict[str, set[str]]) -> None:
    graph = {name: (imported & modules.keys()) - {name} for name, imported in modules.items()}
    graph.pop("dreambrush")  # its lazy names point everywhere
    done: set[str] = set()
    while graph:
        free = [name for name, needs in graph.items() if not (needs & graph.keys())]
        assert free, f"a circle within {sorted(graph)}"
        for name in free:
            done.add(name)
            graph.pop(name)


def test_no_two_classes_have_one_name() -> None:
    homes: dict[str, list[Path]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path)
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_files_are_short() -> None:
    for path in SOURCES:
        if not path.name.startswith("_engine"):
            assert len(path.read_text().splitlines()) <= MOST_LINES, path


def test_painting_does_not_import_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "from dreambrush.models.catalogue import find_brush\n"
        "from dreambrush.painter.run import paint\n"
        "paint(np.zeros((16, 16, 3), np.float32), find_brush('oil'), 1)\n"
        "assert 'onnxruntime' in sys.modules\n"
        "assert 'torch' not in sys.modules and 'cma' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
