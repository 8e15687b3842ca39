"""``dreambrush collect``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.errors import ExitCode
from dreambrush.models.catalogue import find_brush
from dreambrush.train.collect.shards import load_episodes, load_strokes, read_manifest

if TYPE_CHECKING:
    from dreambrush.cli.ui.progress import Update
    from tests.cli.conftest import Command


def test_strokes_and_episodes_into_a_folder_of_the_brush_s_name(command: Command) -> None:
    outcome = command("collect", "ink", "--strokes", "600", "--episodes", "3", "--seed", "4")
    assert outcome.code == ExitCode.OK and outcome.stdout == ""
    assert outcome.stderr.startswith("ink-strokes: 600 strokes and 3 episodes of ink; 648 strokes painted now in ")
    folder = Path("ink-strokes")
    assert (read_manifest(folder).brush, read_manifest(folder).seed) == ("ink", 4)
    assert len(load_strokes(folder).strokes) == 600 and len(load_episodes(folder).strokes) == 3


def test_json_tells_all_and_a_second_run_paints_nothing(command: Command) -> None:
    words = ("collect", "oil", "--strokes", "30", "-o", "deep/down", "--json", "-q", "--workers", "1")
    first, second = command(*words), command(*words)
    assert first.stderr == second.stderr == ""
    report, again = json.loads(first.stdout), json.loads(second.stdout)
    assert report.pop("seconds") > 0 and again.pop("seconds") > 0
    assert report == {
        "output": "deep/down",
        "brush": "oil",
        "seed": 0,
        "strokes": 30,
        "episodes": 0,
        "colour": False,
        "painted": 30,
        "interrupted": False,
    }
    assert again == {**report, "painted": 0}


def test_colour_is_collected_where_it_changes(command: Command) -> None:
    document = json.loads(find_brush("oil").path.read_text())
    document["settings"]["change_color_v"] = {"base_value": 0.0, "inputs": {"pressure": [[0, -0.5], [1, 0.5]]}}
    Path("motley.myb").write_text(json.dumps(document))
    outcome = command("collect", "motley.myb", "--strokes", "20", "--json")
    assert json.loads(outcome.stdout)["colour"] is True
    assert load_strokes(Path("motley-strokes")).rgb is not None


def test_a_brush_that_lays_no_paint_is_named(command: Command) -> None:
    document = json.loads(find_brush("oil").path.read_text())
    document["settings"]["eraser"] = {"base_value": 1.0, "inputs": {}}
    Path("rubber.myb").write_text(json.dumps(document))
    outcome = command("collect", "rubber.myb", "--strokes", "5")
    assert outcome.code == ExitCode.OK
    assert outcome.stderr.startswith("Warning: rubber lays no paint on an empty canvas")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("oyl",), ExitCode.BRUSH, "no brush named 'oyl'"),
        (("photo.myb",), ExitCode.BRUSH, "There is no brush file photo.myb"),
        (("oil", "--strokes", "0"), ExitCode.USAGE, "There is nothing to collect."),
        (("oil", "--strokes", "many"), ExitCode.USAGE, "'many' is not a whole number from 0 to 10000000."),
        (("oil", "--workers", "0"), ExitCode.USAGE, "'0' is not a whole number from 1 to 1024."),
        (("oil", "--strokes", "5", "-o", "."), ExitCode.OUTPUT, "The folder . is not empty."),
        (("oil", "--strokes", "5", "-o", "photo.png"), ExitCode.OUTPUT, "The folder photo.png cannot be created"),
    ],
)
def test_what_cannot_be_done_is_explained(
    command: Command, words: tuple[str, ...], code: ExitCode, message: str
) -> None:
    outcome = command("collect", *words)
    assert outcome.code == code and message in outcome.stderr and outcome.stderr.count("\n") == 2
    assert [path.name for path in Path().iterdir()] == ["photo.png"]


def test_another_brush_of_the_same_name_is_refused(command: Command) -> None:
    shutil.copy(find_brush("oil").path, "mine.myb")
    assert command("collect", "mine.myb", "--strokes", "5").code == ExitCode.OK
    shutil.copy(find_brush("ink").path, "mine.myb")
    outcome = command("collect", "mine.myb", "--strokes", "5")
    assert outcome.code == ExitCode.OUTPUT and "an older version of this brush" in outcome.stderr


def test_ctrl_c_leaves_what_is_painted_and_says_how_to_go_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def bar(title: str, *, quiet: bool = False) -> Iterator[Update]:
        def update(stage: str, done: int, total: int, note: str) -> None:
            assert stage == "collect" and note.endswith(" strokes/s")
            if done == 1000:
                raise KeyboardInterrupt

        yield update

    words = ("collect", "oil", "--strokes", "2000", "--workers", "1", "--json")
    with monkeypatch.context() as patch:
        patch.setattr("dreambrush.cli.collect.progress_bar", bar)
        stopped = command(*words)
    assert stopped.code == ExitCode.INTERRUPTED
    assert "'oil-strokes' has 1000 of 2000 strokes; run the same command again" in stopped.stderr
    assert json.loads(stopped.stdout)["interrupted"] is True
    assert json.loads(command(*words).stdout)["painted"] <= 1000
    assert len(load_strokes(Path("oil-strokes")).strokes) == 2000


def test_collecting_does_not_import_torch(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from dreambrush.cli import run\n"
        f"assert run(['collect', 'oil', '--strokes', '5', '-o', {str(tmp_path / 'x')!r}, '--workers', '1']) == 0\n"
        "assert 'torch' not in sys.modules and 'onnxruntime' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
