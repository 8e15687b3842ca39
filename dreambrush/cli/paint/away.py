"""Pictures that are painted on other machines: all files that a painting needs go there, and the painting comes back.

The worker sees copies in folders of its own.  What a painting records of names and paths is that of this machine, so it
has the same bytes as one that is painted here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.guarded_output import GuardedOutput
from dreambrush.cli.paint.job import Job, run_job
from dreambrush.cli.paint.tools import Tools
from dreambrush.cli.shared.inputs import Input
from dreambrush.cli.shared.outputs import Outputs
from dreambrush.cli.shared.travels import renamed
from dreambrush.errors import DreambrushError
from dreambrush.files.output import open_output, write_together
from dreambrush.jobs.parcel import Parcel
from dreambrush.jobs.pieces import Done

if TYPE_CHECKING:
    from dreambrush.jobs.crew import Crew

NEVER = 1e9  # seconds to the next save of an unfinished painting: at the worker nobody would find it


@dataclass(frozen=True)
class Errand:
    """A picture that travels.

    Attributes:
        number: which of the pictures it is.
        target: the picture, as the machine knows it that sends it.
        outputs: where the painting goes on that machine.
        job: how to paint it.
        picture: its file.
        tools: what the job needs, if that is not what the others need.
        error: why it cannot be painted.  That was found out before it left, and the worker only says so.
    """

    number: int
    target: Input
    outputs: Outputs
    job: Job
    picture: Parcel = field(default_factory=Parcel)
    tools: Tools | None = None
    error: DreambrushError | None = None


@dataclass(frozen=True)
class Painted:
    """A painting that travels back.

    Attributes:
        report: as of :func:`run_job`, with the names of the machine that asked for it.
        files: the files of the painting; each is called by its number in :func:`_wanted`.
        notes: for the user.
    """

    report: dict[str, Any]
    files: Parcel
    notes: tuple[str, ...]


def paint_away(
    crew: Crew, job: Job, pictures: Iterable[tuple[Input, Outputs]]
) -> Generator[Done[tuple[Input, Outputs], dict[str, Any]], None, None]:
    """Paint pictures on other machines, save the paintings here, and yield what became of each.

    Args:
        crew: of the other machines.
        job: how to paint; see :func:`run_job`.
        pictures: the pictures, and where to save each.

    Raises:
        KeyboardInterrupt: pictures were given up after Ctrl-C.
        DreambrushError: a brush or a setting cannot be read, or the other machines are gone.
    """
    travelling: dict[int, tuple[Input, Outputs, GuardedOutput]] = {}

    def errands() -> Iterator[Errand]:
        for number, (target, outputs) in enumerate(pictures):
            errand, ours = _errand(job, number, target, outputs)
            file = GuardedOutput(outputs.work, overwrite=job.force, note=job.note, is_there=ours)
            travelling[number] = target, outputs, file
            yield errand

    paint = partial(paint_errand, Tools.of(job.brushes, job.settings))
    with closing(crew.run(paint, errands(), rescue=_is_interrupted)) as every:
        for errand, painted, error in every:
            target, outputs, file = travelling.pop(errand.number)
            report = None
            if painted is not None:
                try:
                    report = _saved(job, painted, errand.outputs, file)
                except DreambrushError as failed:
                    error = failed
            yield Done((target, outputs), report, error)


def _is_interrupted(painted: Painted) -> bool:
    return bool(painted.report["interrupted"])


def _errand(job: Job, number: int, target: Input, outputs: Outputs) -> tuple[Errand, bool]:
    """What travels, and whether an unfinished painting of ours lies where the painting goes."""
    tools = None
    try:
        own = job.going_on(target.file, outputs.work)
        if job.go_on:
            outputs = replace(outputs, others=outputs.missing())
        if own is not job:
            tools = Tools.of(own.brushes, own.settings)
        picture = Parcel.of({target.file.name: target.file})
        request = own.request(target.file, outputs)
    except DreambrushError as error:
        return Errand(number, target, outputs, replace(job, brushes=()), error=error), False
    ours = own is not job and own.resumed == outputs.work
    own = replace(own, asked=request, brushes=(), go_on=False, resumed=None, save_every=NEVER)
    own = replace(own, bar=False, verbose=False, preview=False)
    return Errand(number, target, outputs, own, picture, tools), ours


def _wanted(job: Job, outputs: Outputs) -> list[Path]:
    """The files that may come back, in an order that both machines know."""
    return [outputs.work, *outputs.others, *([] if job.film is None else [job.film])]


# At the worker.


def paint_errand(tools: Tools, errand: Errand) -> Painted:
    """Paint a picture that comes from another machine.

    Args:
        tools: what the job needs, unless the errand brings its own.
        errand: the picture.

    Raises:
        DreambrushError: as :func:`run_job`, in the names of that machine.
    """
    if errand.error is not None:
        raise errand.error
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dreambrush-") as folder:
        job, known = (errand.tools or tools).given_to(errand.job)
        errand.picture.unpack(Path(folder, "picture"))
        target = Path(folder, "picture", errand.target.file.name)
        known[str(target)] = str(errand.target.file)
        there = []
        for number, path in enumerate(_wanted(job, errand.outputs)):
            there.append(Path(folder, f"{number}", path.name))
            there[-1].parent.mkdir()
            known[str(there[-1])] = str(path)
        others = there[1 : 1 + len(errand.outputs.others)]
        outputs = replace(errand.outputs, work=there[0], others=tuple(others))
        job = replace(job, film=None if job.film is None else there[-1], force=False, notes=notes)
        try:
            report = run_job(job, Input(target, errand.target.name), outputs)
        except DreambrushError as error:
            raise type(error)(renamed(error.message, known), renamed(error.advice, known), id=error.id) from None
        report["output"] = known[report["output"]]
        report["outputs"] = [known[each] for each in report["outputs"]]
        files = Parcel({str(number): path.read_bytes() for number, path in enumerate(there) if path.is_file()})
    return Painted(report, files, tuple(renamed(note, known) for note in notes))


# At home again.


def _saved(job: Job, painted: Painted, outputs: Outputs, file: GuardedOutput) -> dict[str, Any]:
    """Write the files of a painting, and return its report.

    Raises:
        OutputError: one cannot be written.
    """
    for note in painted.notes:
        job.note(note)
    came = {path: painted.files.files.get(str(number)) for number, path in enumerate(_wanted(job, outputs))}
    work = came.pop(outputs.work)
    report = painted.report
    if work is not None:

        def save(path: Path, overwrite: bool) -> None:
            with open_output(path, overwrite=overwrite) as output:
                output.write(work)

        file.write(save)
        names = [str(file.path) if each == str(outputs.work) else each for each in report["outputs"]]
        report = {**report, "output": names[0], "outputs": names}
    write_together({path: each for path, each in came.items() if each is not None}, overwrite=job.force)
    if work is None:
        file.remove()  # what was unfinished is finished, and nobody asked for the .ora
    return report
