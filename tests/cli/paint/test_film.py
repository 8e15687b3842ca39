"""``dreambrush paint`` of films: what goes in and out, stopping and going on, and her own paint."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.errors import ExitCode
from dreambrush.film.clip import open_clip
from dreambrush.film.kept import Kept
from dreambrush.film.moment import Moment
from tests.cli.conftest import Command
from tests.cli.paint.killed import begin
from tests.film.clips import animation, heard, moving, save_frames, save_gif, save_video, shown
from tests.mypaint.ora_files import png

STROKES = 40
HOW = ("--strokes", str(STROKES), "--effort", "1", "--hand", "0", "--layers", "2", "--brush", "oil")
SMALL = (48, 32)
GREEN = (10, 250, 10, 255)


@pytest.fixture
def clip(command: Command) -> Path:
    """A film of four small frames in the current folder."""
    save_gif("clip.gif", moving(4, step=(1.0, 0.5), size=SMALL))
    return Path("clip.gif")


def paint(command: Command, *words: str) -> dict[str, Any]:
    outcome = command("paint", *words, *HOW, "--json", "-q")
    assert outcome.code == ExitCode.OK, outcome.stderr
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


def failed(command: Command, *words: str) -> str:
    """The id of the error of painting."""
    outcome = command("paint", *words, *HOW, "--json", "-q")
    assert outcome.code != ExitCode.OK
    return str(json.loads(outcome.stdout)["error"]["id"])


def test_a_video_is_painted_with_its_sound(command: Command) -> None:
    times = [0, 80, 300]
    clip = moving(3, size=(48, 34))
    save_video("clip.mp4", clip, times=times, sound="aac")
    report = paint(command, "clip.mp4")
    assert report.keys() == {
        *("target", "output", "size", "frames", "drawings", "shots", "mse", "sound", "seconds"),
    }
    assert (report["output"], report["size"], report["sound"]) == ("clip-painted.mp4", [48, 34], True)
    assert (report["frames"], report["drawings"], report["shots"]) == (3, 3, 1)
    frames, found = shown("clip-painted.mp4")
    assert found == pytest.approx([each / 1000 for each in times], abs=1e-3)
    assert heard("clip-painted.mp4") == heard("clip.mp4")
    wrong = [
        np.square(one / 255 - other / 255).mean() for one, other in zip(frames, moving(3, size=(48, 34)), strict=True)
    ]
    assert max(wrong) < 0.02
    assert sorted(path.name for path in Path().iterdir()) == ["clip-painted.mp4", "clip.mp4", "photo.png"]


def test_what_is_told(command: Command, clip: Path) -> None:
    outcome = command("paint", str(clip), "-o", "new.gif", "--on", "4s", *HOW)
    assert outcome.code == ExitCode.OK and outcome.stdout == ""
    assert "new.gif: 4 frames, 1 drawing, 1 shot, " in outcome.stderr
    assert "dB from the clip, painted in" in outcome.stderr
    outcome = command("paint", str(clip), "-o", "other.gif", "--on", "4s", "-v", *HOW)
    assert f"{clip.name}: 1 of 4 frames\n" in outcome.stderr


def test_folders_and_animated_pictures(command: Command, clip: Path) -> None:
    save_frames(Path("frames"), moving(4, step=(1.0, 0.5), size=SMALL))
    assert paint(command, "frames", "-o", "one.webp", "--on", "2s")["drawings"] == 2
    assert paint(command, str(clip), "-o", "other.webp", "--on", "2s")["frames"] == 4
    one, other = (open_clip(Path(name)) for name in ("one.webp", "other.webp"))
    assert one.times == pytest.approx((0, 2 / 24), abs=2e-3) and one.end == pytest.approx(4 / 24, abs=2e-3)
    assert other.end == pytest.approx(4 * 0.08, abs=2e-3)
    first, again = next(one.frames()), next(other.frames())
    assert first.shape == (32, 48, 3) and np.abs(first.astype(int) - again).mean() < 10


def test_without_a_film_as_output_an_animated_picture_is_a_picture(command: Command, clip: Path) -> None:
    assert command("paint", str(clip), *HOW, "-q").code == ExitCode.OK
    assert zipfile.is_zipfile("clip.ora")


def test_films_heed_files_of_settings_and_pictures_leave_them_alone(command: Command, clip: Path) -> None:
    Path("dreambrush.toml").write_text('on = "2s"\nboil = 0.3\nkeys = 3\ntime = "1s"\nuntil = 1\n')
    assert paint(command, str(clip), "-o", "new.gif")["drawings"] == 2
    assert sorted(path.name for path in Path().glob("*.ora")) == ["new-00000.ora", "new-00002.ora"]
    assert command("paint", "photo.png", *HOW, "-q").code == ExitCode.OK


def stopped_after(drawings: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Presses Ctrl-C once so many drawings are kept."""
    keep = Kept.keep

    def stop(kept: Kept, moment: Moment) -> None:
        keep(kept, moment)
        if len(kept.drawn) == drawings:
            raise KeyboardInterrupt

    monkeypatch.setattr(Kept, "keep", stop)


WAYS = [(), ("--on", "2s"), ("--palette", "auto:3"), ("--keys", "2", "--boil", "0.3")]


@pytest.mark.parametrize("words", WAYS, ids=lambda words: "".join(words) or "plain")
def test_stopped_after_any_drawing_it_goes_on_to_the_same_bytes(
    command: Command, clip: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    drawings = paint(command, str(clip), "-o", "new.gif", *words)["drawings"]
    whole = all_bytes()
    for count in range(1, drawings + 1):
        for path in Path().glob("new*"):
            path.unlink()
        with monkeypatch.context() as patch:
            stopped_after(count, patch)
            outcome = command("paint", str(clip), "-o", "new.gif", *words, *HOW)
        assert outcome.code == ExitCode.INTERRUPTED and not Path("new.gif").exists()
        assert "of 4 frames of 'new.gif' are painted" in outcome.stderr and "--continue" in outcome.stderr
        paint(command, str(clip), "-o", "new.gif", *words, "--continue")
        assert all_bytes() == whole


def all_bytes() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(Path().glob("new*"))}


@pytest.fixture
def begun(command: Command, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """An unfinished film new.gif with one drawing."""
    with monkeypatch.context() as patch:
        stopped_after(1, patch)
        assert command("paint", str(clip), "-o", "new.gif", *HOW, "-q").code == ExitCode.INTERRUPTED
    return Kept(Path("new.gif"))


def test_an_unfinished_film_is_not_begun_anew_by_mistake(command: Command, clip: Path, begun: Kept) -> None:
    assert failed(command, str(clip), "-o", "new.gif") == "film-unfinished"
    paint(command, str(clip), "-o", "new.gif", "--force")
    assert not begun.folder.exists()


def test_begun_by_force_it_goes_on_and_replaces_the_older_film(
    command: Command, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("new.gif", "new-00000.ora"):
        Path(name).write_text("an earlier one")
    with monkeypatch.context() as patch:
        stopped_after(1, patch)
        words = (str(clip), "-o", "new.gif", "--keys", "4", *HOW)
        assert command("paint", *words, "--force").code == ExitCode.INTERRUPTED
    assert Path("new.gif").read_text() == "an earlier one"
    assert command("paint", *words, "--continue").code == ExitCode.OK
    whole = Path("new.gif").read_bytes()
    assert len(animation("new.gif")) == 4
    outcome = command("paint", *words, "--continue")  # nothing is left to do
    assert outcome.code == ExitCode.OK and "new.gif is there already" in outcome.stderr
    assert Path("new.gif").read_bytes() == whole


def test_what_she_puts_beside_the_drawings_stays(command: Command, clip: Path, begun: Kept) -> None:
    hers = begun.folder / "hers.ora"
    hers.write_text("hers")
    assert failed(command, str(clip), "-o", "new.gif", "--force") == "folder-not-empty"
    paint(command, str(clip), "-o", "new.gif", "--continue")
    assert list(begun.folder.iterdir()) == [hers] and hers.read_text() == "hers"


def test_a_file_in_place_of_the_folder(command: Command, clip: Path) -> None:
    Kept(Path("new.gif")).folder.write_text("hers")
    assert failed(command, str(clip), "-o", "new.gif") == "cannot-make-folder"
    assert Kept(Path("new.gif")).folder.read_text() == "hers"


def test_going_on_replaces_no_film_and_no_drawing_that_came_meanwhile(
    command: Command, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (str(clip), "-o", "new.gif", "--keys", "1")
    with monkeypatch.context() as patch:
        stopped_after(1, patch)
        assert command("paint", *words, *HOW).code == ExitCode.INTERRUPTED
    Path("new-00001.ora").write_text("saved just before the stop, and painted on since")
    Path("new.gif").write_text("another film")
    assert failed(command, *words, "--continue") == "output-exists"
    Path("new.gif").unlink()
    paint(command, *words, "--continue")
    assert Path("new-00001.ora").read_text() == "saved just before the stop, and painted on since"
    assert len(animation("new.gif")) == 4 and zipfile.is_zipfile("new-00002.ora")


@pytest.mark.slow
def test_a_reference_is_never_replaced(command: Command, clip: Path) -> None:
    save_gif("hers.gif", moving(2, size=(256, 192)))
    before = Path("hers.gif").read_bytes()
    assert failed(command, str(clip), "-o", "hers.gif", "--like", "hers.gif", "--force") == "output-is-the-picture"
    assert Path("hers.gif").read_bytes() == before


def test_a_film_does_not_lie_among_its_frames(command: Command) -> None:
    save_frames(Path("frames"), moving(2, size=SMALL))
    assert failed(command, "frames", "-o", "frames/new.webp") == "output-is-the-picture"


@pytest.mark.usefixtures("begun")
def test_with_other_options_or_another_clip_it_does_not_go_on(command: Command, clip: Path) -> None:
    for words in (("--seed", "3"), ("--boil", "0.5"), ("--size", "40"), ("--on", "2s")):
        assert failed(command, str(clip), "-o", "new.gif", "--continue", *words) == "changed-since-begun"
    save_gif("clip.gif", moving(4, step=(2.0, 0.5), size=SMALL))
    assert failed(command, str(clip), "-o", "new.gif", "--continue") == "changed-since-begun"


def test_a_damaged_moment_is_told(command: Command, clip: Path, begun: Kept) -> None:
    moment = begun.folder / "moment.npz"
    moment.write_bytes(moment.read_bytes()[:400])
    assert failed(command, str(clip), "-o", "new.gif", "--continue") == "film-kept-damaged"


def test_a_drawing_that_is_gone_is_told(command: Command, clip: Path, begun: Kept) -> None:
    (begun.folder / "00000.png").unlink()
    assert failed(command, str(clip), "-o", "new.gif", "--continue") == "film-kept-damaged"


def wait_for(path: Path, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.005)
    assert path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_killed_it_goes_on_to_the_same_bytes(command: Command, how: signal.Signals) -> None:
    save_gif("clip.gif", moving(8, step=(1.0, 0.5), size=SMALL))
    paint(command, "clip.gif", "-o", "whole.gif")
    process = begin(Path.cwd(), "paint", "clip.gif", "-o", "new.gif", "-q", *HOW)
    wait_for(Kept(Path("new.gif")).folder / "00001.png")
    assert process.pid is not None
    os.kill(process.pid, how)
    process.join()
    assert process.exitcode == (-how if how == signal.SIGKILL else ExitCode.INTERRUPTED)
    assert not Path("new.gif").exists()
    paint(command, "clip.gif", "-o", "new.gif", "--continue")
    assert Path("new.gif").read_bytes() == Path("whole.gif").read_bytes()


def repaint_layer(path: str, change: bytes) -> None:
    """Replaces the pixels of "Your turn", as a painting program does that saves the file."""
    with zipfile.ZipFile(path) as ora:
        members = {name: ora.read(name) for name in ora.namelist()}
    stack = members["stack.xml"].decode()
    assert 'name="Your turn"' in stack.split("data/layer-00.png")[0]
    members["data/layer-00.png"] = change
    with zipfile.ZipFile(path, "w") as ora:
        for name, data in members.items():
            ora.writestr(name, data)


def test_what_she_paints_into_a_key_goes_on_in_the_film(command: Command, clip: Path) -> None:
    paint(command, str(clip), "-o", "old.webp", "--keys", "1")
    assert command("inspect", "old-00001.ora").code == ExitCode.OK
    pixels = np.zeros((64, 96, 4), np.uint8)
    pixels[26:42, 46:62] = GREEN  # of the frame: 23..31, 13..21
    repaint_layer("old-00001.ora", png(pixels))
    paint(command, str(clip), "-o", "new.webp", "--from", "old-00001.ora", "--keys", "3")
    old, new = animation("old.webp"), animation("new.webp")
    assert np.array_equal(old[0], new[0])
    for frame in (1, 2, 3):
        y, x = round(17 - 0.5 * (frame - 1)), round(27 - (frame - 1))
        assert np.abs(new[frame][y, x].astype(int) - GREEN[:3]).max() < 25
        assert np.abs(old[frame][y, x].astype(int) - GREEN[:3]).max() > 60
    with zipfile.ZipFile("new-00003.ora") as ora:
        assert "From your drawing" in ora.read("stack.xml").decode()


def test_a_drawing_of_another_film_is_refused(command: Command, clip: Path) -> None:
    paint(command, str(clip), "-o", "old.gif", "--keys", "3", "--on", "2s")
    assert failed(command, str(clip), "-o", "new.gif", "--from", "old-00002.ora", "--size", "40") == (
        "drawing-of-another-film"
    )
    save_gif("short.gif", moving(2, size=SMALL))
    assert failed(command, "short.gif", "-o", "new.gif", "--from", "old-00002.ora") == "drawing-of-another-film"
    assert not list(Path().glob("new*"))


def test_a_drawing_that_was_painted_in_another_way_is_refused(command: Command, clip: Path) -> None:
    paint(command, str(clip), "-o", "old.gif", "--keys", "4", "--on", "4s")
    again = (str(clip), "-o", "new.gif", "--from", "old-00000.ora")
    for words in (("--on", "2s"), ("--boil", "0.5", "--on", "4s"), ("--seed", "7", "--on", "4s")):
        outcome = command("paint", *again, *words, *HOW)
        assert outcome.code == ExitCode.USAGE and words[0].removeprefix("--") in outcome.stderr
        assert "was painted with other options" in outcome.stderr
    paint(command, *again, "--on", "4s", "--no-your-turn")
    assert Path("new.gif").read_bytes() == Path("old.gif").read_bytes()


def test_her_drawing_is_never_replaced(command: Command, clip: Path) -> None:
    paint(command, str(clip), "-o", "old.gif", "--keys", "4", "--on", "4s")
    before = Path("old-00000.ora").read_bytes()
    again = (str(clip), "-o", "old.gif", "--keys", "4", "--on", "4s", "--from", "old-00000.ora", "--force")
    assert failed(command, *again) == "output-is-the-picture"
    assert Path("old-00000.ora").read_bytes() == before


def test_a_drawing_without_its_background_is_refused(command: Command, clip: Path) -> None:
    paint(command, str(clip), "-o", "old.gif", "--keys", "4", "--on", "4s")
    with zipfile.ZipFile("old-00000.ora") as ora:
        members = {name: ora.read(name) for name in ora.namelist()}
    head, background = members["stack.xml"].decode().split('<layer name="background"')
    members["stack.xml"] = f"{head}{background[background.index('/>') + 2 :]}".encode()
    with zipfile.ZipFile("old-00000.ora", "w") as ora:
        for name, data in members.items():
            ora.writestr(name, data)
    assert failed(command, str(clip), "-o", "new.gif", "--from", "old-00000.ora") == "key-without-ground"


def test_keys_replace_nothing(command: Command, clip: Path) -> None:
    Path("new-00002.ora").write_text("an earlier one")
    assert failed(command, str(clip), "-o", "new.gif", "--keys", "2") == "output-exists"
    assert Path("new-00002.ora").read_text() == "an earlier one"


def test_a_key_behind_a_cut_is_checked_before_the_first_stroke(command: Command) -> None:
    save_gif("two.gif", [*moving(3, size=SMALL), *moving(3, size=SMALL, name="astronaut.png")])
    words = ("two.gif", "-o", "new.gif", "--on", "4s", "--keys", "5")
    Path("new-00003.ora").write_text("an earlier one")  # frame 5 is shown by the drawing that a cut begins at 3
    assert failed(command, *words) == "output-exists"
    assert sorted(path.name for path in Path().glob("new*")) == ["new-00003.ora"]
    Path("new-00003.ora").unlink()
    assert paint(command, *words)["shots"] == 2
    assert sorted(path.name for path in Path().glob("*.ora")) == ["new-00000.ora", "new-00003.ora"]


def test_a_drawing_is_no_key_for_a_frame_after_the_end(command: Command, clip: Path) -> None:
    Path("new-00003.ora").write_text("an earlier one")
    assert paint(command, str(clip), "-o", "new.gif", "--on", "3s", "--keys", "5")["drawings"] == 2
    assert Path("new-00003.ora").read_text() == "an earlier one"


def test_without_opencv_it_is_said_before_anything_is_painted(
    command: Command, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.meta_path", [])
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    assert failed(command, str(clip), "-o", "new.gif") == "packages-missing"
    assert not list(Path().glob("new*"))
