"""A real Dask scheduler and real workers, each a process of its own, on 127.0.0.1."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dreambrush

ROOT = Path(dreambrush.__file__).parents[1]
PATIENCE = 60.0  # seconds that a busy machine may take for a process to start


class Machines:
    """A scheduler, and workers that do one thing at a time.

    Args:
        folder: for logs and the workers' own files.
        workers: how many to begin with.
        tls: words for certificates, for both.
        environment: variables of the workers, beside ours.

    Attributes:
        address: of the scheduler.
        workers: the processes.
    """

    def __init__(
        self, folder: Path, workers: int = 2, tls: Sequence[str] = (), environment: dict[str, str] | None = None
    ) -> None:
        self._folder, self._tls, self._environment = folder, tls, environment or {}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._begin(
            "scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0", *(("--protocol", "tls") if tls else ())
        )
        self.address = self._said("scheduler.log", r"Scheduler at:\s+(\S+)")
        for _ in range(workers):
            self.add_worker()
        for number in range(workers):
            self._said(f"worker{number}.log", r"Registered to:\s+(\S+)")

    def add_worker(self) -> None:
        """One more worker, which starts meanwhile."""
        name = f"worker{len(self.workers)}"
        words = self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder)
        self.workers.append(self._begin(name, *words, kind="worker"))

    def close(self) -> None:
        """End all."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _begin(self, name: str, *words: str, kind: str = "scheduler") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1", *words, *self._tls]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **(self._environment if kind == "worker" else {})}
        with open(self._folder / f"{name}.log", "wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self._folder)

    def _said(self, log: str, words: str) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            text = (self._folder / log).read_text(errors="replace")
            if found := re.search(words, text):
                return found[1]
            time.sleep(0.02)
        raise AssertionError(f"{log}: {text[-2000:]}")
