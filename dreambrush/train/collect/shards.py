"""Folders of painted strokes: what lies where, and reading it back.

A folder holds ``collection.json`` (the manifest: which brush, seed, sampling) and shards, numpy's .npz files without
compression that ``numpy.load`` reads with ``allow_pickle=False``:

- ``strokes-00000.npz``, ...: up to 500 single strokes each; fields ``strokes`` (n, 9) float32 and ``alpha``
  (n, 64, 64) uint8; for brushes whose colour changes along the stroke also ``colour`` (n, 3) float32 and ``rgb``
  (n, 64, 64, 3) uint8.  See :class:`~dreambrush.train.collect.strokes.Collection`.
- ``episodes-00000.npz``, ...: up to 32 episodes each; fields ``strokes`` (n, 16, 9) float32, ``colour`` (n, 16, 3)
  float32 and ``canvas`` (n, 17, 64, 64, 4) uint8.  See :class:`~dreambrush.train.collect.episodes.Episodes`.

Each shard has a seed of its own, made of the folder's and its number, and a brush of its own.  It therefore does not
matter who paints it when, and a folder can grow: the first n strokes of a larger collection are those of a smaller one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dreambrush import __version__
from dreambrush.errors import StrokesError
from dreambrush.files.json_text import read_json
from dreambrush.files.output import open_output
from dreambrush.train.collect.episodes import EPISODE_LENGTH, EPISODE_SAMPLING, EPISODES_PER_BRUSH, Episodes
from dreambrush.train.collect.strokes import BROWNIAN, SAMPLING, SIDE, STROKES_PER_BRUSH, Collection

MANIFEST = "collection.json"
FORMAT, VERSION = "dreambrush collection", 1
LARGEST = 1 << 28  # bytes of a shard

Kind = Literal["strokes", "episodes"]
PER_SHARD: dict[Kind, int] = {"strokes": STROKES_PER_BRUSH, "episodes": EPISODES_PER_BRUSH}
Arrays = Mapping[str, Any]
"""NumPy arrays by the names of their fields."""


@dataclass(frozen=True)
class Manifest:
    """What a folder is.

    Attributes:
        brush: its name.
        brush_digest: of its settings, see :meth:`~dreambrush.mypaint.engine.myb.BrushSettings.digest`.
        seed: of the whole collection.
        colour: whether the strokes' shards tell colour.
        strokes: how many there are when it is complete.
        episodes: how many episodes there are when it is complete.
        dreambrush: the version that began it.
    """

    brush: str
    brush_digest: str
    seed: int
    colour: bool
    strokes: int
    episodes: int
    dreambrush: str = field(default=__version__)

    def to_json(self) -> str:
        """The text of ``collection.json``."""
        document = {
            "format": FORMAT,
            "version": VERSION,
            **asdict(self),
            "side": SIDE,
            "per_shard": PER_SHARD,
            "episode_length": EPISODE_LENGTH,
            "sampling": {
                "strokes": f"every other stroke: {SAMPLING}; the others: {BROWNIAN}",
                "episodes": EPISODE_SAMPLING,
            },
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str, folder: Path) -> Manifest:
        """Reads that text.

        Raises:
            StrokesError: it is no manifest, or of a version that paints or samples in another way.
        """
        other = "was made by another version of dreambrush, which samples in another way"
        names = Manifest.__dataclass_fields__
        try:
            document = read_json(text)
            if document["format"] != FORMAT:
                raise ValueError
            if document["version"] != VERSION:
                raise _unusable(folder, other)
            manifest = Manifest(**{name: document[name] for name in names})
        except (ValueError, TypeError, KeyError) as error:
            if isinstance(error, StrokesError):
                raise
            raise _unusable(folder, "has a damaged manifest") from None
        if any(type(getattr(manifest, name)).__name__ != names[name].type for name in names):
            raise _unusable(folder, "has a damaged manifest")
        if json.loads(manifest.to_json()) != document:
            raise _unusable(folder, other)
        return manifest

    def wanted(self) -> Iterator[tuple[Kind, int, int]]:
        """Kind, number and count of each shard of the complete collection."""
        totals: dict[Kind, int] = {"strokes": self.strokes, "episodes": self.episodes}
        for kind, total in totals.items():
            size = PER_SHARD[kind]
            for number in range(-(-total // size)):
                yield kind, number, min(size, total - number * size)


def shard_path(folder: Path, kind: Kind, number: int) -> Path:
    """The file of a shard."""
    return folder / f"{kind}-{number:05}.npz"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        StrokesError: it has none, or one of another version.
    """
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise StrokesError(
            f"The folder {folder} holds no collection of strokes.",
            "Make one with: dreambrush collect",
            id="no-collection",
        ) from None
    return Manifest.from_json(text, folder)


def write_shard(folder: Path, kind: Kind, number: int, arrays: Arrays) -> None:
    """Writes a shard, whole or not at all; the same arrays give the same bytes.

    Raises:
        OutputError: it cannot be written.
    """
    with open_output(shard_path(folder, kind, number), overwrite=True) as file:
        np.savez(file, **arrays)


def shard_count(folder: Path, kind: Kind, number: int) -> int:
    """How many strokes or episodes a shard has: 0 where the file is missing or damaged."""
    path = shard_path(folder, kind, number)
    try:
        with _opened(path) as arrays:
            return len(arrays["strokes"])
    except Exception:  # numpy and zipfile raise almost anything when the bytes are wrong
        return 0


def stroke_shards(folder: Path) -> Iterator[Collection]:
    """The single strokes of a folder, shard by shard, for collections larger than memory.

    Raises:
        StrokesError: no collection, not complete, or damaged.
    """
    manifest = read_manifest(folder)
    for kind, number, count in manifest.wanted():
        if kind == "strokes":
            yield Collection(**_read(folder, kind, number, _stroke_fields(count, manifest.colour)))


def episode_shards(folder: Path) -> Iterator[Episodes]:
    """The episodes of a folder, shard by shard.

    Raises:
        StrokesError: no collection, not complete, or damaged.
    """
    for kind, number, count in read_manifest(folder).wanted():
        if kind == "episodes":
            yield Episodes(**_read(folder, kind, number, _episode_fields(count)))


def load_strokes(folder: Path) -> Collection:
    """All single strokes of a folder.

    Raises:
        StrokesError: no collection, none of single strokes, not complete, or damaged.
    """
    return Collection(**_concatenated(folder, "strokes", [vars(part) for part in stroke_shards(folder)]))


def load_episodes(folder: Path) -> Episodes:
    """All episodes of a folder.

    Raises:
        StrokesError: no collection, none of episodes, not complete, or damaged.
    """
    return Episodes(**_concatenated(folder, "episodes", [vars(part) for part in episode_shards(folder)]))


Fields = dict[str, tuple[tuple[int, ...], type[np.generic]]]


def _stroke_fields(count: int, colour: bool) -> Fields:
    fields: Fields = {"strokes": ((count, 9), np.float32), "alpha": ((count, SIDE, SIDE), np.uint8)}
    if colour:
        fields |= {"colour": ((count, 3), np.float32), "rgb": ((count, SIDE, SIDE, 3), np.uint8)}
    return fields


def _episode_fields(count: int) -> Fields:
    return {
        "strokes": ((count, EPISODE_LENGTH, 9), np.float32),
        "colour": ((count, EPISODE_LENGTH, 3), np.float32),
        "canvas": ((count, EPISODE_LENGTH + 1, SIDE, SIDE, 4), np.uint8),
    }


def _opened(path: Path) -> Any:
    """The arrays of a shard; ValueError if they are none, or far larger than any shard of ours."""
    if not path.is_file():
        raise ValueError
    file = np.load(path, allow_pickle=False)
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise ValueError
    archive: Any = file.zip
    if sum(each.file_size for each in archive.infolist()) > LARGEST:
        raise ValueError
    return file


def _read(folder: Path, kind: Kind, number: int, fields: Fields) -> dict[str, Any]:
    path = shard_path(folder, kind, number)
    advice = "Run the same dreambrush collect again: it paints only what is missing."
    if not path.exists():
        raise StrokesError(
            f"The collection {folder} is not complete: {path.name} is missing.", advice, id="collection-incomplete"
        )
    try:
        with _opened(path) as file:
            arrays = {name: np.asarray(file[name]) for name in fields}
    except Exception:  # numpy and zipfile raise almost anything when the bytes are wrong
        raise StrokesError(f"The shard {path} is damaged.", advice, id="collection-damaged") from None
    for name, (shape, dtype) in fields.items():
        if arrays[name].shape != shape or arrays[name].dtype != dtype:
            found = f"shape {arrays[name].shape} and dtype {arrays[name].dtype}"
            expected = f"shape {shape} and dtype {np.dtype(dtype)}"
            raise StrokesError(
                f"Expected {name} of {path} to have {expected} but it had {found}.", advice, id="collection-damaged"
            )
    return arrays


def _unusable(folder: Path, reason: str) -> StrokesError:
    return StrokesError(f"The collection {folder} {reason}.", "Collect into a new folder.", id="collection-unusable")


def _concatenated(folder: Path, kind: Kind, parts: list[dict[str, Any]]) -> dict[str, Any]:
    if not parts:
        raise StrokesError(
            f"The collection {folder} has no {kind}.", f"Collect some with --{kind}.", id="collection-lacks-these"
        )
    given = [name for name, value in parts[0].items() if value is not None]
    return {name: np.concatenate([part[name] for part in parts]) for name in given}
