"""Pieces on a cluster, by Dask's schedulers.

As many pieces travel at a time as there are workers, and the next one leaves as soon as one has come back.  So a worker
that dies takes one piece with it, which Dask gives to another; and however many pieces there are, few are in memory.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from dreambrush import __version__
from dreambrush.errors import ClusterError
from dreambrush.interrupts import held_back
from dreambrush.jobs.at_worker import bring, do_piece, other_version, stop
from dreambrush.jobs.connection import connected, is_lacking, lost
from dreambrush.jobs.message import pack, unpack
from dreambrush.jobs.pieces import Done, Piece, ProcessDiedError, Result
from dreambrush.jobs.where import Where, read_where

if TYPE_CHECKING:
    from distributed import Client, Future

GLANCE = 1.0  # seconds between two looks at whether the scheduler is there, and who works


class Cluster:
    """A crew of Dask's workers.

    Args:
        client: is connected with the scheduler.
        where: which cluster it is.
        note: is told what a user may want to know.
    """

    def __init__(self, client: Client, where: Where, note: Callable[[str], None]) -> None:
        self._client, self._where, self._note = client, where, note

    @property
    def size(self) -> int:
        """The number of workers, at least 1."""
        return max(1, len(self.workers()))

    def workers(self) -> list[str]:
        """The addresses of the workers now.

        Raises:
            ClusterError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise lost(self._where.word)
        try:
            return list(self._client.nthreads())
        except Exception:  # of the connection
            raise lost(self._where.word) from None

    def run(
        self,
        do: Callable[[Piece], Result],
        pieces: Iterable[Piece],
        *,
        rescue: Callable[[Result], bool] | None = None,
    ) -> Generator[Done[Piece, Result], None, None]:
        """As in :class:`dreambrush.jobs.crew.Crew`."""
        run = _Journeys(self._client, do, iter(pieces))
        stopped = given_up = False
        pressed: list[int] = []  # stops that came while pieces were handed out
        try:
            while True:
                try:
                    if pressed:
                        raise KeyboardInterrupt
                    if not stopped:
                        workers = self.workers()
                        if not workers:
                            self._tell_waiting()
                        with held_back() as pressed:
                            run.hand_out(workers)
                        if pressed:
                            continue
                    if not run.travelling:
                        break
                    done = run.next_done(self.workers)
                except KeyboardInterrupt:
                    if rescue is None:
                        raise
                    stopped, pressed = True, []
                    run.stop()
                    continue
                if done is None:
                    continue
                part = rescue is not None and done.result is not None and rescue(done.result)
                if isinstance(done.error, KeyboardInterrupt) or part:
                    stopped = given_up = True  # of all: somebody else may have told the workers
                elif not stopped:
                    with held_back() as pressed:
                        run.hand_out(self.workers())  # the worker is not to wait for what becomes of its result
                yield done
            if stopped and (given_up or any(True for _ in run.waiting)):
                raise KeyboardInterrupt
        finally:
            run.end()

    def _tell_waiting(self) -> None:
        if not self._told_waiting:
            self._note("The cluster has no workers yet; waiting for them.")
        self._told_waiting = True

    _told_waiting = False


class _Journeys:
    """Pieces that travel.

    Args:
        client: of the scheduler.
        do: does a piece.
        waiting: pieces that have not begun.

    Attributes:
        waiting: as above.
        travelling: what is asked for, its piece, and the worker that is asked; by name.
    """

    def __init__(self, client: Client, do: Callable[[Any], Any], waiting: Iterator[Any]) -> None:
        self._client, self.waiting = client, waiting
        self._name = f"dreambrush-{secrets.token_hex(8)}"
        self._number = 0
        self._back: SimpleQueue[str] = SimpleQueue()
        self.travelling: dict[str, tuple[Future[Any], Any, str | None]] = {}
        self._task = client.submit(bring, pack(do), key=f"bring-{self._name}", pure=False)

    def hand_out(self, workers: list[str]) -> None:
        """Send a piece to each worker that has none; without workers, one to whoever comes first.

        Dask would rather give two pieces to one worker than wait until another has what all pieces have in common.  If
        the worker dies, the piece goes to any other.
        """
        busy = {worker for _, _, worker in self.travelling.values()}
        free: list[str | None] = [worker for worker in workers if worker not in busy]
        for worker in free if workers else [None]:
            if len(self.travelling) >= max(1, len(workers)):
                return
            piece = next(self.waiting, _NONE)
            if piece is _NONE:
                return
            key = f"piece-{self._name}-{self._number}"
            self._number += 1
            where = {} if worker is None else {"workers": [worker], "allow_other_workers": True}
            words = self._task, pack(piece), self._name, __version__
            future = self._client.submit(do_piece, *words, key=key, pure=False, **where)
            self.travelling[key] = future, piece, worker
            future.add_done_callback(lambda future: self._back.put(future.key))

    def next_done(self, look: Callable[[], object]) -> Done[Any, Any] | None:
        """What became of the next piece that comes back, or None after a while.

        Args:
            look: is called first; it raises an error if the scheduler is gone.
        """
        try:
            key = self._back.get(timeout=GLANCE)
        except Empty:
            look()
            return None
        if key not in self.travelling:
            return None
        future, piece, _ = self.travelling[key]
        try:
            result, error = self._answer(future, look)
        except KeyboardInterrupt:
            self._back.put(key)
            raise
        del self.travelling[key]
        future.release()
        return Done(piece, result, error)

    def _answer(self, future: Future[Any], look: Callable[[], object]) -> tuple[Any, BaseException | None]:
        from distributed import KilledWorker

        try:
            result, error = unpack(future.result())
            return result, error
        except KilledWorker as error:
            return None, ProcessDiedError(
                f"{error.allowed_failures + 1} times",
                "A worker of the cluster",
                "Memory may be short there.  Look at the workers' logs.",
            )
        except Exception as error:
            if is_lacking(error):
                return None, other_version(None, __version__)
            look()
            return None, ClusterError(
                f"A piece of work is lost on the cluster ({type(error).__name__}).",
                "Run the same command again.",
                id="piece-lost",
            )

    def stop(self) -> None:
        """Tell the pieces that travel to save what they have."""
        if self._client.status != "running":
            return  # that is found out elsewhere
        with suppress(Exception):
            self._client.run(stop, self._name, on_error="ignore")

    def end(self) -> None:
        """Give up what travels."""
        if self.travelling and self._client.status == "running":
            self.stop()
            with suppress(Exception):
                self._client.cancel([future for future, _, _ in self.travelling.values()], force=True)
        self.travelling.clear()
        self._task.release()


_NONE: Any = object()


@contextmanager
def open_cluster(word: str, jobs: int, note: Callable[[str], None] = lambda text: None) -> Iterator[Cluster]:
    """A crew on a cluster.

    Args:
        word: as ``--cluster``: see :mod:`~dreambrush.jobs.where`.
        jobs: how many jobs to ask a queue for; of no effect with an address.
        note: is told the address of Dask's dashboard, and when there are no workers.

    Raises:
        DreambrushError: the cluster cannot be reached or used.
    """
    where = read_where(word)
    with connected(where, jobs, note) as client:
        yield Cluster(client, where, note)
