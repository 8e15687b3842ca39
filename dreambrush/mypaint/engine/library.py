"""Loads the compiled binding to libmypaint, and says what to install when it is missing."""

from __future__ import annotations

from functools import cache
from typing import Any

from dreambrush.errors import LibmypaintError

INSTALL = (
    "Install it (Debian, Ubuntu: apt install libmypaint-1.5-1; Fedora: dnf install libmypaint; "
    "Arch: pacman -S libmypaint; macOS: brew install libmypaint) and try again."
)
UPGRADE = "Install libmypaint 1.6 or newer and try again."


_quiet = False


def messages_to_stderr() -> None:
    """Sends what C libraries print to stderr, once libmypaint is loaded.  Python's own stdout stays as it is.

    libmypaint makes remarks on C's stdout, such as "Time is running backwards!".  They would end up among a program's
    results.  This works with glibc only.
    """
    global _quiet
    _quiet = True


@cache
def engine() -> tuple[Any, Any]:
    """The cffi pair ``(ffi, lib)`` of the compiled binding.

    Raises:
        LibmypaintError: libmypaint or the binding is missing or too old.
    """
    try:
        from dreambrush.mypaint.engine import _engine  # type: ignore[attr-defined]
    except ImportError as error:
        if "undefined symbol" in str(error):
            raise LibmypaintError(
                f"MyPaint's engine libmypaint is too old ({error}).", UPGRADE, id="libmypaint-too-old"
            ) from None
        if "libmypaint" in str(error):
            raise LibmypaintError(
                f"MyPaint's engine libmypaint is missing ({error}).", INSTALL, id="libmypaint-missing"
            ) from None
        raise LibmypaintError(
            f"The compiled binding to libmypaint is missing ({error}).",
            "Install dreambrush with pip, which builds it (it needs a C compiler and libmypaint's headers).",
            id="binding-missing",
        ) from None
    if _quiet:
        _engine.lib.db_messages_to_stderr()
    return _engine.ffi, _engine.lib


def libmypaint_version() -> str:
    """The version of libmypaint that the binding was built with, such as "1.6.0"."""
    ffi, lib = engine()
    return str(ffi.string(lib.db_libmypaint_version()).decode())


@cache
def setting_ids() -> dict[str, int]:
    """The engine's number of each brush setting by name (64 of them in libmypaint 1.6)."""
    ffi, lib = engine()
    return {ffi.string(lib.db_setting_name(i)).decode(): i for i in range(lib.db_setting_count())}


@cache
def input_ids() -> dict[str, int]:
    """The engine's number of each brush input (pressure, random, direction, ...) by name."""
    ffi, lib = engine()
    return {ffi.string(lib.db_input_name(i)).decode(): i for i in range(lib.db_input_count())}


@cache
def setting_ranges() -> dict[str, tuple[float, float, float]]:
    """Minimum, default and maximum of each brush setting by name, as libmypaint gives them."""
    ffi, lib = engine()
    ranges = {}
    for name, number in setting_ids().items():
        low, normal, high = ffi.new("float *"), ffi.new("float *"), ffi.new("float *")
        lib.db_setting_range(number, low, normal, high)
        ranges[name] = (float(low[0]), float(normal[0]), float(high[0]))
    return ranges
