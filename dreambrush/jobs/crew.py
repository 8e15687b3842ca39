"""One way to do many pieces of work: here one after the other, in processes of this machine, or on a cluster.

    with open_crew(jobs) as crew:
        with closing(crew.run(do, pieces)) as every:
            for piece, result, error in every:
                ...

``do`` is a function at the top of a module, or a ``functools.partial`` of one; it, the pieces and the results can be
pickled.  What it makes of a piece must not depend on what else runs, nor on where.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from dreambrush.jobs.here import Here
from dreambrush.jobs.pieces import Done, Piece, Result


class Crew(Protocol):
    """Does pieces of work.

    Attributes:
        size: how many pieces are done at the same time, as far as that is known.
    """

    @property
    def size(self) -> int:
        """How many pieces are done at the same time, as far as that is known."""
        ...

    def run(
        self,
        do: Callable[[Piece], Result],
        pieces: Iterable[Piece],
        *,
        rescue: Callable[[Result], bool] | None = None,
    ) -> Generator[Done[Piece, Result], None, None]:
        """Do pieces, and yield what became of each as soon as that is known.

        A piece that fails stops no other: what is yielded has its error, which is a :class:`ProcessDiedError` if its
        process died.
        A piece is taken from ``pieces`` only when somebody is free to do it.

        After Ctrl-C no new piece begins.  With ``rescue``, those that have begun get a KeyboardInterrupt where they
        are, so that they may save and return what they have; what becomes of them is still yielded.  Without it they
        are just ended.  Then KeyboardInterrupt is raised; not if every piece was finished all the same.

        Args:
            do: makes a result of a piece.
            pieces: what to do.
            rescue: whether a result is of a piece that was stopped before its end.  After such a result no piece begins
                either, for whoever does pieces in this process may take Ctrl-C for itself.

        Raises:
            KeyboardInterrupt: pieces were given up after Ctrl-C.
            DreambrushError: no piece can be done any more, such as when a cluster is gone.
        """
        ...


@contextmanager
def open_crew(jobs: int, cluster: str | None = None, note: Callable[[str], None] = lambda text: None) -> Iterator[Crew]:
    """A crew, whose processes end with the block.

    As with all of ``multiprocessing``, a script that opens one of several jobs needs ``if __name__ == "__main__":``.

    Args:
        jobs: how many pieces to do at the same time; 1 does them in this process.
        cluster: where else to do them: a scheduler's address, a kind of cluster, or a file that describes one.  None
            for this machine.
        note: is told where Dask's dashboard is.

    Raises:
        DreambrushError: the cluster cannot be reached or used.
    """
    if cluster is not None:
        from dreambrush.jobs.cluster import open_cluster

        with open_cluster(cluster, jobs, note) as workers:
            yield workers
    elif jobs > 1:
        from dreambrush.jobs.processes import open_processes

        with open_processes(jobs) as processes:
            yield processes
    else:
        yield Here()
