"""Fills a folder with painted strokes: only what is missing, on all cores, and whatever happens nothing twice."""

from __future__ import annotations

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.errors import OutputError
from dreambrush.files.output import open_output
from dreambrush.jobs.crew import Crew
from dreambrush.jobs.here import Here
from dreambrush.jobs.pieces import ProcessDiedError
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.episodes import EPISODE_LENGTH, EPISODES_PER_BRUSH, paint_episodes, random_episodes
from dreambrush.train.collect.shards import MANIFEST, Arrays, Kind, Manifest, read_manifest, shard_count, write_shard
from dreambrush.train.collect.strokes import (
    STROKES_PER_BRUSH,
    Collection,
    brownian_strokes,
    brownian_walk,
    paint_alpha,
    paint_coloured,
    random_colours,
    random_strokes,
)

KINDS: dict[Kind, int] = {"strokes": 0, "episodes": 1}  # the number is part of each shard's seed
TEMPORARY = ".dreambrush-*.tmp"  # what files/output.py calls files that are being written
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Shard:
    """A shard to paint."""

    kind: Kind
    number: int
    count: int

    @property
    def strokes(self) -> int:
        """How many strokes it takes."""
        return self.count * (EPISODE_LENGTH if self.kind == "episodes" else 1)


def sampled_strokes(seed: int, number: int) -> tuple[Float32, Float32]:
    """All strokes (500, 9) of a shard and colours (500, 3) for them: uniform and Brownian ones in turn."""
    half = STROKES_PER_BRUSH // 2
    seeds = np.random.SeedSequence([seed, KINDS["strokes"], number]).generate_state(4).tolist()
    strokes = np.stack([random_strokes(half, seeds[0]), brownian_strokes(half, seeds[1])], axis=1)
    walk = brownian_walk(half, 3, seeds[3]).astype(np.float32)
    colour = np.stack([random_colours(half, seeds[2]), walk], axis=1)
    return strokes.reshape(-1, 9), colour.reshape(-1, 3)


@dataclass(frozen=True)
class ShardPainter:
    """Paints shards of one brush."""

    settings: BrushSettings
    seed: int
    colour: bool

    def __call__(self, job: Shard) -> Arrays:
        """Paints a shard: its fields by name."""
        if job.kind == "episodes":
            every = random_episodes(EPISODES_PER_BRUSH, (self.seed, KINDS["episodes"], job.number))
            return vars(paint_episodes(self.settings, *(array[: job.count] for array in every)))
        strokes, colour = (array[: job.count] for array in sampled_strokes(self.seed, job.number))
        if self.colour:
            return vars(paint_coloured(self.settings, strokes, colour))
        fields = vars(Collection(strokes, paint_alpha(self.settings, strokes)))
        return {name: value for name, value in fields.items() if value is not None}


def gather(
    folder: Path,
    settings: BrushSettings,
    wanted: Manifest,
    crew: Crew,
    progress: Progress = lambda done, total: None,
) -> Manifest:
    """Paints what a folder lacks; the bytes of its files do not depend on the crew or on interruptions.

    Args:
        folder: made if missing; must be empty or hold a collection of the same brush and seed.  If that has more
            strokes or episodes than wanted, they are kept.
        settings: of the brush.
        wanted: what the folder shall be.
        crew: who paints.
        progress: told how many strokes there are and will be, those within episodes included.

    Returns:
        What the folder is now.

    Raises:
        OutputError: the folder holds something else, is in use, or cannot be written.
        StrokesError: its manifest is damaged, or of another version.
        BrushError: the brush asks for dabs without end.
        ProcessDiedError: a process of the crew has died.
    """
    with _locked(folder):
        manifest = _agree(folder, wanted)
        shards = [Shard(*each) for each in manifest.wanted()]
        missing = [shard for shard in shards if shard_count(folder, shard.kind, shard.number) != shard.count]
        total = sum(shard.strokes for shard in shards)
        there = total - sum(shard.strokes for shard in missing)
        progress(there, total)

        def done(shard: Shard) -> None:
            nonlocal there
            there += shard.strokes
            progress(there, total)

        def keep(shard: Shard, made: Arrays) -> None:
            write_shard(folder, shard.kind, shard.number, made)
            done(shard)

        try:
            painter = ShardPainter(settings, manifest.seed, manifest.colour)
            _paint_and_keep(painter, missing, crew if len(missing) > 1 else Here(), keep)
        finally:
            _sweep(folder)
    return manifest


def _paint_and_keep(
    painter: Callable[[Shard], Arrays], shards: list[Shard], crew: Crew, keep: Callable[[Shard, Arrays], None]
) -> None:
    """Paints shards; while the disk takes one, the next is painted."""
    with ThreadPoolExecutor(1) as disk, closing(crew.run(painter, shards)) as every:
        waiting: deque[Future[None]] = deque()
        for shard, made, error in every:
            if isinstance(error, ProcessDiedError):
                raise ProcessDiedError(
                    error.how,
                    "A process that painted strokes",
                    "What is finished is kept.  Run the same command again.  If memory is short, use fewer --jobs.",
                )
            if error is not None:
                raise error
            assert made is not None
            while len(waiting) >= crew.size:  # so much fits into memory, and nothing is kept after what has failed
                waiting.popleft().result()
            waiting.append(disk.submit(keep, shard, made))
        for last in waiting:
            last.result()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Makes the folder if need be, and keeps others from filling it at the same time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be created: {error.strerror}.",
            "Choose another with -o.",
            id="cannot-make-folder",
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputError(
                f"Another dreambrush is filling the folder {folder}.",
                "Wait for it, or choose another with -o.",
                id="folder-in-use",
            ) from None
        yield
    finally:
        os.close(handle)


def _agree(folder: Path, wanted: Manifest) -> Manifest:
    """What the folder shall be, given what it is; written to its manifest."""
    if not (folder / MANIFEST).exists():
        if set(folder.iterdir()) - set(folder.glob(TEMPORARY)):  # a process may have been killed at its first file
            raise OutputError(f"The folder {folder} is not empty.", "Choose another with -o.", id="folder-not-empty")
        manifest = wanted
    else:
        found = read_manifest(folder)
        _check_same(folder, found, wanted)
        manifest = replace(
            found, strokes=max(found.strokes, wanted.strokes), episodes=max(found.episodes, wanted.episodes)
        )
        if manifest == found:
            return found
    with open_output(folder / MANIFEST, overwrite=True) as file:
        file.write(manifest.to_json().encode())
    return manifest


def _check_same(folder: Path, found: Manifest, wanted: Manifest) -> None:
    reason = None
    if found.brush_digest != wanted.brush_digest:
        changed = found.brush == wanted.brush
        reason = "of an older version of this brush" if changed else f"of another brush, {found.brush}"
    elif found.seed != wanted.seed:
        reason = f"of another seed, {found.seed}"
    elif found.colour != wanted.colour:
        reason = "painted with another version of libmypaint"  # for colour follows from the brush
    if reason:
        raise OutputError(
            f"The folder {folder} holds strokes {reason}.", "Choose another with -o.", id="collection-of-other-strokes"
        )


def _sweep(folder: Path) -> None:
    """Deletes what a killed process was writing."""
    for path in folder.glob(TEMPORARY):
        path.unlink(missing_ok=True)
