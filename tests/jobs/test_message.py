"""Messages carry our own functions and data, and name nothing else."""

from __future__ import annotations

import os
import pickle
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.errors import ExitCode, OutputError
from dreambrush.jobs.message import our_error, pack, unpack
from dreambrush.jobs.parcel import Parcel, check_name
from dreambrush.jobs.pieces import ProcessDiedError


@pytest.mark.parametrize(
    "value",
    [
        {"numbers": (1, 2.5, True, None), "texts": ["a", b"b"], "sets": {1, frozenset({2})}},
        Parcel({"a": b"b"}),
        Path("some") / "file",
        ExitCode.BRUSH,
        check_name,
        np.float32(0.5),
    ],
)
def test_plain_data_and_our_own_come_back(value: Any) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.parametrize("kind", ["uint8", "float32", "int64", "bool", "U3"])
def test_arrays_come_back(kind: str) -> None:
    array = np.arange(12).reshape(3, 4).astype(kind)
    for each in (array, array.T, array[::2]):
        found = unpack(pack(each))
        assert found.dtype == each.dtype and np.array_equal(found, each)


def test_a_function_with_arguments_comes_back() -> None:
    found = unpack(pack(partial(check_name, name="a")))
    assert found.func is check_name and found.keywords == {"name": "a"}


def test_errors_come_back() -> None:
    found = unpack(pack(OutputError("No room.", "Free some.", id="no-room")))
    assert (type(found), found.message, found.advice, found.id) == (OutputError, "No room.", "Free some.", "no-room")
    assert unpack(pack(ProcessDiedError("exit code 3"))).how == "exit code 3"
    assert isinstance(unpack(pack(MemoryError())), MemoryError)


@pytest.mark.parametrize("value", [os.system, subprocess.Popen, print, eval, lambda: 1, os, np.load, getattr])
def test_what_is_not_ours_is_not_sent(value: Any) -> None:
    with pytest.raises(TypeError, match=r"not dreambrush's own|pickle"):
        pack({"something": [value]})


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(os.system),
        pickle.dumps(partial(os.system, "true")),
        b"cdreambrush.jobs.parcel\nos\n.",
        b"\x80\x04\x8c\x16dreambrush.jobs.parcel\x8c\tos.system\x93.",
        b"cbuiltins\neval\n.",
    ],
)
def test_what_is_not_ours_is_not_read(data: bytes) -> None:
    with pytest.raises(TypeError, match="not dreambrush's own"):
        unpack(data)


def test_an_error_that_cannot_travel_says_the_same() -> None:
    class OwnError(Exception):
        pass

    assert str(our_error(OwnError("of mine"))) == "OwnError: of mine"
    error = OSError(2, "No such file")
    assert our_error(error) is error
