"""What --cluster may say."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from dreambrush.errors import UsageError
from dreambrush.jobs.connection import _kind_of_queue
from dreambrush.jobs.where import QUEUES, host_and_port, read_where


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("tcp://10.0.0.7:8786", "10.0.0.7", 8786),
        ("tls://head-node.lab:1", "head-node.lab", 1),
        ("tcp://[::1]:8786", "::1", 8786),
    ],
)
def test_addresses(address: str, host: str, port: int) -> None:
    assert read_where(address).address == address
    assert host_and_port(address) == (host, port)


@pytest.mark.parametrize(
    "word", ["http://a:1", "tcp://a", "tcp://:8786", "tcp://a:0", "tcp://a:99999", "tcp://a:x", "tcp://u@a:1", "://"]
)
def test_what_is_no_address(word: str) -> None:
    with pytest.raises(UsageError, match="not the address of a scheduler") as caught:
        read_where(word)
    assert caught.value.id == "cluster-unusable"


def test_queues() -> None:
    assert {read_where(name).queue for name in QUEUES} == set(QUEUES)
    with pytest.raises(UsageError, match="Did you mean slurm") as caught:
        read_where("slrum")
    assert caught.value.id == "no-such-cluster"
    with pytest.raises(UsageError, match=r"htcondor, local, .* or slurm"):
        read_where("")


def test_the_names_are_those_of_dask_jobqueue_and_ctrl_c_stays_what_it_is() -> None:
    """To import dask-jobqueue changes what Ctrl-C does, so it must not be imported in any other way."""
    before = signal.getsignal(signal.SIGINT)
    for name, kind in QUEUES.items():
        assert _kind_of_queue(name).__name__ == kind
    assert signal.getsignal(signal.SIGINT) is before


def test_a_file_with_certificates(tmp_path: Path) -> None:
    for name in ("ca.pem", "me.pem", "key.pem"):
        (tmp_path / name).write_text("")
    file = tmp_path / "lab.toml"
    file.write_text('address = "tls://a:1"\n[tls]\nca = "ca.pem"\ncert = "me.pem"\nkey = "key.pem"\n')
    found = read_where(str(file))
    assert found.address == "tls://a:1" and found.tls is not None and found.tls.cert == tmp_path / "me.pem"
    file.write_text('queue = "slurm"\n[arguments]\nmemory = "8GB"\njob_extra_directives = ["--exclusive"]\n')
    found = read_where(str(file))
    assert found.queue == "slurm" and found.arguments["memory"] == "8GB"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an address or a queue"),
        ('address = "tcp://a:1"\nqueue = "slurm"', "an address or a queue"),
        ("address = 1", "is not text"),
        ('adress = "tcp://a:1"', "no key 'adress'"),
        ('address = "tcp://a:1"\n[arguments]\ncores = 1', "for a queue"),
        ('queue = "slurm"\narguments = 1', "a table"),
        ('address = "tls://a:1"\n[tls]\nca = "gone.pem"\ncert = "a"\nkey = "b"', "cannot be read"),
        ('address = "tls://a:1"\n[tls]\nca = "lab.toml"', "ca, cert, key"),
        ('address = "tls://a:1"\n[tls]\nca = 1\ncert = 1\nkey = 1', "is not text"),
        (
            'address = "tcp://a:1"\n[tls]\nca = "lab.toml"\ncert = "lab.toml"\nkey = "lab.toml"',
            "does not begin with tls://",
        ),
        ("[[", "not TOML"),
    ],
)
def test_broken_files(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "lab.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=why) as caught:
        read_where(str(file))
    assert caught.value.id == "cluster-unusable" and str(file) in caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_where(str(tmp_path / "gone.toml"))
