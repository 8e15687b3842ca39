"""What travels between this process and a cluster: our own functions by name, plain data, arrays and bytes.

Python's pickles may name any function of any module.  These name none but ours, neither when they are written nor when
they are read.  Whoever can reach a Dask scheduler can have it run anything all the same, by Dask's own messages: TLS
keeps others out.  This keeps us from sending more than we say.
"""

from __future__ import annotations

import builtins
import io
import pickle
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any

from dreambrush.errors import DreambrushError

OURS = "dreambrush"
PROTOCOL = 5  # of pickle; every Python that dreambrush runs on has it
# Of others: how partial functions, paths and arrays are made again, and the arrays' types.
OTHERS = {
    "functools": ("partial",),
    "pathlib": ("Path", "PosixPath", "PurePosixPath", "PurePath", "WindowsPath"),
    "pathlib._local": ("Path", "PosixPath", "PurePosixPath", "PurePath", "WindowsPath"),
    "collections": ("OrderedDict",),
    "_codecs": ("encode",),
    "numpy": ("ndarray", "dtype"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.numeric": ("_frombuffer",),
    "numpy.core.multiarray": ("_reconstruct", "scalar"),
    "numpy.core.numeric": ("_frombuffer",),
}
PLAIN = ("complex", "set", "frozenset", "bytearray", "range", "slice")  # of builtins; errors may travel, too


def pack(value: Any) -> bytes:
    """The bytes of a value.

    Raises:
        TypeError: it holds a function, or an object of a type, that is not ours.
    """
    written = io.BytesIO()
    _MessageWriter(written, PROTOCOL).dump(value)
    return written.getvalue()


def unpack(data: bytes) -> Any:
    """The value of these bytes.

    Raises:
        TypeError: they name what is not ours.
        ModuleNotFoundError: they are of another version of dreambrush.
    """
    return _MessageReader(io.BytesIO(data)).load()


class _MessageWriter(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, type | FunctionType | BuiltinFunctionType):
            _check(str(value.__module__), value.__qualname__)
        if isinstance(value, Enum):
            return _member, (type(value), value.name)  # Python 3.11 would name getattr, with which all can be reached
        if isinstance(value, BaseException):
            return value.__reduce__()  # Dask has pickle add tracebacks, by functions of others
        return NotImplemented  # as pickle does it


def _member(kind: type[Enum], name: str) -> Enum:
    return kind[name]


class _MessageReader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        _check(module, name)
        found = super().find_class(module, name)
        if _is_ours(module) and not _is_ours(str(getattr(found, "__module__", ""))):
            raise TypeError(f"{module}.{name} is not dreambrush's own, but imported")
        return found


def _check(module: str, name: str) -> None:
    if not (_is_ours(module) or name in OTHERS.get(module, ()) or (module == "builtins" and _is_plain(name))):
        raise TypeError(f"{module}.{name} is not dreambrush's own")


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == OURS


def _is_plain(name: str) -> bool:
    found = getattr(builtins, name, None)
    return name in PLAIN or (isinstance(found, type) and issubclass(found, BaseException))


def our_error(error: BaseException) -> BaseException:
    """The error itself if it can travel, else one that says the same."""
    try:
        pack(error)
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error if isinstance(error, DreambrushError) else error.with_traceback(None)
