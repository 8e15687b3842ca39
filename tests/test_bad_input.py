"""Bad input of all kinds, to all commands: a message with advice, the documented code, no harm done; and odd input."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from dreambrush.cli import ending, run
from dreambrush.cli.shared.errors import Told
from dreambrush.errors import ExitCode
from scripts.make_errors import kinds, read_catalogue
from tests import bad_files
from tests.bad_calls import BAD_CALLS, BOMBS, NO_DATA_HOME
from tests.odd_calls import ODD_CALLS

KINDS = {kind.id: kind for kind in kinds(read_catalogue())}
MOST_GROWTH = 250  # MiB that all files together may take that claim to be huge; each claims gigabytes


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """The folder of bad_files.py, which is the current one; the user's own folders lie beside it."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "here"
    for each in (folder, home / "out"):
        each.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.delenv("DREAMBRUSH_TRACEBACK", raising=False)
        bad_files.make(folder)
        yield Folder(home, marks(home))


@dataclass
class Folder:
    """Where the bad files lie, with the user's own folders beside it; what it is is known from the test before."""

    home: Path
    seen: dict[str, Mark]

    def changed(self) -> set[str]:
        """What is there, is no longer there, or is another than when this was asked before; ../out does not count."""
        before, self.seen = self.seen, marks(self.home)
        return {path for path in before.keys() | self.seen.keys() if before.get(path) != self.seen.get(path)}


class Mark(NamedTuple):
    """What tells a file from one that was written since: the kernel sets ``changed`` at every write."""

    mode: int
    size: int
    inode: int
    changed: int


def marks(home: Path) -> dict[str, Mark]:
    """Everything in a folder but in ../out.  Of folders only the mode: a file that came and went is no change."""
    found: dict[str, Mark] = {}
    for folder, folders, files in os.walk(home):
        if folder == str(home):
            folders.remove("out")
        for name in folders + files:
            path = f"{folder}/{name}"
            about = os.lstat(path)
            rest = (0, 0, 0) if stat.S_ISDIR(about.st_mode) else (about.st_size, about.st_ino, about.st_ctime_ns)
            found[path] = Mark(about.st_mode, *rest)
    return found


def name_of(value: object) -> str:
    return ascii(str(value).replace(bad_files.LONG, "LONG"))[1:71]


@pytest.mark.parametrize(
    ("words", "id", "data_home"),
    [*((*row, "../data") for row in BAD_CALLS), *((*row, "photo.png") for row in NO_DATA_HOME)],
    ids=name_of,
)
def test_bad_input(
    here: Folder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    id: str,
    data_home: str,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", os.path.abspath(data_home))
    capsys.readouterr()
    called = shlex.split(words)
    paints = called[:1] == ["paint"]
    end = ending([*called, "--json"] if paints else called)  # which tells of single pictures, too
    outcome, changed = capsys.readouterr(), here.changed()
    assert_told(outcome.err)
    if paints or "--json" in called:
        error = Told(**json.loads(outcome.out)["error"])
        assert end.error in (error, None)
    else:
        assert outcome.out == "" and end.error is not None
        error = end.error
    assert (error.id, error.code) == (id, KINDS[id].code)
    assert end.code == error.code and outcome.err == f"Error: {error.message}\n{error.advice}\n"
    assert changed == set()


def assert_told(stderr: str) -> None:
    """One line says what is wrong, one what to do."""
    assert "Traceback" not in stderr and "has a bug" not in stderr
    lines = stderr.removesuffix("\n").split("\n")
    assert len(lines) == 2, stderr
    assert re.fullmatch(r"Error: \S.*[.?]", lines[0]) and len(lines[1]) > 10
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("words", ODD_CALLS, ids=name_of)
def test_odd_input_that_is_no_error(here: Folder, capsys: pytest.CaptureFixture[str], words: str) -> None:
    code, changed = run(shlex.split(words)), here.changed()
    assert (code, "Error" in capsys.readouterr().err) == (ExitCode.OK, False)
    assert changed == set()


MEASURE = """
import json, resource, shlex, sys
from dreambrush.cli import run

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

words = json.load(sys.stdin)
run(["paint", "text.jpg", "--size", "16", "-o", "new.ora"])
run(["render", "work.ora", "../out/measured.png", "-q"])
before = peak()
print(json.dumps([[run(shlex.split(each)), peak() - before] for each in words]))
"""


@pytest.mark.usefixtures("here")
def test_files_that_claim_to_be_huge_take_no_memory() -> None:
    given = json.dumps([words for words, _ in BOMBS])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=given,
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    answers = json.loads(done.stdout)
    assert [code for code, _ in answers] == [KINDS[id].code for _, id in BOMBS]
    grown = {words: growth for (words, _), (_, growth) in zip(BOMBS, answers, strict=True)}
    assert max(grown.values()) <= MOST_GROWTH, grown


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_that_no_encoding_has_are_told(here: Folder, locale: str) -> None:
    name = os.fsencode(bad_files.NOT_UTF8)
    for words in ([b"paint", name + b".png"], [b"render", name + b".ora", b"new.png"], [b"train", name + b".myb"]):
        done = subprocess.run(
            [sys.executable, "-m", "dreambrush", *words],
            capture_output=True,
            env=os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0"},
        )
        assert done.stdout == b"" and done.returncode not in (ExitCode.OK, ExitCode.UNEXPECTED)
        assert_told(done.stderr.decode("ascii" if locale == "C" else "utf-8"))
        assert b"caf\\udce9" in done.stderr
    assert here.changed() == set()


@pytest.mark.parametrize("words", ["styles", "brushes --json", "completion bash", "inspect painted.ora", "--help"])
@pytest.mark.usefixtures("here")
def test_nothing_can_be_printed(words: str) -> None:
    command = [sys.executable, "-m", "dreambrush", *words.split()]
    environment = os.environ | {"PYTHONUNBUFFERED": ""}  # as most have it: some is written when Python ends
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert done.returncode == ExitCode.OUTPUT
    assert_told(done.stderr)
    assert "No space left on device" in done.stderr


# What no call with an ordinary file or option brings about: the tests that do.
ELSEWHERE = {
    "binding-missing": "test_rare_errors.py::test_a_binding_that_is_not_compiled",
    "brush-curve-impossible": "mypaint/engine/test_myb.py::test_a_curve_that_is_none_is_refused",
    "brush-setting-not-a-number": (
        "mypaint/engine/test_myb.py::test_with_values_refuses_what_is_no_setting_or_no_number"
    ),
    "bug": "cli/shared/test_errors.py::test_a_bug_is_called_a_bug",
    "changed-since-begun": "cli/paint/test_resume.py::test_what_has_changed_since_is_told",
    "cluster-lost": "jobs/test_cluster.py::test_a_scheduler_that_is_lost",
    "cluster-of-other-version": "jobs/test_cluster.py::test_another_version_at_the_workers_is_said",
    "clip-too-long": "film/test_clip.py::test_a_film_with_too_many_frames_is_refused",
    "collection-damaged": "train/collect/test_shards.py::test_a_shard_that_would_run_code_is_refused",
    "collection-incomplete": "train/collect/test_shards.py::test_an_incomplete_collection_is_refused",
    "collection-lacks-these": "train/collect/test_shards.py::test_a_collection_without_episodes_says_so",
    "dreambrush-not-installed": "test_rare_errors.py::test_dreambrush_is_not_installed",
    "drawing-of-another-film": "cli/paint/test_film.py::test_a_drawing_of_another_film_is_refused",
    "export-differs": "train/export/test_networks.py::test_an_export_that_answers_differently_is_refused",
    "film-kept-damaged": "cli/paint/test_film.py::test_a_damaged_moment_is_told",
    "folder-in-use": "train/collect/test_gather.py::test_two_at_once_do_not_fill_one_folder",
    "folder-unreadable": "test_rare_errors.py::test_a_folder_that_may_not_be_read",
    "hidden-by-layers-above": "painter/see/test_backdrop.py::test_what_is_hidden_by_all_others_cannot_be_painted",
    "key-without-ground": "cli/paint/test_film.py::test_a_drawing_without_its_background_is_refused",
    "libmypaint-missing": "mypaint/engine/test_library.py::test_without_libmypaint_a_sentence_names_the_package",
    "libmypaint-paints-nothing": "test_rare_errors.py::test_a_libmypaint_that_paints_nothing",
    "libmypaint-too-old": "test_rare_errors.py::test_a_libmypaint_with_too_few_settings",
    "mode-not-rendered": "mypaint/blend/test_blending.py::test_other_modes_are_refused_by_name",
    "no-such-brush-input": "mypaint/engine/test_myb.py::test_a_curve_that_is_none_is_refused",
    "no-collection": "train/collect/test_shards.py::test_what_is_no_collection_is_refused",
    "no-gpu": "cli/train/test_command.py::test_a_gpu_that_is_not_there",
    "no-memory": "cli/shared/test_errors.py::test_too_little_memory",
    "no-room": "test_bad_input.py::test_nothing_can_be_printed",
    "no-such-brush-setting": "mypaint/engine/test_myb.py::test_with_values_refuses_what_is_no_setting_or_no_number",
    "nothing-on-stdin": "cli/shared/test_inputs.py::test_no_picture_is_typed",
    "ora-needs-more-memory": "test_rare_errors.py::test_a_member_for_which_there_is_no_memory",
    "package-broken": "doctor/test_packages.py::test_what_is_too_old_or_absent_is_named",
    "package-too-old": "doctor/test_packages.py::test_what_is_too_old_or_absent_is_named",
    "packages-missing": "cli/test_timelapse.py::test_without_pyav_it_is_said_how_to_install_it",
    "picture-not-permitted": "test_rare_errors.py::test_a_picture_that_may_not_be_read",
    "piece-lost": "jobs/test_cluster.py::test_a_piece_that_is_cancelled_is_said",
    "pigment-would-change-colours": "mypaint/ora/test_insertion_safety.py::test_what_does_not_fit_is_refused",
    "process-died": "jobs/test_processes.py::test_a_killed_process_costs_its_piece_alone",
    "shipped-brushes-missing": "test_rare_errors.py::test_no_brushes_are_installed",
    "shipped-file-broken": "painter/see/test_faces.py::test_a_missing_network_is_told",
    "stdin-not-kept": "test_rare_errors.py::test_standard_input_that_finds_no_room",
    "stdin-too-large": "cli/shared/test_inputs.py::test_standard_input_has_a_limit",
    "too-many-dabs": "mypaint/engine/test_engine.py::test_a_brush_that_asked_for_too_much_can_paint_again",
    "training-has-other-options": "train/test_pipeline.py::test_other_options_than_those_of_the_unfinished_training",
    "weights-do-not-fit": "train/fit/test_checkpoint.py::test_weights_of_another_network_are_told",
    "strange-parcel": "jobs/test_parcel.py::test_nothing_is_written_if_one_name_leads_out",
    "too-large-for-format": "pictures/test_flat.py::test_a_side_beyond_the_format_is_said",
    "rectangle-too-narrow": "cli/paint/test_fitting.py::test_a_rectangle_like_a_thread_is_refused",
    "recipe-lost": "cli/shared/test_recipes.py::test_the_loss_is_said_and_where_krita_keeps_the_painting",
    "work-changed-meanwhile": "mypaint/ora/test_insertion_safety.py::test_what_does_not_fit_is_refused",
    "too-much-to-render": (
        "test_hostile_files.py::test_pictures_that_many_layers_share_and_groups_that_change_everything"
    ),
}
UNTESTED = {"output-too-large": "the file would take 4 GiB of the disk"}


def test_every_kind_of_error_occurs_in_a_test() -> None:
    called = {id for _, id in [*BAD_CALLS, *NO_DATA_HOME]}
    assert not called & ELSEWHERE.keys(), "these have a bad call by now"
    assert called | ELSEWHERE.keys() | UNTESTED.keys() == KINDS.keys()
    for test in ELSEWHERE.values():
        file, name = test.split("::")
        assert f"\ndef {name}(" in (Path(__file__).parent / file).read_text(), f"there is no longer {test}"
