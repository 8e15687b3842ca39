"""``dreambrush paint --watch``: paints a picture again each time it is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dreambrush.cli.paint.album import Ended, Paint, paint_pictures
from dreambrush.cli.paint.guarded_output import Mark
from dreambrush.cli.shared.inputs import STDIN, Input
from dreambrush.cli.shared.outputs import Outputs, free_name
from dreambrush.errors import ExitCode, OutputError, UsageError
from dreambrush.jobs.here import Here

POLL = 0.5  # seconds between two looks at a file; it is read when two looks find the same


def check_watch(names: list[str], *, in_place: bool, film: bool) -> None:
    """Check that --watch can be used.

    Args:
        names: of the pictures to paint.
        in_place: whether the painting goes into the artist's own file.
        film: whether a film is asked for.

    Raises:
        UsageError: it cannot be used.
    """
    if str(STDIN) in names:
        raise UsageError("Standard input (-) cannot be watched.", "Name a file.", id="stdin-not-watched")
    if len(names) != 1:
        raise UsageError(
            f"--watch is for one picture, but there are {len(names)}.",
            "Name the one that you work on.",
            id="only-one-picture",
        )
    if in_place:
        raise UsageError(
            "--watch and --in-place cannot be used together.", "Leave one of them out.", id="options-conflict"
        )
    if film:
        raise UsageError(
            "--watch and --timelapse cannot be used together.",
            "Make the film at the end, with: dreambrush timelapse",
            id="options-conflict",
        )


def check_watch_outputs(outputs: Sequence[Outputs]) -> None:
    """Check that --watch can save these files.

    Raises:
        UsageError: it cannot.
    """
    if any(each.others for each in outputs):
        raise UsageError(
            "--watch saves one .ora and no other file.",
            "Save the others at the end, with: dreambrush render",
            id="options-conflict",
        )


def paint_when_saved(paint: Paint, picture: Input, output: Path, note: Callable[[str], None]) -> Iterator[Ended]:
    """Paint again and again until Ctrl-C is pressed, and yield what became of each painting.

    A painting replaces the one before it.  If another program has changed that file, the painting gets another name.  A
    picture that cannot be read is reported.  It may be half written, so the next save is waited for.

    Args:
        paint: paints the picture.
        picture: the picture to watch.
        output: the file of the first painting.
        note: is told what happens.
    """
    seen, written = Mark.of(picture.file), None
    while True:
        # It takes its place only when it is finished: until then, other programs may save there.
        path = output if written is None else free_name(output.with_name(f".{output.name}.new{output.suffix}"))
        done = next(paint_pictures(paint, [(picture, Outputs(path))], Here()))
        if done.report is not None:
            path = Path(done.report["output"])  # or another one, if another program has just taken that name
            whole = done.exit_code == ExitCode.OK
            output = path if written is None else _put(path, output, written, note, whole=whole)
            written, done.report["output"] = Mark.of(output), str(output)
            done.report["outputs"] = [str(output)]
        if done.exit_code not in (ExitCode.OK, ExitCode.BAD_PICTURE):
            yield done
            return
        yield done._replace(exit_code=ExitCode.OK)
        note(f"Waiting for '{picture.name}' to be saved again.  Press Ctrl-C to stop.")
        try:
            seen = _saved_again(picture.file, seen)
        except KeyboardInterrupt:
            return


def _saved_again(file: Path, seen: Mark | None) -> Mark:
    """Wait until a file has changed and then stays the same for a moment."""
    before = seen
    while True:
        time.sleep(POLL)
        now = Mark.of(file)
        if now is not None and now == before and now != seen:
            return now
        before = now


def _put(path: Path, output: Path, written: Mark | None, note: Callable[[str], None], *, whole: bool) -> Path:
    """Put a painting in the place of the last one, or beside it.  Return where it is.

    Args:
        path: of the painting.
        output: of the last painting.
        written: the mark of that file when we wrote it.
        note: is told if the painting is put beside it.
        whole: whether the painting is finished.  An unfinished one replaces no finished one.
    """
    found = Mark.of(output)
    if found is not None and (found != written or not whole):
        if found != written:
            note(f"Another program has changed '{output}'.  That file stays as it is.")
        output = free_name(output)
    try:
        os.replace(path, output)
    except OSError as error:
        raise OutputError(
            f"'{output}' cannot be written ({error.strerror}).",
            f"The painting is in '{path}': move it elsewhere.",
            id="cannot-write",
        ) from None
    return output
