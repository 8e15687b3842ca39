"""Pictures that are painted by a cluster: a real scheduler, real workers, the same bytes as here."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw

from dreambrush.errors import ExitCode
from dreambrush.models.catalogue import shipped_folder
from tests.jobs.machines import Machines

if TYPE_CHECKING:
    from tests.cli.conftest import Command

LONG = ("--brush", "oil", "--strokes", "500", "--size", "128", "--effort", "1")  # a second or so
PATIENCE = 60.0  # seconds


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers, for all tests here."""
    found = Machines(tmp_path_factory.mktemp("machines"))
    yield found
    found.close()


@pytest.fixture
def album(command: Command) -> Path:
    """A folder with three pictures."""
    Path("album").mkdir()
    for number, name in enumerate("abc"):
        Image.open("photo.png").rotate(90 * number).save(f"album/{name}.png")
    return Path("album")


@pytest.fixture(scope="module")
def painted_here() -> dict[str, bytes]:
    """What the album becomes on this machine with LONG, as an .ora and a .png; painted by the first that asks."""
    return {}


@pytest.fixture
def here(command: Command, album: Path, painted_here: dict[str, bytes]) -> dict[str, bytes]:
    """The same, painted."""
    if not painted_here:
        Path("here").mkdir()
        words = ("paint", "album", "-o", "here", *LONG, "--format", "ora", "--format", "png")
        assert command(*words).code == ExitCode.OK
        painted_here |= painted("here")
    return painted_here


def painted(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def as_soon_as_they_paint(machines: Machines, count: int, act: Callable[[list[int]], None]) -> threading.Thread:
    """When so many workers paint, calls a function with their process ids; the thread that waits for it."""
    from distributed import Client

    client = Client(machines.address, set_as_default=False)
    client.wait_for_workers(count)

    def wait() -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            busy = [name for name, keys in client.processing().items() if any("piece" in key for key in keys)]
            if len(busy) >= count:
                time.sleep(0.2)  # so that they have begun in earnest
                act(list(client.run(os.getpid, workers=busy).values()))
                break
            time.sleep(0.01)
        client.close()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_the_same_bytes_as_here_whatever_files_the_options_name(
    command: Command, album: Path, machines: Machines
) -> None:
    shutil.copy(shipped_folder("brushes") / "ink.myb", "mine.myb")
    shutil.copytree(shipped_folder("pretrained") / "ink", Path(os.environ["XDG_DATA_HOME"], "dreambrush/dreams/mine"))
    Path("two.gpl").write_text("GIMP Palette\n0 0 0 black\n250 240 200 cream\n120 60 30 brown\n")
    Path("own.toml").write_text(
        'strokes = 12\n[[stage]]\nname = "First"\nbrush = "oil"\nshare = 0.5\n'
        '[[stage]]\nname = "Then"\nbrush = "gouache"\n'
    )
    Image.new("L", (48, 36), 255).save("where.png")
    (album / "broken.png").write_bytes(b"no picture")
    lines = Image.new("L", (48, 36), 255)
    ImageDraw.Draw(lines).line((4, 4, 40, 30), 0, 2)
    lines.save("lines.png")
    files = ("--brush", "mine.myb", "--palette", "two.gpl", "--focus", "where.png", "--flow", "lines.png")
    every: list[tuple[str, ...]] = [
        (*files, "--strokes", "8", "--size", "32", "--format", "jpg"),
        ("--style", "own.toml", "--size", "32", "--format", "png", "--format", "ora"),
    ]
    for number, words in enumerate(every):
        outcomes = []
        for where in ((), ("--cluster", machines.address)):
            folder = f"{'there' if where else 'here'}{number}"
            Path(folder).mkdir()
            outcomes.append((folder, command("paint", "album", "-o", folder, *words, *where, "--json")))
        (here, told_here), (there, told_there) = outcomes
        assert told_here.code == told_there.code == ExitCode.BAD_PICTURE
        assert painted(there) == painted(here) and len(painted(here)) == 3 * words.count("--format")
        assert reports(told_there.stdout, there, here) == reports(told_here.stdout, here, here)
        assert "/tmp" not in told_there.stderr.replace(os.getcwd(), "")
        assert "Dask's dashboard: http://" in told_there.stderr


def reports(stdout: str, folder: str, other: str) -> dict[str, Any]:
    """The reports by picture, without times, and with another name of the folder."""
    found = {}
    for line in stdout.splitlines():
        report = json.loads(re.sub(rf"\b{folder}/", f"{other}/", line))
        found[report["target"]] = {name: value for name, value in report.items() if "seconds" not in name}
    return found


def test_a_killed_worker_costs_nothing_but_time(
    command: Command, album: Path, here: dict[str, bytes], machines: Machines
) -> None:
    Path("there").mkdir()
    killer = as_soon_as_they_paint(machines, 2, lambda workers: os.kill(workers[0], signal.SIGKILL))
    outcome = command("paint", "album", "-o", "there", *LONG, "--cluster", machines.address)
    killer.join()
    machines.add_worker()
    assert sum(worker.poll() == -signal.SIGKILL for worker in machines.workers) == 1
    assert outcome.code == ExitCode.OK and outcome.stderr.endswith("All 3 pictures are painted.\n")
    assert painted("there") == {name: each for name, each in here.items() if name.endswith(".ora")}


def test_a_picture_that_always_kills_its_worker_fails_alone(command: Command, album: Path, machines: Machines) -> None:
    from distributed import Client

    with Client(machines.address, set_as_default=False) as client:
        client.wait_for_workers(2)
        client.run_on_scheduler(never_again)
    dead = sum(worker.poll() is not None for worker in machines.workers)
    killer = as_soon_as_they_paint(machines, 2, lambda workers: os.kill(workers[0], signal.SIGKILL))
    outcome = command("paint", "album", *LONG, "--cluster", machines.address, "--json")
    killer.join()
    machines.add_worker()
    assert sum(worker.poll() is not None for worker in machines.workers) == dead + 1
    assert outcome.code == ExitCode.UNEXPECTED
    failed = [line for line in map(json.loads, outcome.stdout.splitlines()) if line["error"]]
    assert [line["error"]["id"] for line in failed] == ["process-died"]
    assert f"The worker of the cluster that painted '{failed[0]['target']}' has died" in outcome.stderr
    assert outcome.stderr.endswith(f"2 of 3 pictures are painted; failed: {failed[0]['target']}.\n")
    assert len(list(Path().glob("*.ora"))) == 2


def never_again(dask_scheduler: Any) -> None:
    """A piece whose worker dies is not tried again."""
    dask_scheduler.allowed_failures = 0


def test_after_ctrl_c_continue_gives_the_same_bytes(
    command: Command, album: Path, here: dict[str, bytes], machines: Machines
) -> None:
    Path("there").mkdir()
    words = ("paint", "album", *LONG, "--format", "ora", "--format", "png", "-o")
    presser = as_soon_as_they_paint(machines, 2, lambda workers: os.kill(os.getpid(), signal.SIGINT))
    outcome = command(*words, "there", "--cluster", machines.address)
    presser.join()
    assert outcome.code == ExitCode.INTERRUPTED and "Traceback" not in outcome.stderr
    assert painted("there") != here and not Path("there", "c.ora").exists()
    unfinished = [path.name for path in Path("there").glob("*.ora") if f"'there/{path.name}' has" in outcome.stderr]
    assert unfinished
    # One here, by its name alone; then the others there.
    assert command("paint", "--resume", f"there/{unfinished[0]}").code == ExitCode.OK
    assert command(*words, "there", "--cluster", machines.address, "--continue").code == ExitCode.OK
    assert painted("there") == here


def test_an_output_that_cannot_be_written_is_said(command: Command, machines: Machines) -> None:
    def make_it_there(workers: list[int]) -> None:
        Path("photo.ora").write_text("mine")

    other = as_soon_as_they_paint(machines, 1, make_it_there)
    outcome = command("paint", "photo.png", *LONG, "--cluster", machines.address)
    other.join()
    assert outcome.code == ExitCode.OUTPUT and "photo.ora exists already" in outcome.stderr
    assert Path("photo.ora").read_text() == "mine"


@pytest.mark.parametrize("word", ["--watch", "--onto=photo.ora"])
def test_what_does_not_go_with_a_cluster(word: str, command: Command) -> None:
    outcome = command("paint", "photo.png", word, "--cluster", "tcp://127.0.0.1:1")
    assert outcome.code == ExitCode.USAGE and f"--cluster and {word.partition('=')[0]}" in outcome.stderr


def test_settings_beside_a_picture_cannot_send_it_away(command: Command) -> None:
    Path("dreambrush.toml").write_text('cluster = "tcp://127.0.0.1:1"\n')
    outcome = command("paint", "photo.png", "--strokes", "1")
    assert outcome.code == ExitCode.USAGE and "'cluster'" in outcome.stderr
