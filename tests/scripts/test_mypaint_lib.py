"""The tree of mypaint-lib, which is made of ours."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dreambrush import __version__
from dreambrush.mypaint import Brush, BrushSettings, Canvas
from scripts.mypaint_lib import lay_out, readme
from tests.test_api_docs import BLOCKS


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lib") / "tree"
    lay_out(folder)
    return folder


def test_it_is_the_engine_and_nothing_else(tree: Path) -> None:
    modules = {str(path.relative_to(tree)) for path in tree.rglob("*.py")} - {"setup.py"}
    outside = {"__init__", "arrays", "bezier", "errors", "events", "layer", "strokemap"}
    assert {Path(name).stem for name in modules if "/engine/" not in name} == outside
    assert {Path(name).stem for name in modules if "/engine/" in name} >= {"brush", "canvas", "_build"}


def test_its_modules_import_each_other_numpy_and_cffi(tree: Path) -> None:
    for path in tree.glob("mypaint_lib/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                first = name.split(".")[0]
                assert first in sys.stdlib_module_names or first in ("mypaint_lib", "numpy", "cffi"), (path, name)
                if first == "mypaint_lib":
                    found = tree.joinpath(*name.split("."))
                    assert found.is_dir() or found.with_suffix(".py").is_file(), (path, name)


def test_it_speaks_of_itself(tree: Path) -> None:
    for path in tree.rglob("*"):
        if path.suffix in (".py", ".toml"):
            assert "dreambrush" not in path.read_text().lower(), path
    blocks = re.findall(r"^```python\n(.*?)^```\n", readme(), re.M | re.S)
    ours = [code for code, _ in BLOCKS if "dreambrush" in code]
    assert len(blocks) >= 5
    assert blocks[0].replace("mypaint_lib", "dreambrush.mypaint") in ours


def test_it_says_what_it_depends_on_and_is_as_new_as_dreambrush(tree: Path) -> None:
    project = tomllib.loads((tree / "pyproject.toml").read_text())["project"]
    assert {re.split(r"\W", name)[0] for name in project["dependencies"]} == {"numpy", "cffi"}
    assert project["version"] == __version__
    assert {path.name for path in tree.glob("LICENSE*")} == {"LICENSE", "LICENSE.libmypaint", "LICENSE.json-c"}


@pytest.mark.slow
def test_built_here_it_paints_what_dreambrush_paints(tree: Path) -> None:
    """Links to this system's libmypaint, as pip does with the source archive."""
    subprocess.run([sys.executable, "setup.py", "-q", "build_ext", "--inplace"], cwd=tree, check=True)
    readme_code = "".join(re.findall(r"^```python\n(.*?)^```\n", (tree / "README.md").read_text(), re.M | re.S))
    code = (
        readme_code + "\nimport json, sys\n"
        "print(json.dumps([settings.to_json(), canvas.read().tobytes().hex(), sorted(sys.modules)]))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tree, check=True, capture_output=True, text=True)
    text, pixels, modules = json.loads(run.stdout.splitlines()[-1])
    known: dict[str, object] = {}
    exec(readme_code.replace("mypaint_lib", "dreambrush.mypaint"), known)
    canvas, settings = known["canvas"], known["settings"]
    assert isinstance(canvas, Canvas) and isinstance(settings, BrushSettings) and Brush(settings)
    assert text == settings.to_json()
    assert pixels == canvas.read().tobytes().hex()
    assert not {name.split(".")[0] for name in modules} & {"dreambrush", "onnxruntime", "rich", "click", "PIL"}
