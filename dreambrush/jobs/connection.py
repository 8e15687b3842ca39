"""Connects with a Dask scheduler, or has dask-jobqueue start one and ask a batch queue for workers."""

from __future__ import annotations

import logging
import shutil
import signal
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dreambrush import __version__
from dreambrush.errors import ClusterError, MissingPackageError, UsageError
from dreambrush.jobs.at_worker import other_version, version
from dreambrush.jobs.where import QUEUES, TLS, Where, host_and_port

if TYPE_CHECKING:
    from distributed import Client, Security

LOGGERS = ("distributed", "asyncio", "tornado", "tornado.application")
PATIENCE = 10.0  # seconds for a scheduler to answer
SMALLEST = {"cores": 1, "processes": 1, "memory": "4GB"}  # a job of a queue, unless somebody says otherwise


@contextmanager
def connected(where: Where, jobs: int, note: Callable[[str], None]) -> Iterator[Client]:
    """A client of the cluster, closed with the block.  A queue's jobs end with it, too.

    Args:
        where: which cluster.
        jobs: how many jobs to ask a queue for.
        note: is told where the dashboard is.

    Raises:
        MissingPackageError: Dask is not installed here, or another dreambrush, or none, at a worker.
        ClusterError: nobody answers, or not as a scheduler does.
        UsageError: the queue does not take its arguments.
    """
    _need_packages(("distributed",) if where.queue is None else ("distributed", "dask_jobqueue"))
    # Dask logs each lost connection, some with a traceback; what matters of that we say ourselves.
    with _overheard(note), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", FutureWarning)
        opened = _client(where) if where.queue is None else _client_of_queue(where, jobs)
        with opened as client:
            _check_versions(client)
            note(f"Dask's dashboard: {client.dashboard_link}")
            yield client


def _need_packages(names: tuple[str, ...]) -> None:
    missing = [name.replace("_", "-") for name in names if find_spec(name) is None]
    if missing:
        raise MissingPackageError(
            f"--cluster needs Python packages that are not installed: {', '.join(missing)}.",
            f"Install them with: pip install {' '.join(missing)}",
            id="packages-missing",
        )


@contextmanager
def _client(where: Where) -> Iterator[Client]:
    from distributed import Client

    assert where.address is not None
    _check_reachable(where.address)
    security = _security(where)
    try:
        client = Client(where.address, timeout=PATIENCE, set_as_default=False, security=security)
    except Exception as error:  # of tornado, ssl, asyncio, msgpack and others
        raise _no_scheduler(where.address, error) from None
    try:
        yield client
    finally:
        with suppress(Exception):  # it may be gone
            client.close(timeout=PATIENCE if client.status == "running" else 0.1)


@contextmanager
def _client_of_queue(where: Where, jobs: int) -> Iterator[Client]:
    import dask
    from distributed import Client

    assert where.queue is not None
    kind = _kind_of_queue(where.queue)
    known = dask.config.get(f"jobqueue.{where.queue}", {})
    arguments: dict[str, Any] = {name: value for name, value in SMALLEST.items() if known.get(name) is None}
    arguments |= where.arguments
    if where.tls is not None:
        arguments["security"] = _security(where)
    submit = getattr(kind.job_cls, "submit_command", None)
    if submit and shutil.which(submit.split()[0]) is None:
        raise _no_queue(where, f"there is no command '{submit.split()[0]}' on this machine")
    try:
        cluster = kind(**arguments)
    except Exception as error:  # wrong arguments raise almost anything
        raise _no_queue(where, _in_short(error)) from None
    try:
        cluster.scale(jobs=jobs)
        with Client(cluster, set_as_default=False) as client:
            yield client
    finally:
        with suppress(Exception):
            cluster.close(timeout=PATIENCE)


def _kind_of_queue(name: str) -> Any:
    """The class of dask-jobqueue."""
    handler = signal.getsignal(signal.SIGINT)
    import dask_jobqueue
    import dask_jobqueue.local

    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, handler)  # for to import it is to have Ctrl-C end the program at once
    return getattr(dask_jobqueue.local if name == "local" else dask_jobqueue, QUEUES[name])


def _no_queue(where: Where, why: str) -> UsageError:
    return UsageError(
        f"The cluster '{where.word}' cannot be started: {why}.",
        "Say what its jobs need in a FILE.toml (docs/scale.md), or in ~/.config/dask/jobqueue.yaml.",
        id="cluster-unusable",
    )


def _security(where: Where) -> Security:
    from distributed import Security

    if where.tls is None:
        # From Dask's own configuration, if that has some.
        return Security(require_encryption=True) if (where.address or "").startswith(TLS) else Security()
    files = where.tls
    every = {"tls_ca_file": str(files.ca)}
    for role in ("client", "scheduler", "worker"):
        every |= {f"tls_{role}_cert": str(files.cert), f"tls_{role}_key": str(files.key)}
    return Security(require_encryption=True, **every)


def _check_reachable(address: str) -> None:
    """Dask would try again for long where nobody listens."""
    try:
        socket.create_connection(host_and_port(address), timeout=PATIENCE).close()
    except OSError as error:
        raise _no_scheduler(address, error) from None


def _no_scheduler(address: str, error: Exception) -> ClusterError:
    advice = "Start one with `dask scheduler`, and check its address."
    if address.startswith(TLS):
        advice = "Check its address, and the certificates in FILE.toml."
    return ClusterError(
        f"No Dask scheduler answers at {address}: {_in_short(error)}.", advice, id="cluster-unreachable"
    )


def lost(where: str) -> ClusterError:
    """The scheduler has gone while there was work."""
    return ClusterError(
        f"The connection with the scheduler of '{where}' is lost.",
        "What is finished is kept.  Start the cluster again, and then the same command (paint: with --continue).",
        id="cluster-lost",
    )


def _check_versions(client: Client) -> None:
    """Workers that come later are asked with each piece."""
    for found in client.run(version, on_error="return").values():
        if is_lacking(found):
            raise other_version(None, __version__)
        if isinstance(found, str) and found != __version__:
            raise other_version(found, __version__)


def is_lacking(found: object) -> bool:
    """Whether an answer says that there is no dreambrush, or none with this module.  Dask may wrap the error."""
    return isinstance(found, BaseException) and ModuleNotFoundError.__name__ in f"{found!r} {found.__cause__!r}"


def _in_short(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    reason = str(reason).rpartition("stderr:")[2]  # of a command that a queue has
    return " ".join(reason.split())[:200].rstrip(".")


@contextmanager
def _overheard(note: Callable[[str], None]) -> Iterator[None]:
    """Keep the logs of Dask and of asyncio from the terminal, but tell why a queue does not take a job."""
    import distributed  # noqa: F401, which gives the loggers handlers

    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(each.handlers, each.propagate) for each in loggers]
    handler = _Refusals(note)
    for each in loggers:
        each.handlers, each.propagate = [handler], False
    try:
        yield
    finally:
        for each, (handlers, propagate) in zip(loggers, before, strict=True):
            each.handlers, each.propagate = handlers, propagate


class _Refusals(logging.Handler):
    """Tells of jobs that a queue did not take: the errors of what Dask begins and does not wait for are only logged."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._note, self._told = note, False

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not record.name.startswith("distributed") and isinstance(error, Exception) and not self._told:
            self._told = True
            self._note(f"The cluster did not take a job: {_in_short(error)}.")
