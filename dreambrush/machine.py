"""Describes this machine: for figures, and because the bytes of a painting depend on it."""

from __future__ import annotations

import platform
import resource
import sys
import zlib
from pathlib import Path

from dreambrush.cores import available_cores

STATUS = Path("/proc/self/status")  # of Linux
CPU_INFO = Path("/proc/cpuinfo")  # of Linux; elsewhere Python knows the name
LEVELS = {  # what tells each level from the one before, as /proc/cpuinfo has it
    2: {"cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"},
    3: {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"},
    4: {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
}


def describe_machine() -> dict[str, object]:
    """Name of the processor, cores that this process may use, operating system, and version of Python."""
    cpu = platform.processor() or platform.machine()
    if CPU_INFO.exists():
        lines = CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    return {
        "cpu": cpu,
        "cores": available_cores(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def foundations() -> dict[str, str]:
    """Everything but inputs, options and seed on which the bytes of a painting depend.

    Returns:
        The versions of dreambrush and of the libraries that compute, and the kind of processor.  With other
        instructions libraries round differently, and a last bit may decide where a stroke goes.
    """
    import numpy
    import onnxruntime
    import PIL

    from dreambrush import __version__
    from dreambrush.mypaint.engine.library import libmypaint_version

    return {
        "dreambrush": __version__,
        "numpy": numpy.__version__,
        "onnxruntime": onnxruntime.__version__,
        "libmypaint": libmypaint_version(),
        "pillow": PIL.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "processor": processor_kind(),
    }


def processor_kind() -> str:
    """Level of instructions, maker and family of the processor, such as "x86-64-v3 AuthenticAMD 25".

    The levels are those of the x86-64 psABI (section 3.1.1): v2 up to SSE4.2, v3 up to AVX2, v4 up to AVX-512.
    """
    if platform.machine() != "x86_64" or not CPU_INFO.exists():
        return platform.machine()
    text = CPU_INFO.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    flags = set(facts.get("flags", "").split())
    level = 1
    for number, needed in LEVELS.items():
        if not needed <= flags:
            break
        level = number
    return f"x86-64-v{level} {facts.get('vendor_id', 'unknown')} {facts.get('cpu family', '')}".rstrip()


def peak_memory() -> int:
    """The most megabytes that this process has held.  Without /proc, its parent's peak may count too."""
    if STATUS.exists():
        return int(STATUS.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) // 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
