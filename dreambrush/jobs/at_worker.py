"""What runs in a worker of a cluster.

A worker does its pieces in a thread, so no signal reaches them: who asks for a run to stop has it noted here, and long
work looks (:func:`~dreambrush.interrupts.stop_if_asked`).  One process does one piece at a time, however many threads
it has, for our parts in C are not made for more.
"""

from __future__ import annotations

import threading

from dreambrush import __version__
from dreambrush.cores import use_at_most
from dreambrush.errors import MissingPackageError
from dreambrush.interrupts import stops_if
from dreambrush.jobs.message import our_error, pack, unpack

_one_at_a_time = threading.Lock()
_stopped: set[str] = set()


def version() -> str:
    """The version of dreambrush here."""
    return __version__


def stop(run: str) -> None:
    """Have the pieces of a run stop where they are; those that come later do not begin."""
    _stopped.add(run)


def bring(task: bytes) -> bytes:
    """What all pieces of a run have in common.  As a task of its own it travels to each worker once."""
    return task


def do_piece(task: bytes, piece: bytes, run: str, theirs: str) -> bytes:
    """Do a piece.

    Args:
        task: the function that does it, packed.
        piece: the piece, packed.
        run: the name of the run that it belongs to.
        theirs: the version of dreambrush that asks for it.

    Returns:
        The result and None, or None and the error; packed.
    """
    with _one_at_a_time:
        try:
            if theirs != __version__:
                raise other_version(__version__, theirs)
            if run in _stopped:
                raise KeyboardInterrupt
            use_at_most(_threads())
            with stops_if(lambda: run in _stopped):
                return pack((unpack(task)(unpack(piece)), None))
        except (Exception, KeyboardInterrupt) as error:
            return pack((None, our_error(error)))


def _threads() -> int:
    """How many cores this worker was given: its --nthreads."""
    from distributed import get_worker

    threads: int = get_worker().state.nthreads
    return threads


def other_version(found: str | None, wanted: str) -> MissingPackageError:
    """The scheduler or a worker has no dreambrush, or a worker has another version."""
    who = "The scheduler or a worker of the cluster has no dreambrush"
    if found is not None:
        who = f"A worker of the cluster has dreambrush {found}, but this is dreambrush {wanted}"
    return MissingPackageError(
        f"{who}.",
        f"Install the same version for the scheduler and all workers: pip install dreambrush=={wanted}",
        id="cluster-of-other-version",
    )
