"""Which process runs a command that torchrun has started; tests/train/fit/test_ranks.py has the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dreambrush.cli.shared.ranks import BY_TORCHRUN, in_all_ranks
from dreambrush.errors import ExitCode


def test_one_process_is_as_without_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, object]] = []

    @in_all_ranks
    def command(**options: object) -> int:
        given.append(options)
        return ExitCode.OK

    for name in BY_TORCHRUN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORLD_SIZE", "2")  # some other program's: the rest is missing
    assert command(device="cpu") == ExitCode.OK
    for name, value in zip(BY_TORCHRUN, ("0", "1", "localhost", "1"), strict=True):
        monkeypatch.setenv(name, value)
    assert command(device="cpu") == ExitCode.OK
    assert given == [{"device": "cpu"}] * 2


@pytest.mark.slow
def test_what_is_wrong_is_said_once(tmp_path: Path) -> None:
    torchrun = sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"
    done = subprocess.run(
        [*torchrun, "-m", "dreambrush", "train", "gouachee", "-o", tmp_path / "model"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode and done.stderr.count("Error: There is no brush named 'gouachee'.") == 1
    assert "has died" not in done.stderr and not (tmp_path / "model").exists()
