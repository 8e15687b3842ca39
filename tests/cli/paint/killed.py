"""Paints in a process that can be killed; begun by a server that has loaded what that takes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

LOADED = [
    "dreambrush.cli.paint.command",
    "dreambrush.painter.run",
    "dreambrush.painter.save.saving",
    "dreambrush.pictures.reading",
]


def begin(folder: Path, *words: str) -> BaseProcess:
    """Begins ``dreambrush`` with these words, in that folder."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    process = context.Process(target=_run, args=(folder, words))
    process.start()
    return process


def _run(folder: Path, words: Sequence[str]) -> None:
    from dreambrush.cli import run

    os.chdir(folder)
    raise SystemExit(run(words))
