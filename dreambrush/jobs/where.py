"""What ``--cluster`` may say: the address of a scheduler, a kind of batch queue, or a TOML file with more of either.

    address = "tls://10.0.0.7:8786"     # or: queue = "slurm"

    [arguments]                         # for a queue: what dask-jobqueue's class of that kind takes
    memory = "4GB"

    [tls]                               # paths are relative to this file
    ca = "ca.pem"
    cert = "me.pem"
    key = "me-key.pem"

Nothing here imports Dask.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreambrush.errors import UsageError
from dreambrush.files.toml_file import read_toml

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%]+\]|[^\s/:@\[\]]+):(\d{1,5})")
QUEUES = {
    "htcondor": "HTCondorCluster",
    "local": "LocalCluster",
    "lsf": "LSFCluster",
    "moab": "MoabCluster",
    "oar": "OARCluster",
    "pbs": "PBSCluster",
    "sge": "SGECluster",
    "slurm": "SLURMCluster",
}
"""The classes of dask-jobqueue, by what we call them."""
SUFFIX = ".toml"
KEYS = ("address", "queue", "arguments", "tls")
TLS_KEYS = ("ca", "cert", "key")
TLS = "tls://"
LAST_PORT = 65535


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM format, with which both sides prove who they are.

    Attributes:
        ca: certificate of the authority that has signed those of all machines.
        cert: our own certificate.
        key: its key.
    """

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True)
class Where:
    """Where to do pieces of work.

    Attributes:
        word: as the user named it.
        address: of a Dask scheduler; None for a queue.
        queue: one of ``QUEUES``; None for an address.
        arguments: for the class of that queue, by name.
        tls: None for what Dask's own configuration says.
    """

    word: str
    address: str | None = None
    queue: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    tls: TlsFiles | None = None


def read_where(word: str) -> Where:
    """What a user's ``--cluster`` says.

    Raises:
        UsageError: it is no address, no queue that we know, and no file, or the file is broken.
    """
    if word.lower().endswith(SUFFIX):
        return _from_file(word)
    if "://" in word:
        return Where(word, address=_checked_address(word))
    return Where(word, queue=_checked_queue(word))


def host_and_port(address: str) -> tuple[str, int]:
    """Host and port of an address."""
    found = ADDRESS.fullmatch(address)
    assert found is not None
    return found[2].strip("[]"), int(found[3])


def _checked_address(address: str) -> str:
    found = ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[3]) <= LAST_PORT:
        raise UsageError(
            f"'{address}' is not the address of a scheduler.",
            "Write it as `dask scheduler` prints it, such as tcp://10.0.0.7:8786",
            id="cluster-unusable",
        )
    return address


def _checked_queue(word: str) -> str:
    if word not in QUEUES:
        near = difflib.get_close_matches(word.lower(), QUEUES, n=1)
        advice = f"Did you mean {near[0]}?" if near else f"Say tcp://HOST:PORT, FILE.toml, or {_one_of(QUEUES)}."
        raise UsageError(f"There is no kind of cluster named '{word}'.", advice, id="no-such-cluster")
    return word


def _from_file(word: str) -> Where:
    path = Path(word)
    try:
        content = read_toml(path)
    except ValueError as error:
        raise _broken(word, str(error)) from None
    for key in content:
        if key not in KEYS:
            raise _broken(word, f"there is no key '{key[:40]}'", f"The keys are: {', '.join(KEYS)}.")
    address, queue = content.get("address"), content.get("queue")
    if (address is None) == (queue is None):
        raise _broken(word, "it has to have either an address or a queue")
    if not isinstance(address if queue is None else queue, str):
        raise _broken(word, f"the value of '{'address' if queue is None else 'queue'}' is not text")
    arguments = content.get("arguments", {})
    if not isinstance(arguments, dict) or (arguments and queue is None):
        raise _broken(word, "[arguments] has to be a table, and is for a queue")
    tls = _tls(word, path.parent, content["tls"]) if "tls" in content else None
    if address is not None:
        if tls is not None and not address.startswith(TLS):
            raise _broken(word, f"it has certificates, but the address does not begin with {TLS}")
        return Where(word, address=_checked_address(address), tls=tls)
    assert queue is not None
    return Where(word, queue=_checked_queue(queue), arguments=arguments, tls=tls)


def _tls(word: str, folder: Path, table: Any) -> TlsFiles:
    if not isinstance(table, dict) or set(table) != set(TLS_KEYS):
        raise _broken(word, f"[tls] has to name {', '.join(TLS_KEYS)}, and nothing else")
    paths = {}
    for key, value in table.items():
        if not isinstance(value, str) or "\0" in value:
            raise _broken(word, f"the value of '{key}' is not text")
        paths[key] = folder / Path(value).expanduser()
        try:
            paths[key].open("rb").close()
        except OSError as error:
            raise _broken(word, f"'{paths[key]}' cannot be read ({error.strerror})") from None
    return TlsFiles(**paths)


def _one_of(words: Mapping[str, str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _broken(word: str, why: str, advice: str = "docs/scale.md has examples of such files.") -> UsageError:
    return UsageError(f"The cluster file '{word}' cannot be used: {why.rstrip('.')}.", advice, id="cluster-unusable")
