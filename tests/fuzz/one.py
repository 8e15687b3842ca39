"""One case: makes the hostile file, does to it what its parser says, and judges how that ended."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from dreambrush.cli import ending
from dreambrush.cli.shared.errors import Ending, ending_of
from dreambrush.errors import ExitCode
from tests.fuzz.base import Base

PARSERS = (
    *(
        "recipe",
        "stack",
        "strokemap",
        "strokes",
        "pictures",
        "phone_and_camera",
        "toml_settings",
        "zips",
        "networks",
        "layer_pictures",
    ),
    *("cards", "settings", "palettes", "unfinished", "arrays", "weights", "collections", "brush_orders"),
)
SECONDS = 20.0  # of the processor that a case may take; files are small
MEGABYTES = 800  # that it may take, besides what the process held before
ADDRESSES = 8 << 30  # bytes that the system gives at all
OUTPUTS = ("out.ora", "out.png", "out.gif", "out.webp", "s.json", "s.svg", "new.ora", "o.ora")


class TooSlow(BaseException):
    """A case takes longer than any may."""


@dataclass
class Outcome:
    """How a case ended.

    Attributes:
        case: its number.
        parser: which it is about.
        code: exit code; -n where signal n ended the process.
        error: id of the error; "" if there was none.
        wrong: what must not be; "" if all is well.
        seconds: of the processor.
        megabytes: that it took of memory.
    """

    case: int
    parser: str
    code: int
    error: str
    wrong: str
    seconds: float = 0.0
    megabytes: int = 0

    def line(self) -> str:
        return json.dumps(asdict(self))


def limit_this_process() -> None:
    """Keeps a case from taking the machine along."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    signal.signal(signal.SIGPROF, _too_slow)


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def parser_of(case: int, seed: int) -> str:
    """Which parser a case is about: as often as the weight of that one says."""
    rng = random.Random(f"{seed} {case} which")
    weights = [import_module(f"tests.fuzz.parsers.{name}").WEIGHT for name in PARSERS]
    return rng.choices(PARSERS, weights)[0]


def run_case(case: int, seed: int, base: Base, scratch: Path, keep: bool = False) -> Outcome:
    """Makes and judges a case.

    Args:
        case: its number.
        seed: of the whole campaign.
        base: sound files.
        scratch: a folder for its files, which is emptied first.
        keep: leave the files there.
    """
    parser = parser_of(case, seed)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    os.chdir(scratch)
    rng = random.Random(f"{seed} {case}")
    try:
        command = import_module(f"tests.fuzz.parsers.{parser}").case(rng, base, scratch)
    except Exception as error:  # what cannot be written is no case; the generator's fault, not the product's
        return Outcome(case, parser, 0, f"not made: {type(error).__name__}: {error}"[:120], "")
    before = set(os.listdir())
    outcome = _judged(case, parser, command, before)
    if not keep:
        os.chdir("/")
        shutil.rmtree(scratch, ignore_errors=True)
    return outcome


def _judged(case: int, parser: str, command: tuple[str, ...] | Callable[[], None], before: set[str]) -> Outcome:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # forgets the most memory that there was
    began, held, end, wrong = time.process_time(), _megabytes("VmRSS"), Ending(ExitCode.OK), ""
    out = err = ""
    with _captured() as streams:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            end = ending(command) if isinstance(command, tuple) else ending_of(command)
        except TooSlow:
            wrong = f"takes more than {SECONDS:g} s"
        except BaseException as error:
            wrong = f"ends with {type(error).__name__}: {error}"[:300]
            traceback.print_exc(file=streams[1])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        out, err = streams[0].buffer.getvalue().decode(), streams[1].buffer.getvalue().decode()
    seconds, megabytes = time.process_time() - began, _megabytes("VmHWM") - held
    wrong = wrong or _what_is_wrong(command, end.code, out, err, megabytes, before)
    return Outcome(case, parser, end.code, end.error.id if end.error else "", wrong, round(seconds, 2), megabytes)


def _what_is_wrong(command: Any, code: int, out: str, err: str, megabytes: int, before: set[str]) -> str:
    if code == ExitCode.UNEXPECTED or code not in list(ExitCode):
        return f"exit code {code}: {err.strip().splitlines()[-2:] or ''}"[:400]
    if "Traceback" in err or "has a bug" in err:
        return "shows a traceback"
    if code and not err.strip():
        return f"exit code {code} without a word"
    if megabytes > MEGABYTES:
        return f"takes {megabytes} MB"
    if code == 0 and isinstance(command, tuple) and "--json" in command:
        for line in out.splitlines():
            json.loads(line, parse_constant=_no_constant)
    if any(not sign.isprintable() and sign != "\n" for sign in out):
        return "prints signs that command a terminal"
    left = sorted(set(os.listdir()) - before)
    if any(name.startswith(".dreambrush") for name in left):
        return "leaves a temporary file"
    if code and code != ExitCode.INTERRUPTED and set(left) & set(OUTPUTS):
        return f"exit code {code}, but wrote {left}"
    return ""


def _no_constant(word: str) -> None:
    raise ValueError(f"prints {word}, which is no JSON")


def _megabytes(what: str) -> int:
    """One of the sizes that Linux tells of this process: VmRSS now, VmHWM at most."""
    words = Path("/proc/self/status").read_text().split(f"{what}:")[1].split()
    return int(words[0]) // 1024


class _Stream(io.TextIOWrapper):
    buffer: io.BytesIO


@contextlib.contextmanager
def _captured() -> Iterator[tuple[Any, Any]]:
    """stdout and stderr of Python's, as strict as those of a terminal."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        yield streams[0], streams[1]
    sys.stdout.flush()
