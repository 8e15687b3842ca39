"""``dreambrush paint --watch``: paints a picture again whenever it is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dreambrush.cli.paint.guarded_output import Mark, free_name
from dreambrush.cli.paint.pool import Done, Paint, run_pool
from dreambrush.cli.shared.inputs import STDIN, Input
from dreambrush.errors import ExitCode, OutputError, UsageError

POLL = 0.5  # seconds between two looks at a file, and how long it must stay as it is before it is read


def check_watch(names: list[str], *, in_place: bool, film: bool) -> None:
    """Settles whether what is to be painted can be watched.

    Args:
        names: of the pictures to paint.
        in_place: whether the painting is to be saved into the artist's own file.
        film: whether a film is to be made, too.

    Raises:
        UsageError: it cannot.
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
        raise UsageError("--watch and --in-place are both given.", "Leave one of them out.", id="options-conflict")
    if film:
        raise UsageError(
            "--watch and --timelapse are both given.",
            "Make the film in the end, with: dreambrush timelapse.",
            id="options-conflict",
        )


def paint_when_saved(paint: Paint, picture: Input, output: Path, note: Callable[[str], None]) -> Iterator[Done]:
    """What became of each painting, until Ctrl-C is pressed.

    A painting replaces the one before it, but nothing that anybody else has saved in its place: then it gets another
    name.  A picture that cannot be read is told and waited for, as it may be half written.

    Args:
        paint: paints it.
        picture: to watch.
        output: of the first painting.
        note: told of what happens.
    """
    seen, written = Mark.of(picture.file), None
    while True:
        # To be put in its place only when it is finished: until then, others may save there.
        path = output if written is None else free_name(output.with_name(f".{output.name}.new{output.suffix}"))
        (done,) = run_pool(paint, [(picture, path)], 1)
        if done.report is not None:
            path = Path(done.report["output"])  # or another one, if somebody has just taken that
            whole = done.exit_code == ExitCode.OK
            output = path if written is None else _put(path, output, written, note, whole=whole)
            written, done.report["output"] = Mark.of(output), str(output)
        if done.exit_code not in (ExitCode.OK, ExitCode.BAD_PICTURE):
            yield done
            return
        yield done._replace(exit_code=ExitCode.OK)
        note(f"Waiting until '{picture.name}' is saved again; Ctrl-C ends.")
        try:
            seen = _saved_again(picture.file, seen)
        except KeyboardInterrupt:
            return


def _saved_again(file: Path, seen: Mark | None) -> Mark:
    """Waits until a file is another one than was seen, and stays as it is for a moment."""
    before = seen
    while True:
        time.sleep(POLL)
        now = Mark.of(file)
        if now is not None and now == before and now != seen:
            return now
        before = now


def _put(path: Path, output: Path, written: Mark | None, note: Callable[[str], None], *, whole: bool) -> Path:
    """Puts a painting in the place of the one before it, or beside it; gives where it is then.

    Args:
        path: of the painting.
        output: of the one before it.
        written: what that was when we wrote it.
        note: told if it is put beside.
        whole: whether the painting is finished; a fragment replaces none that is.
    """
    found = Mark.of(output)
    if found is not None and (found != written or not whole):
        if found != written:
            note(f"Someone else has saved '{output}': it stays as it is.")
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
