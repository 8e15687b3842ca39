"""Where an unfinished training keeps what it has: the folder ``training`` inside the folder of the model."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dreambrush.errors import DreambrushError, ModelError, OutputError
from dreambrush.files.json_text import read_json
from dreambrush.files.output import open_output
from dreambrush.train.plan import first_difference

FOLDER, PLAN_FILE, JOURNAL_FILE, STROKES_FOLDER = "training", "plan.json", "journal.json", "strokes"
TEMPORARY = ".dreambrush-*.tmp"  # what files/output.py, too, calls files that are being written


class Workspace:
    """The folder of one training, held by one process at a time.

    The model folder itself is only written to when everything is ready, so that an older model works until then.

    Attributes:
        model: the folder of the model.
        folder: that of the training.
        journal: what is known so far of what the card will say; :meth:`note` saves it.
    """

    def __init__(self, model: Path, plan: Mapping[str, Any]) -> None:
        self.model, self.folder, self.plan = model, model / FOLDER, dict(plan)
        self.journal: dict[str, Any] = {}
        self._clock: tuple[str, float] | None = None

    @property
    def strokes(self) -> Path:
        """The folder of the collection."""
        return self.folder / STROKES_FOLDER

    @property
    def fingerprint(self) -> str:
        """Of the plan."""
        return hashlib.sha256(json.dumps(self.plan, sort_keys=True).encode()).hexdigest()[:16]

    @contextmanager
    def opened(self, *, restart: bool = False) -> Iterator[None]:
        """Makes the folder, or goes on with one that is there; if nothing came of a new one, it is taken away again.

        Args:
            restart: throw away what is there.

        Raises:
            OutputError: it cannot be made, is in use, or is of another plan.
        """
        try:
            new = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise OutputError(
                f"The folder {self.folder} cannot be created: {error.strerror}.",
                "Choose another with -o.",
                id="cannot-make-folder",
            ) from None
        try:
            self._lock(handle)
            if restart:
                for path in self.folder.iterdir():
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            self._sweep()
            self._agree()
            yield
        except DreambrushError:
            if new and {path.name for path in self.folder.iterdir()} <= {PLAN_FILE}:
                (self.folder / PLAN_FILE).unlink(missing_ok=True)
                with suppress(OSError):  # somebody has put something into one of them
                    for path in new:
                        path.rmdir()
            raise
        finally:
            os.close(handle)

    def check(self, *, restart: bool = False) -> None:
        """Makes sure that a training could begin or go on here now, and changes nothing.

        Args:
            restart: it would throw away what is there.

        Raises:
            OutputError: the folder is in use, or has an unfinished training of another plan.
        """
        if not self.folder.is_dir():
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            self._lock(handle)
            if not restart:
                self._compare(self._read(PLAN_FILE))
        finally:
            os.close(handle)

    def newest(self, name: str) -> Path | None:
        """A file of this training, or else of the model as it is."""
        return next((folder / name for folder in (self.folder, self.model) if (folder / name).is_file()), None)

    def need(self, name: str, stage: str) -> Path:
        """As :meth:`newest`, of what an earlier stage makes.

        Raises:
            ModelError: that stage has not been done.
        """
        path = self.newest(name)
        if path is None:
            raise ModelError(
                f"There is no {name} yet.", f"Run the same command with --only {stage} first.", id="stage-missing"
            )
        return path

    def save(self, name: str, data: bytes) -> None:
        """Writes a file of the training, whole or not at all."""
        with open_output(self.folder / name, overwrite=True) as file:
            file.write(data)

    def note(self, **sections: Any) -> None:
        """Adds to the journal."""
        self.journal |= sections
        self.save(JOURNAL_FILE, (json.dumps(self.journal, indent=2) + "\n").encode())

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds of the block to those of a stage, also those of earlier runs."""
        self._clock = stage, time.monotonic()
        try:
            yield
        finally:
            self.tick()
            self._clock = None

    def tick(self) -> None:
        """Notes the seconds so far, in case that the process is killed."""
        if self._clock is None:
            return
        stage, since = self._clock
        now = time.monotonic()
        seconds = self.journal.get("seconds", {})
        self._clock = stage, now
        self.note(seconds={**seconds, stage: round(seconds.get(stage, 0) + now - since, 1)})

    def remove(self) -> None:
        """Deletes the folder: as a whole for whoever looks for it, even if the process is killed meanwhile."""
        gone = self.model / f".dreambrush-{secrets.token_hex(8)}.tmp"
        self.folder.rename(gone)
        shutil.rmtree(gone)

    def _sweep(self) -> None:
        """Deletes what a killed process was writing or deleting."""
        for path in (*self.model.glob(TEMPORARY), *self.folder.glob(TEMPORARY)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputError(
                f"Another dreambrush is training in {self.model}.",
                "Wait for it, or choose another folder with -o.",
                id="folder-in-use",
            ) from None

    def _agree(self) -> None:
        """Makes sure that what is there was made by the same plan; notes the plan."""
        before = self._read(PLAN_FILE)
        self._compare(before)
        if before:
            self.plan = before  # perhaps of an earlier version; its checkpoints know the training by it
        else:
            self.save(PLAN_FILE, (json.dumps(self.plan, indent=2) + "\n").encode())
        self.journal = self._read(JOURNAL_FILE)

    def _compare(self, before: Mapping[str, Any]) -> None:
        difference = first_difference(before, self.plan) if before else None
        if difference:
            name, old, new = difference
            raise OutputError(
                f"An unfinished training in {self.model} has other options ({name}: {old}, not {new}).",
                "Finish it with the options of its first start, or start over with --restart.",
                id="training-has-other-options",
            )

    def _read(self, name: str) -> dict[str, Any]:
        """A JSON object; empty where there is none."""
        try:
            found = read_json((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
