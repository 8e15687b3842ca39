"""What a crew promises, kept by this process and by processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambrush.errors import BrushError
from dreambrush.jobs.crew import open_crew
from dreambrush.jobs.pieces import Done, ProcessDiedError


def double(piece: int) -> int:
    return 2 * piece


def where(piece: int) -> int:
    return os.getpid()


def only_even(piece: int) -> int:
    if piece % 2:
        raise BrushError(f"{piece} is odd.", "Take an even one.", id="odd")
    return piece


def die_of_three(piece: int) -> int:
    if piece == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


class UnheardOfError(Exception):
    """An error that cannot be pickled whole."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_strangely(piece: int) -> int:
    raise UnheardOfError(piece, piece)


def rest(piece: tuple[str, float]) -> tuple[int, bool]:
    """Sleeps, unless it is woken: how often it slept, and whether it was woken.  The first look tells that it began."""
    file, seconds = piece
    Path(file).touch()
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        return 0, True
    return 1, False


def woken(result: tuple[int, bool]) -> bool:
    return result[1]


def interrupt_when_begun(files: list[Path]) -> None:
    """Press Ctrl-C in this process when all files are there."""
    watch = "import os, signal, sys, time\nwhile not all(map(os.path.exists, sys.argv[2:])): time.sleep(0.02)\n"
    kill = "os.kill(int(sys.argv[1]), signal.SIGINT)"
    subprocess.Popen([sys.executable, "-c", watch + kill, str(os.getpid()), *map(str, files)])


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_piece_is_done_once(jobs: int) -> None:
    with open_crew(jobs) as crew:
        assert crew.size == jobs
        done = list(crew.run(double, range(9)))
        assert sorted(done) == [Done(piece, 2 * piece) for piece in range(9)]
        assert sorted(crew.run(double, [4, 5])) == [Done(4, 8), Done(5, 10)]  # it can be used again


def test_processes_are_few_and_do_many_pieces() -> None:
    with open_crew(2) as crew:
        first = {done.result for done in crew.run(where, range(6))}
        again = {done.result for done in crew.run(where, range(6))}
    assert len(first) == 2 and again == first and os.getpid() not in first
    for process in first:
        assert process is not None
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_no_more_processes_start_than_there_are_pieces() -> None:
    with open_crew(64) as crew:
        assert len({done.result for done in crew.run(where, [7])}) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_stops_no_other_piece(jobs: int) -> None:
    with open_crew(jobs) as crew:
        done = {piece: (result, error) for piece, result, error in crew.run(only_even, range(4))}
    assert done[0] == (0, None) and done[2] == (2, None)
    for piece in 1, 3:
        result, error = done[piece]
        assert result is None and isinstance(error, BrushError)
        assert (error.message, error.advice, error.id) == (f"{piece} is odd.", "Take an even one.", "odd")


def test_an_error_that_cannot_travel_is_told_all_the_same() -> None:
    with open_crew(2) as crew:
        (done,) = crew.run(fail_strangely, [5])
        assert str(done.error) == "UnheardOfError: 5 and 5"
        assert next(crew.run(double, [5])).result == 10


def test_a_killed_process_costs_its_piece_alone() -> None:
    with open_crew(2) as crew:
        done = {piece: (result, error) for piece, result, error in crew.run(die_of_three, range(8))}
    result, error = done.pop(3)
    assert result is None and isinstance(error, ProcessDiedError) and error.how == "exit code -9"
    assert done == {piece: (piece, None) for piece in range(8) if piece != 3}


def test_a_process_killed_between_two_pieces_costs_none() -> None:
    with open_crew(2) as crew:
        (process,) = (done.result for done in crew.run(where, [0]))
        assert process is not None
        os.kill(process, signal.SIGKILL)
        time.sleep(0.2)
        (done,) = crew.run(double, [3])
    assert done == Done(3, 6)


def test_pieces_are_taken_only_when_somebody_is_free() -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    with open_crew(2) as crew:
        for known, _ in enumerate(crew.run(double, pieces())):
            assert len(taken) <= known + 4  # two are done, and two are being done


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_rescues_what_has_begun_and_nothing_begins(tmp_path: Path, jobs: int) -> None:
    pieces = [(str(tmp_path / str(number)), 60.0) for number in range(4)]
    done = []
    interrupt_when_begun([tmp_path / str(number) for number in range(jobs)])
    with open_crew(jobs) as crew:
        with pytest.raises(KeyboardInterrupt):
            for each in crew.run(rest, pieces, rescue=woken):
                done.append(each)
        assert sorted(done) == [Done(piece, (0, True)) for piece in pieces[:jobs]]
        assert len(list(tmp_path.iterdir())) == jobs
        assert [each.result for each in crew.run(double, [1])] == [2]  # and the crew is still good


def test_ctrl_c_ends_what_need_not_be_rescued(tmp_path: Path) -> None:
    pieces = [(str(tmp_path / str(number)), 600.0) for number in range(4)]
    interrupt_when_begun([tmp_path / "0", tmp_path / "1"])
    with open_crew(2) as crew, pytest.raises(KeyboardInterrupt):
        list(crew.run(rest, pieces))
    assert len(list(tmp_path.iterdir())) == 2


def test_ctrl_c_in_the_last_piece_that_is_finished_all_the_same(tmp_path: Path) -> None:
    file = str(tmp_path / "begun")
    interrupt_when_begun([Path(file)])
    with open_crew(2) as crew:
        (done,) = crew.run(stubborn, [file], rescue=bool)
    assert done == Done(file, 0)


def stubborn(file: str) -> int:
    """Is interrupted and finishes."""
    Path(file).touch()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        time.sleep(0.1)
    return 0


def test_whoever_stops_listening_ends_the_processes(tmp_path: Path) -> None:
    pieces = [(str(tmp_path / "0"), 0.0), (str(tmp_path / "1"), 600.0)]
    with open_crew(2) as crew:
        run = crew.run(rest, pieces)
        assert next(run).piece == pieces[0]
        run.close()


SCRIPT = """
import os, sys, time
from dreambrush.jobs.crew import open_crew

if __name__ == "__main__":
    with open_crew(2) as crew:
        for done in crew.run(time.sleep, [0.0, 0.0, 600.0, 600.0]):
            print("ready", flush=True)
"""


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    parent = subprocess.Popen([sys.executable, tmp_path / "script.py"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None and [next(parent.stdout) for _ in range(2)]
    parent.kill()
    parent.communicate(timeout=60)  # which lasts until nobody has the pipe any more
