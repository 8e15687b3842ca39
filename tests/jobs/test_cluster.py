"""A crew of Dask's workers, with a real scheduler: results, errors, versions, certificates, and what is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush import __version__
from dreambrush.errors import ClusterError, DreambrushError, MissingPackageError, UsageError
from dreambrush.jobs.cluster import open_cluster
from dreambrush.jobs.crew import open_crew
from dreambrush.jobs.here import Here
from dreambrush.jobs.parcel import check_name
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.gather import Shard, ShardPainter
from tests.jobs.machines import ROOT, Machines


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers, for all tests here."""
    found = Machines(tmp_path_factory.mktemp("machines"))
    yield found
    found.close()


def test_the_same_results_as_here_and_a_failure_stops_no_other(machines: Machines) -> None:
    names = ["a", "..", "b/c", "/d", "e"]
    with open_crew(1, machines.address) as crew:
        assert crew.size == 2
        found = list(crew.run(check_name, names))
    errors = {piece: str(error) for piece, _, error in found}
    assert errors == {piece: str(error) for piece, _, error in Here().run(check_name, names)}
    assert all(isinstance(error, DreambrushError | None) for _, _, error in found)


def test_arrays_are_the_same_as_here(machines: Machines) -> None:
    painter = ShardPainter(read_myb(find_brush("oil").path), seed=3, colour=False)
    shards = [Shard("strokes", number, 20) for number in range(3)]
    here = {number: painter(shard) for number, shard in enumerate(shards)}
    with open_crew(1, machines.address) as crew:
        for shard, made, error in crew.run(painter, shards):
            assert error is None and made is not None and made.keys() == here[shard.number].keys()
            assert all(np.array_equal(made[name], value) for name, value in here[shard.number].items())


def test_pieces_are_taken_only_when_a_worker_is_free(machines: Machines) -> None:
    taken = 0

    def names() -> Iterator[str]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield str(number)

    with open_crew(1, machines.address) as crew:
        for count, _ in enumerate(crew.run(check_name, names())):
            assert taken <= count + 1 + crew.size + 1


def test_who_takes_no_more_leaves_nothing_behind(machines: Machines) -> None:
    with open_crew(1, machines.address) as crew:
        every = crew.run(check_name, map(str, range(50)))
        assert next(every).error is None
        every.close()
        assert len(list(crew.run(check_name, ["a", "b"]))) == 2


def test_a_piece_that_is_cancelled_is_said(machines: Machines) -> None:
    from distributed import Client, Future

    lost: list[BaseException] = []
    with Client(machines.address, set_as_default=False) as client, open_crew(1, machines.address) as crew:

        def cancel() -> None:  # as anybody can who reaches the scheduler
            while not lost:
                keys = [key for keys in client.processing().values() for key in keys if key.startswith("piece")]
                client.cancel([Future(key, client) for key in keys], force=True)

        def shards() -> Iterator[Shard]:
            for number in range(2000):
                if lost:
                    return
                yield Shard("strokes", number, 500)

        canceller = threading.Thread(target=cancel, daemon=True)
        canceller.start()
        for done in crew.run(ShardPainter(read_myb(find_brush("oil").path), seed=3, colour=False), shards()):
            if done.error is not None:
                lost.append(done.error)
        canceller.join(timeout=10)
    assert lost and all(isinstance(error, ClusterError) and error.id == "piece-lost" for error in lost)


def test_functions_of_others_are_not_sent(machines: Machines) -> None:
    with open_crew(1, machines.address) as crew, pytest.raises(TypeError, match="not dreambrush's own"):
        list(crew.run(os.system, ["true"]))


def test_the_dashboard_is_told(machines: Machines) -> None:
    told: list[str] = []
    with open_cluster(machines.address, 1, told.append):
        pass
    assert len(told) == 1 and told[0].startswith("Dask's dashboard: http://")


def test_another_version_at_the_workers_is_said(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.jobs.connection.__version__", "9.9")
    with pytest.raises(MissingPackageError) as caught, open_crew(1, machines.address):
        pass
    assert caught.value.id == "cluster-of-other-version"
    assert f"has dreambrush {__version__}, but this is dreambrush 9.9" in caught.value.message
    # A worker that comes later is asked by the piece itself.
    monkeypatch.setattr("dreambrush.jobs.connection.__version__", __version__)
    monkeypatch.setattr("dreambrush.jobs.cluster.__version__", "9.9")
    with open_crew(1, machines.address) as crew:
        (done,) = crew.run(check_name, ["a"])
    assert isinstance(done.error, MissingPackageError) and "9.9" in done.error.message


def test_a_worker_without_dreambrush_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dreambrush.py").write_text("")  # hides ours
    lacking = Machines(tmp_path, 1, environment={"PYTHONPATH": str(tmp_path)})
    try:
        with pytest.raises(MissingPackageError, match="has no dreambrush"), open_crew(1, lacking.address):
            pass
        monkeypatch.setattr("dreambrush.jobs.connection._check_versions", lambda client: None)  # it comes later
        with open_crew(1, lacking.address) as crew:
            (done,) = crew.run(check_name, ["a"])
        assert isinstance(done.error, MissingPackageError) and "has no dreambrush" in done.error.message
    finally:
        lacking.close()


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(DreambrushError) as caught, open_crew(1, "tcp://127.0.0.1:1"):
        pass
    assert caught.value.id == "cluster-unreachable" and "Connection refused" in caught.value.message


@pytest.mark.parametrize(("word", "package"), [("tcp://127.0.0.1:1", "distributed"), ("slurm", "dask-jobqueue")])
def test_the_extra_is_missing(word: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.util import find_spec

    def find(name: str) -> Any:
        return None if name == package.replace("-", "_") else find_spec(name)

    monkeypatch.setattr("dreambrush.jobs.connection.find_spec", find)
    with pytest.raises(MissingPackageError, match=f"not installed: {package}"), open_crew(1, word):
        pass


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('queue = "slurm"', "no command 'sbatch'"),
        ('queue = "local"\n[arguments]\ncoores = 1', "coores"),
        ('queue = "local"\n[arguments]\nmemory = "much"', "much"),
    ],
)
def test_a_queue_that_cannot_be_used(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "lab.toml").write_text(text)
    with pytest.raises(UsageError, match=why) as caught, open_crew(1, str(tmp_path / "lab.toml")):
        pass
    assert caught.value.id == "cluster-unusable"


def test_a_queue_that_refuses_jobs_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = tmp_path / "sbatch"
    submit.write_text("#!/bin/sh\necho 'sbatch: error: invalid account' >&2\nexit 1\n")
    submit.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        if "no workers yet" in text:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), open_cluster("slurm", 1, tell) as crew:
        list(crew.run(check_name, ["a"]))
    assert any("did not take a job: sbatch: error: invalid account" in text for text in told)


def test_a_queue(tmp_path: Path) -> None:
    (tmp_path / "lab.toml").write_text(
        f'queue = "local"\n[arguments]\nnanny = false\nlocal_directory = "{tmp_path}"\n'
        f'python = "env PYTHONPATH={ROOT} {sys.executable}"\n'
    )
    with open_crew(1, str(tmp_path / "lab.toml")) as crew:
        assert {piece: error for piece, _, error in crew.run(check_name, ["a", "b"])} == {"a": None, "b": None}


def test_certificates(tmp_path: Path) -> None:
    for name in ("lab", "stranger"):
        certificate(tmp_path, name)
    words = [
        f"--tls-{kind}={tmp_path}/lab{end}" for kind, end in (("ca-file", ".pem"), ("cert", ".pem"), ("key", ".key"))
    ]
    machines = Machines(tmp_path, 1, words)
    try:
        assert machines.address.startswith("tls://")
        for name in ("lab", "stranger"):
            (tmp_path / f"{name}.toml").write_text(
                f'address = "{machines.address}"\n[tls]\nca = "{name}.pem"\ncert = "{name}.pem"\nkey = "{name}.key"\n'
            )
        with open_crew(1, str(tmp_path / "lab.toml")) as crew:
            assert [done.error for done in crew.run(check_name, ["a"])] == [None]
        for other in (str(tmp_path / "stranger.toml"), machines.address):
            with pytest.raises(DreambrushError) as caught, open_crew(1, other):
                pass
            assert caught.value.id == "cluster-unreachable" and "certificates" in caught.value.advice
    finally:
        machines.close()


def certificate(folder: Path, name: str) -> None:
    """A certificate that has signed itself, NAME.pem, and its key, NAME.key."""
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=dreambrush"]
    words = ["openssl", "req", "-x509", *kind]
    files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
    subprocess.run([*words, *files], check=True, capture_output=True)


def test_a_scheduler_that_is_lost(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:  # the last: it ends it
    monkeypatch.setattr("dreambrush.jobs.connection.PATIENCE", 1.0)
    with open_crew(1, machines.address) as crew, pytest.raises(DreambrushError) as caught:
        for _ in crew.run(check_name, map(str, range(10_000))):
            machines.scheduler.kill()
    assert caught.value.id == "cluster-lost"


def test_dask_is_loaded_only_for_a_cluster() -> None:
    code = (
        "import sys\n"
        "from dreambrush.cli.paint import command\n"
        "from dreambrush.jobs import crew\n"
        "with crew.open_crew(1) as every: list(every.run(len, ['a']))\n"
        "bad = {'dask', 'distributed', 'dask_jobqueue', 'tornado'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
