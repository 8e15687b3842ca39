"""Commands that do the same with several things: one after the other, or several at the same time.

A thing that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from dreambrush.cli.shared.errors import tell
from dreambrush.cli.shared.formats import in_words
from dreambrush.cli.shared.travels import Returned, Sent, Travels, do_sent
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import counting_bar
from dreambrush.errors import DreambrushError, ExitCode
from dreambrush.jobs.crew import Crew, open_crew
from dreambrush.jobs.pieces import Done, ProcessDiedError, no_part

Thing = TypeVar("Thing", bound=Travels)
Ends = Generator[Done[tuple[str, Thing], str], None, None]


def do_several(
    do: Callable[[Thing], str],
    things: Mapping[str, Thing],
    jobs: int,
    cluster: str | None = None,
    *,
    what: str,
    verb: str,
    quiet: bool,
) -> int:
    """Do something with each, tell what came of it, and sum up.

    Args:
        do: does it with one, and returns lines that tell of it.  After Ctrl-C it is interrupted, and may clean up.
        things: by the names that the user knows; they, and ``do``, can be pickled.
        jobs: how many at the same time.
        cluster: where else, as ``--cluster``.  There, what has begun is given up after Ctrl-C.
        what: the things, in the plural: "films".
        verb: what was done with them: "made".
        quiet: print nothing but errors.

    Returns:
        The exit code: that of the first failure.

    Raises:
        KeyboardInterrupt: after Ctrl-C, when what is done has been summed up.
    """
    status, failed, done = int(ExitCode.OK), list[str](), 0
    try:
        with (
            open_crew(min(jobs, len(things)), cluster, partial(note, quiet=quiet)) as crew,
            counting_bar(what, verb, len(things), quiet=quiet) as count,
            closing(_here(crew, do, things) if cluster is None else _there(crew, do, things)) as every,
        ):
            for (name, _), lines, error in every:
                with count.one_more():
                    if isinstance(error, Exception):
                        code = tell(_in_its_name(error, name)).code
                        status, failed = status or code, [*failed, name]
                    elif lines is not None:
                        done += 1
                        note(lines, quiet=quiet)
    finally:
        note(_summary(done, len(things), failed, f"{what} are {verb}"), quiet=quiet and done == len(things))
    return status


def _here(crew: Crew, do: Callable[[Thing], str], things: Mapping[str, Thing]) -> Ends[Thing]:
    yield from crew.run(partial(_do_named, do), things.items(), rescue=no_part)


def _there(crew: Crew, do: Callable[[Thing], str], things: Mapping[str, Thing]) -> Ends[Thing]:
    sent = ((name, Sent.of(thing)) for name, thing in things.items())
    with closing(crew.run(partial(_do_sent, do), sent)) as every:
        for (name, _), returned, error in every:
            lines = None
            if returned is not None:
                try:
                    lines = returned.save(things[name])
                except DreambrushError as failed:
                    error = failed
            yield Done((name, things[name]), lines, error)


def _do_sent(do: Callable[[Any], str], named: tuple[str, Sent[Any]]) -> Returned:
    return do_sent(do, named[1])


def _do_named(do: Callable[[Thing], str], named: tuple[str, Thing]) -> str:
    return do(named[1])


def _in_its_name(error: Exception, name: str) -> Exception:
    if not isinstance(error, ProcessDiedError):
        return error
    return ProcessDiedError(error.how, f"The {error.what.removeprefix('A ')} that worked on '{name}'")


def _summary(done: int, count: int, failed: list[str], what: str) -> str:
    if done == count:
        return f"All {count} {what}."
    return f"{done} of {count} {what}" + (f"; failed: {in_words(failed)}." if failed else ".")
