from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dreambrush.errors import ExitCode
from dreambrush.mypaint.engine.library import input_ids, setting_ids, setting_ranges

ROOT = Path(__file__).parents[3]
SONAME = "libmypaint-1.5.so.1"
SCRIPT = """
from dreambrush.errors import DreambrushError
from dreambrush.mypaint.engine.canvas import Canvas
try:
    Canvas(8, 8)
except DreambrushError as error:
    print(error.message)
    print(error.advice)
    raise SystemExit(int(error.exit_code))
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="tells Linux's dynamic loader where to look")


def canvas_with_libraries_from(folder: Path) -> tuple[int, list[str]]:
    """Exit code and output of a process whose dynamic loader looks for libraries in ``folder`` first."""
    environment = os.environ | {"LD_LIBRARY_PATH": str(folder), "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert run.stderr == ""
    return run.returncode, run.stdout.splitlines()


@linux_only
def test_without_libmypaint_a_sentence_names_the_package(tmp_path: Path) -> None:
    (tmp_path / SONAME).write_bytes(b"not a library")
    code, (message, advice) = canvas_with_libraries_from(tmp_path)
    assert code == ExitCode.NO_LIBMYPAINT
    assert message.startswith("MyPaint's engine libmypaint is missing") and SONAME in message
    assert "apt install libmypaint-1.5-1" in advice


@linux_only
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_libmypaint_that_is_too_old_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    """An empty library of the right name lacks the functions of version 1.6, as version 1.5 does."""
    command = ["cc", "-shared", "-x", "c", "/dev/null", f"-Wl,-soname,{SONAME}", "-o", str(tmp_path / SONAME)]
    subprocess.run(command, check=True)
    code, (message, advice) = canvas_with_libraries_from(tmp_path)
    assert code == ExitCode.NO_LIBMYPAINT
    assert message.startswith("MyPaint's engine libmypaint is too old")
    assert "libmypaint 1.6 or newer" in advice


@linux_only
def test_the_same_process_paints_where_libmypaint_is_there(tmp_path: Path) -> None:
    assert canvas_with_libraries_from(tmp_path) == (0, [])


def test_the_engine_has_the_settings_and_inputs_of_libmypaint_1_6() -> None:
    assert len(setting_ids()) >= 64 and len(input_ids()) >= 18
    assert {"radius_logarithmic", "paint_mode", "opaque_multiply", "smudge_bucket"} <= set(setting_ids())
    assert {"pressure", "random", "direction", "custom"} <= set(input_ids())
    assert sorted(setting_ids().values()) == list(range(len(setting_ids())))


def test_ranges_are_those_of_libmypaint() -> None:
    ranges = setting_ranges()
    assert list(ranges) == list(setting_ids())
    assert ranges["radius_logarithmic"] == (-2.0, 2.0, 6.0)
    assert ranges["paint_mode"] == (0.0, 1.0, 1.0)
    assert all(low <= normal <= high for low, normal, high in ranges.values())


def test_what_the_engine_prints_does_not_get_between_results() -> None:
    code = (
        "import ctypes; from dreambrush.mypaint.engine import library; library.messages_to_stderr(); library.engine(); "
        "ctypes.CDLL(None).printf(b'a remark\\n'); print('a result')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "a result\n"
    assert "a remark" in done.stderr
