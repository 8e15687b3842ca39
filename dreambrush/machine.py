"""What figures were measured on."""

from __future__ import annotations

import platform
import resource
import sys
from pathlib import Path

from dreambrush.cores import available_cores

STATUS = Path("/proc/self/status")  # of Linux
CPU_INFO = Path("/proc/cpuinfo")  # of Linux; elsewhere Python knows the name


def describe_machine() -> dict[str, object]:
    """Name of the processor, cores that this process may use, operating system and version of Python."""
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


def peak_memory() -> int:
    """Megabytes that this process has held at most; where there is no /proc its parent's may count, too."""
    if STATUS.exists():
        return int(STATUS.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) // 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
