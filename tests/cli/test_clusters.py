"""Commands on a cluster: the same files as on this machine.  Painting and training have tests of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.errors import ExitCode
from tests.jobs.machines import Machines

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and a worker, for all tests here."""
    found = Machines(tmp_path_factory.mktemp("machines"), 1)
    yield found
    found.close()


def files_of(folder: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_collect(command: Command, machines: Machines) -> None:
    words = ("collect", "oil", "--strokes", "520", "--episodes", "2", "-o")
    assert command(*words, "here", "--jobs", "1").code == ExitCode.OK
    outcome = command(*words, "there", "--cluster", machines.address)
    assert outcome.code == ExitCode.OK and "Dask's dashboard" in outcome.stderr
    assert files_of("there") == files_of("here")
    (Path("there") / "strokes-00000.npz").unlink()
    (Path("there") / "strokes-00001.npz").unlink()
    assert command(*words, "there", "--cluster", machines.address).code == ExitCode.OK
    assert files_of("there") == files_of("here")


def test_timelapse(command: Command, machines: Machines) -> None:
    for name in ("a", "b"):
        assert command("paint", "photo.png", "--strokes", "3", "--size", "32", "-o", f"{name}.ora").code == ExitCode.OK
    Path("c.ora").write_bytes(b"no painting")
    words = ("timelapse", "a.ora", "c.ora", "b.ora", "--seconds", "1", "--hold", "0", "-o")
    outcomes = []
    for folder, where in (("here", ()), ("there", ("--cluster", machines.address))):
        Path(folder).mkdir()
        outcomes.append(command(*words, folder, *where))
    here, there = outcomes
    assert here.code == there.code == ExitCode.BAD_ORA
    assert files_of("there") == files_of("here") and len(files_of("here")) == 2
    assert set(there.stderr.replace("there/", "here/").splitlines()) >= set(here.stderr.splitlines())


def test_bench(command: Command, machines: Machines) -> None:
    bars = np.zeros((2, 28, 28), np.uint8)
    bars[0, 6:22, 5:9] = bars[1, 6:22, 15:19] = 255
    np.save("digits.npy", bars)
    words = ("bench", "digits", "digits.npy", "--strokes", "2", "--count", "1", "--json", "-q", "-o")
    found = []
    for folder, where in (("here", ()), ("there", ("--cluster", machines.address))):
        outcome = command(*words, folder, *where)
        assert outcome.code == ExitCode.OK
        (result,) = json.loads(outcome.stdout)["results"]
        strokes = {name: each for name, each in files_of(folder).items() if "strokes" in name and "json" in name}
        found.append((result["mse"], result["dreamed_mse"], strokes))
    assert found[0] == found[1] and found[0][2]


def test_bench_paint_measures_this_machine(command: Command) -> None:
    outcome = command("bench", "paint", "--cluster", "tcp://127.0.0.1:1")
    assert outcome.code == ExitCode.USAGE and "takes no cluster" in outcome.stderr
