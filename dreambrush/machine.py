"""What figures were measured on."""

from __future__ import annotations

import platform
from pathlib import Path

from dreambrush.cores import available_cores

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
