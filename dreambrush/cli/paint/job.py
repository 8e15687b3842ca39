"""One picture of ``dreambrush paint``: read, painted, saved and reported."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.guarded_output import GuardedOutput
from dreambrush.cli.paint.onto import Onto
from dreambrush.cli.paint.report import report_of
from dreambrush.cli.paint.resume import ResumeRequest, read_unfinished
from dreambrush.cli.paint.settings import AUTO, PaintSettings
from dreambrush.cli.shared.brushes import brushes_with_dreams
from dreambrush.cli.shared.inputs import Input
from dreambrush.cli.shared.outputs import UNFINISHED, UNFINISHED_STEM, Outputs, free_name, is_unfinished
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import painting_progress
from dreambrush.cli.ui.time_left import TimeLeft
from dreambrush.errors import DreambrushError, OutputError, PictureError

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.painting import Painting


@dataclass(frozen=True)
class Job:
    """What all pictures of one command have in common.

    Attributes:
        words: the brushes as the user named them.
        brushes: the brushes themselves.
        size: the longer side of the paintings in pixels; None for that of the picture.
        settings: the settings of the paintings.
        onto: the artist's work to paint into, or None.
        film: the file for a film, or None.
        force: whether existing files may be replaced.
        save_every: seconds from one save of the unfinished painting to the next.
        megapixels: how large pictures may be that are read; None for the usual limits.
        resumed: an unfinished painting to finish.  Words, brushes, size, settings and onto are then its own.
        go_on: finish each output that is unfinished.
        quiet: print no notes.
        verbose: print progress in plain lines.
        bar: show progress.
        preview: show what the painting looks like.
        focused: whether the focus was asked for, and not just what the hand likes.
        begun: the state of the painting to finish, or None.
        asked: the request that an unfinished painting keeps, of a job that is done on another machine; None for that of
            this command.
        here: the settings with the files that they name as they lie on this machine; None if they lie where the
            settings say.
        notes: takes the notes, on another machine; None prints them.
    """

    words: tuple[str, ...]
    brushes: Sequence[BrushFile]
    size: int | None
    settings: PaintSettings
    onto: Onto | None
    film: Path | None
    force: bool
    save_every: float
    megapixels: int | None
    resumed: Path | None
    go_on: bool
    quiet: bool
    verbose: bool
    bar: bool
    preview: bool
    focused: bool = False
    begun: bytes | None = None  # state of what is resumed
    asked: ResumeRequest | None = None
    here: PaintSettings | None = None
    notes: list[str] | None = None

    def note(self, text: str) -> None:
        """Print a note, unless the user wants quiet."""
        if self.notes is not None:
            self.notes.append(text)
        else:
            note(text, quiet=self.quiet)

    def going_on(self, target: Path, output: Path) -> Job:
        """The job for one picture.  If its painting is unfinished, the job is the one that started it.

        Raises:
            OpenrasterError: the unfinished painting is broken.
            DreambrushError: something that it needs is missing or has changed.
        """
        resumed = output if self.go_on and is_unfinished(output) else self.resumed
        if resumed is None:
            return self
        request, begun = read_unfinished(resumed)
        brushes = brushes_with_dreams(request.brushes, quiet=self.quiet)
        request.check(target, brushes)
        return replace(
            self,
            words=request.brushes,
            brushes=brushes,
            size=request.size,
            settings=request.settings,
            onto=request.onto,
            begun=begun,
            resumed=resumed,
        )

    def request(self, target: Path, outputs: Outputs) -> ResumeRequest:
        """What an unfinished painting of a picture keeps, so that it can be finished."""
        return ResumeRequest.of(target, self.size, self.words, self.brushes, self.settings, self.onto, outputs)


def run_job(job: Job, target: Input, outputs: Outputs) -> dict[str, Any]:
    """Read, paint and save one picture.  Return the report."""
    from dreambrush.painter.painting import Clock
    from dreambrush.painter.run import paint as paint_picture
    from dreambrush.painter.save.autosave import Autosave
    from dreambrush.painter.save.saving import recipe_of
    from dreambrush.pictures.limits import Limits
    from dreambrush.pictures.reading import load_picture
    from dreambrush.replay.timelapse import save_timelapse

    started, clock = time.perf_counter(), Clock()
    job = job.going_on(target.file, outputs.work)
    settings = job.settings
    with clock.time("read"):
        work = None
        limits = Limits() if job.megapixels is None else Limits.of_megapixels(job.megapixels)
        try:
            if job.onto is None:
                picture = load_picture(target.file, job.size, keep_alpha=True, limits=limits)
            else:
                picture, work = job.onto.look(target.file, limits)
        except PictureError as error:
            raise target.in_its_name(error) from None
        request = job.asked or job.request(target.file, outputs)
    saving = _Saving(job, request, outputs)
    left = TimeLeft(settings.effort, settings.time)
    with painting_progress(
        target.file.name, left, quiet=job.quiet, verbose=job.verbose, live=job.bar, preview=job.preview
    ) as show:
        height, width = picture.shape[:2]
        spent = time.perf_counter() - started
        options = (job.here or settings).for_painter(width, height, spent, picture[..., :3], job.brushes)
        if work is not None:
            options = replace(options, pigment=work.pigment, eotf=work.eotf)  # as the work's other layers
        painting = paint_picture(
            picture,
            job.brushes,
            settings.strokes,
            settings.seed,
            show,
            options,
            backdrop=work,
            autosave=Autosave(job.save_every, saving.keep),
            unfinished=job.begun,
        )
    if job.focused and settings.focus == AUTO and options.focus is None:
        job.note("Nothing stands out in the picture, so --focus auto has no effect.")
    short = settings.strokes - len(painting.strokes)
    limited = settings.time is not None or settings.until is not None or painting.interrupted
    if short > 0 and (settings.palette or options.stages) and not limited:
        why = (
            "some stages have nothing more to do"
            if options.stages
            else "with these colours they would bring it no closer"
        )
        job.note(f"{short} of {settings.strokes} strokes are left out: {why}.")
    if painting.interrupted and not len(painting.strokes):
        raise KeyboardInterrupt  # there is nothing to save yet
    with clock.time("write"):
        files = saving.finish(painting)
        if job.film is not None and not painting.interrupted:
            recipe = recipe_of(painting, job.brushes, settings.seed, settings.record())
            save_timelapse(recipe, job.film, overwrite=job.force)
    painting.seconds.update(clock.seconds)
    if settings.flatten_pigment and work is None and not painting.interrupted:
        painting = replace(painting, flattened=True)  # as it was saved
    return report_of(target.name, files, painting, job.brushes, settings, time.perf_counter() - started, job.here)


class _Saving:
    """Saves a painting, now and then and at the end.

    A painting into the artist's own file is kept beside that file until it is finished.
    """

    def __init__(self, job: Job, request: ResumeRequest, outputs: Outputs) -> None:
        self.job, self.request, self.outputs = job, request, outputs
        output = outputs.work
        self.in_place = job.onto is not None and job.onto.in_place and output in (job.onto.file, job.resumed)
        ours = output == job.resumed
        if self.in_place and not ours:
            output = free_name(output.with_name(f"{output.stem}{UNFINISHED_STEM}{output.suffix}"))
        self.file = GuardedOutput(output, overwrite=job.force and not self.in_place, note=job.note, is_there=ours)
        self.warned = False

    def keep(self, painting: Painting) -> None:
        """Save the unfinished painting.  If that fails, painting goes on."""
        try:
            self.file.write(lambda path, overwrite: self._save(painting, path, overwrite=overwrite))
        except (DreambrushError, OSError) as error:
            if not self.warned:
                self.job.note(f"The unfinished painting cannot be saved: {error}")
            self.warned = True

    def finish(self, painting: Painting) -> list[Path]:
        """Save the painting and return the files.

        Raises:
            OutputError: one cannot be written.
        """
        if self.in_place and not painting.interrupted:
            assert self.job.onto is not None
            self._save(painting, self.job.onto.file, overwrite=True, in_place=True)
            self.file.remove()
            return [self.job.onto.file]
        try:
            self.file.write(lambda path, overwrite: self._save(painting, path, overwrite=overwrite))
        except OutputError as error:
            if self.file.is_there:
                advice = f"{error.advice}  Then finish it with: dreambrush paint --resume '{self.file.path}'"
                raise OutputError(error.message, advice, id=error.id) from None
            raise
        if painting.interrupted or not self.outputs.others:
            return [self.file.path]
        return self._export()

    def _export(self) -> list[Path]:
        """Save the other files, made of the .ora, and return all that are wanted."""
        from dreambrush.pictures.exporting import export_document

        work, others = self.file.path, self.outputs.others
        if self.job.go_on:
            others = self.outputs.missing()
        try:
            done = export_document(work, others, self.outputs.dpi, overwrite=self.job.force)
        except OutputError as error:
            advice = f"{error.advice}  The painting is in '{work}': dreambrush render makes other files of it."
            raise OutputError(error.message, advice, id=error.id) from None
        for each in done.notes:
            self.job.note(each)
        if not self.outputs.keep:
            self.file.remove()
            return list(others)
        return [work, *others]

    def _save(self, painting: Painting, path: Path, *, overwrite: bool, in_place: bool = False) -> None:
        from dreambrush.painter.save.saving import flatten_painting, save_painting

        job, settings = self.job, self.job.settings
        flatten = settings.flatten_pigment and job.onto is None
        if flatten and painting.unfinished is None:  # an unfinished one goes on with its real layers
            painting = flatten_painting(painting)
        members = {} if painting.unfinished is None else {UNFINISHED: self.request.to_bytes(painting.unfinished)}
        what = painting, job.brushes, settings.seed, settings.record()
        how: dict[str, Any] = {"your_turn": settings.your_turn, "overwrite": overwrite}
        if job.onto is None:
            save_painting(path, *what, **how, members=members)
            return
        note = job.onto.save(path, *what, **how, members={UNFINISHED: None, **members}, in_place=in_place)
        if note:
            job.note(note)
