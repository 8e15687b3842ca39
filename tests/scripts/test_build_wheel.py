"""The wheel that needs nothing but a C library: what is in it, and that it paints where libmypaint cannot be found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambrush.mypaint.engine.library import libmypaint_version

ROOT = Path(__file__).parents[2]
UNREACHABLE = 75  # exit code of build_wheel.sh
OF_EVERY_LINUX = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}
SONAMES = ("libmypaint-1.5.so.1", "libmypaint-1.6.so.1", "libjson-c.so.5")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists() or os.uname().machine != "x86_64",
        reason="is built on x86-64 Debian",
    ),
]


def run(*command: str | Path, **environment: str) -> str:
    """What a command says; it must succeed, and knows nothing of this tree and the pytest around it."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "PYTHON"))}
    said = subprocess.run(command, cwd="/", env=clean | environment, capture_output=True, text=True, timeout=900)
    if said.returncode == UNREACHABLE:
        pytest.skip(f"What the wheel is built from cannot be fetched: {said.stderr[-200:]}")
    assert said.returncode == 0, f"{command}: {(said.stdout + said.stderr)[-4000:]}"
    return said.stdout


def build(folder: Path, *options: str) -> tuple[Path, Path]:
    """The source archive and the wheel."""
    made = run("sh", ROOT / "scripts" / "build_wheel.sh", *options, folder).split()
    assert sorted(folder.iterdir()) == sorted(Path(name) for name in made)
    archive, wheel = map(Path, made)
    assert archive.name.endswith(".tar.gz")
    return archive, wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))[1]


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def dynamic(library: Path, tag: str) -> list[str]:
    """The entries of a kind that the loader reads, such as NEEDED."""
    return re.findall(rf"\({tag}\).*\[(.*)\]", run("readelf", "-d", library))


def test_libmypaint_and_json_c_are_inside_and_want_nothing_else(unpacked: Path) -> None:
    binding = unpacked / "dreambrush" / "mypaint" / "engine" / "_engine.abi3.so"
    inside = {path.name for path in (unpacked / "dreambrush.libs").iterdir()}
    assert sorted(name.split("-")[0] for name in inside) == ["libjson", "libmypaint"]
    assert dynamic(binding, "RPATH") == ["$ORIGIN/../../../dreambrush.libs"]
    for library in (binding, *(unpacked / "dreambrush.libs").iterdir()):
        assert set(dynamic(library, "NEEDED")) <= OF_EVERY_LINUX | inside, library
    assert {name for name in dynamic(binding, "NEEDED") if "mypaint" in name} <= inside


def test_the_tag_says_what_c_library_is_wanted(wheel: Path, unpacked: Path) -> None:
    tag = re.fullmatch(r"dreambrush-[\d.]+-cp311-abi3-manylinux_2_(\d+)_x86_64\.whl", wheel.name)
    assert tag
    assert int(tag[1]) <= 31  # Debian 11's
    for library in unpacked.rglob("*.so*"):
        versions = re.findall(r"\bGLIBC_2\.(\d+)", run("readelf", "-V", library))
        assert versions
        assert max(map(int, versions)) <= int(tag[1]), library


def test_licences_of_all_that_is_inside_are_there(unpacked: Path) -> None:
    (folder,) = unpacked.glob("dreambrush-*.dist-info/licenses")
    texts = {path.name: path.read_text() for path in folder.rglob("LICENSE*")}
    assert texts.keys() == {"LICENSE", "LICENSE.libmypaint", "LICENSE.json-c"}
    assert "Copyright (C) 2008-2011 Martin Renold and contributors" in texts["LICENSE.libmypaint"]
    assert "Copyright (C) 2011 Paul Mineiro" in texts["LICENSE.libmypaint"]
    assert "Metaparadigm" in texts["LICENSE.json-c"]


def test_it_holds_the_package_and_nothing_of_what_lies_beside_it(unpacked: Path) -> None:
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "dreambrush").rglob("*.py")}
    graphs = {str(path.relative_to(ROOT)) for path in (ROOT / "dreambrush" / "train" / "graphs").iterdir()}
    assert graphs and names >= modules | graphs
    assert {name for name in names if name.endswith(".py")} == modules
    assert not {Path(name).suffix for name in names} & {".pt", ".pth", ".pyc", ".c", ".o"}
    weights = {path.name for path in (ROOT / "research").rglob("*") if path.suffix in (".onnx", ".safetensors")}
    weights -= {path.name for path in (ROOT / "pretrained").rglob("*")}
    assert weights
    assert not weights & {Path(name).name for name in names}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"dreambrush", "dreambrush.libs"}


def test_it_tells_nothing_of_where_it_was_made(unpacked: Path) -> None:
    for path in unpacked.rglob("*"):
        assert not path.is_file() or os.fsencode(f"{ROOT}/") not in path.read_bytes(), path


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment in which the loader finds no libmypaint: what it finds by these names is none."""
    folder = tmp_path_factory.mktemp("hidden")
    for name in SONAMES:
        (folder / name).write_bytes(b"")
    yield {"LD_LIBRARY_PATH": str(folder)}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin of a new environment with the wheel; what it depends on are the packages of the tests."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin" / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    paths = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    paths |= {path for path in sys.path if path.endswith("site-packages")}
    (packages,) = venv.glob("lib/python3*/site-packages")
    (packages / "of_the_tests.pth").write_text("".join(f"{path}\n" for path in sorted(paths)))
    return venv / "bin"


def test_libmypaint_is_hidden_from_what_is_not_the_wheel(hidden: dict[str, str], tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from dreambrush.mypaint import Brush; Brush()"
    with pytest.raises(AssertionError, match="libmypaint is missing"):
        run(sys.executable, "-c", code, ROOT, **hidden)


def test_it_paints_where_there_is_no_libmypaint(installed: Path, hidden: dict[str, str], tmp_path: Path) -> None:
    code = (
        "from dreambrush.mypaint import Brush, libmypaint_version; Brush(); print(libmypaint_version())\n"
        "print(*{line.split()[-1] for line in open('/proc/self/maps') if '.so' in line})"
    )
    version, libraries = run(installed / "python", "-c", code, **hidden).splitlines()
    of_the_wheel = {path for path in libraries.split() if re.search("mypaint|libjson|glib|gobject|gomp", path)}
    assert len(of_the_wheel) == 3  # and the binding
    assert all(path.startswith(str(installed.parent)) for path in of_the_wheel)

    shutil.copy(ROOT / "dreambrush" / "samples" / "coffee.png", tmp_path / "photo.png")
    paint = ("paint", tmp_path / "photo.png", "--strokes", "60", "--size", "96", "--effort", "1", "-o")
    run(installed / "dreambrush", *paint, tmp_path / "wheel.ora", **hidden)
    run(sys.executable, "-m", "dreambrush", *paint, tmp_path / "tree.ora", PYTHONPATH=str(ROOT))
    if version == libmypaint_version():  # the same source paints the same, whoever compiled it
        assert (tmp_path / "wheel.ora").read_bytes() == (tmp_path / "tree.ora").read_bytes()


def test_the_engine_alone_is_a_wheel_too(installed: Path, hidden: dict[str, str], tmp_path: Path) -> None:
    archive, wheel = build(tmp_path / "dist", "--lib")
    assert archive.name.startswith("mypaint_lib-")
    run(installed / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    code = (
        "import numpy as np, {0}\nfrom {0} import Brush, Canvas\n"
        "canvas = Canvas(64, 64)\n"
        "canvas.stroke(Brush(), np.array([[8.0, 32, 0, 0], [8, 32, 1, 1], [56, 32, 1, 1]]))\n"
        "print(canvas.read().tobytes().hex())"
    )
    alone, whole = (
        run(installed / "python", "-c", code.format(name), **hidden) for name in ("mypaint_lib", "dreambrush.mypaint")
    )
    assert alone == whole
    assert len(set(alone)) > 8
