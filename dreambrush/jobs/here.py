"""Pieces one after the other in this process."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from dreambrush.jobs.pieces import Done, Piece, Result


class Here:
    """The crew of one: this process.  Nothing is pickled."""

    size = 1

    def run(
        self,
        do: Callable[[Piece], Result],
        pieces: Iterable[Piece],
        *,
        rescue: Callable[[Result], bool] | None = None,
    ) -> Generator[Done[Piece, Result], None, None]:
        """As in :class:`dreambrush.jobs.crew.Crew`."""
        for piece in pieces:
            try:
                result = do(piece)
            except BrokenPipeError:  # nobody reads our output any more
                raise
            except Exception as error:
                yield Done(piece, None, error)
                continue
            except KeyboardInterrupt as error:
                yield Done(piece, None, error)
                raise
            yield Done(piece, result)
            if rescue is not None and rescue(result):
                raise KeyboardInterrupt
