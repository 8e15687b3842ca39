"""Whether tests are true on every machine: runs them as other processors would, and with other seeds.

    python scripts/steady.py machines [PYTEST'S ARGUMENTS]
    python scripts/steady.py seeds [PYTEST'S ARGUMENTS]

``machines`` runs tests with the instructions of other processors, as far as they can be switched off: numpy's, those of
its linear algebra library, the C library's, torch's and our kernel's; onnxruntime's cannot be.  ``seeds`` runs them
with ten seeds, and compares how far each figure is from its bound with how much that varies: too near, and another
machine may fail; very far, and the bound may guard nothing.  What tests/spreads.py says holds by construction is left
out.  Both print JSON.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from dreambrush.machine import describe_machine

ROOT = Path(__file__).parent.parent
SEEDS = int(os.environ.get("SEEDS", "10"))
FAR, VERY_FAR = 4.0, 20.0  # spreads between a figure and its bound, below and above which it is told
PICTURES = [
    "tests/painter",
    "tests/replay",
    "tests/quality",
    "tests/styles",
    "tests/test_benchmark.py",
    "tests/cli/paint/test_focus.py",
]
V4, V3 = "X86_V4 AVX512_ICL AVX512_SPR", "X86_V3"  # how numpy calls the instructions of AVX-512, and of AVX2
NO_V4, NO_V3 = "-AVX512F,-AVX512VL,-AVX512BW", "-AVX2,-FMA,-AVX"  # how the C library does
MACHINES: dict[str, dict[str, str]] = {
    "this one": {},
    "no AVX-512, Zen": {
        "NPY_DISABLE_CPU_FEATURES": V4,
        "OPENBLAS_CORETYPE": "Zen",
        "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={NO_V4}",
        "ATEN_CPU_CAPABILITY": "avx2",
        "DREAMBRUSH_KERNEL": "avx2",
    },
    "no AVX-512, Haswell, one thread": {
        "NPY_DISABLE_CPU_FEATURES": V4,
        "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    },
    "no AVX2, Nehalem": {
        "NPY_DISABLE_CPU_FEATURES": f"{V3} {V4}",
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={NO_V3},{NO_V4}",
        "ATEN_CPU_CAPABILITY": "default",
        "DREAMBRUSH_KERNEL": "baseline",
    },
    "no compiled kernel": {"DREAMBRUSH_KERNEL": "none"},
    "SkylakeX, one thread": {"OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    "SkylakeX, two threads": {"OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
}


def run(environment: dict[str, str], arguments: list[str]) -> str:
    """Runs pytest; what it prints."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", "-rf", *arguments]
    done = subprocess.run(
        words, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
    return done.stdout


def machines(arguments: list[str]) -> dict[str, Any]:
    """What fails on each."""
    table: dict[str, dict[str, Any]] = {}
    for name, environment in MACHINES.items():
        printed = run(environment, arguments)
        failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", printed, re.MULTILINE)
        table[name] = {"ends": printed.rstrip().rpartition("\n")[2], "failed": failed}
        print(f"{name}: {table[name]['ends']}", file=sys.stderr, flush=True)
    return {"environments": MACHINES, "tests": table}


def seeds(arguments: list[str]) -> dict[str, Any]:
    """Which figures are nearer to their bounds than FAR spreads, and which tests fail with another seed."""
    margins: dict[str, list[float]] = defaultdict(list)
    sides: dict[str, list[tuple[float, float]]] = defaultdict(list)
    failed: dict[str, list[int]] = defaultdict(list)
    for seed in range(SEEDS):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "found.json"
            environment = {
                "STEADY_SEED": str(seed),
                "STEADY_OUTPUT": str(output),
                "PYTHONPYCACHEPREFIX": str(Path(folder) / "cache"),  # what is kept there has no assertion hook
            }
            plugin = ["-p", "tests.spreads", "-p", "no:xdist", "-o", "enable_assertion_pass_hook=true"]
            printed = run(environment, [*plugin, *arguments])
            nearest: dict[str, tuple[float, float]] = {}
            for where, left, right in json.loads(output.read_text()):
                if where not in nearest or abs(left - right) < abs(nearest[where][0] - nearest[where][1]):
                    nearest[where] = left, right
        for where, (left, right) in nearest.items():
            margins[where].append(abs(left - right))
            sides[where].append((left, right))
        for test in re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", printed, re.MULTILINE):
            failed[test].append(seed)
        print(f"seed {seed}: {printed.rstrip().rpartition(chr(10))[2]}", file=sys.stderr, flush=True)
    near: list[dict[str, Any]] = []
    loose: list[dict[str, Any]] = []
    varied = 0
    for where, found in margins.items():
        spread = statistics.stdev(found) if len(found) > 1 else 0.0
        varied += spread > 0
        if spread > 0 and statistics.mean(found) < FAR * spread:
            near.append({"where": where, "margin": statistics.mean(found), "spread": spread, "sides": sides[where]})
        if spread > 0 and statistics.mean(found) > VERY_FAR * spread:
            loose.append({"where": where, "spreads": statistics.mean(found) / spread, "sides": sides[where][:3]})
    near.sort(key=lambda each: each["margin"] / each["spread"])
    loose.sort(key=lambda each: -each["spreads"])
    return {
        "seeds": SEEDS,
        "figures": len(margins),
        "figures that vary": varied,
        "near": near,
        "loose": loose,
        "failed": failed,
    }


def main() -> None:
    """As the command line says."""
    tools = {"machines": machines, "seeds": seeds}
    if len(sys.argv) < 2 or sys.argv[1] not in tools:
        raise SystemExit(__doc__)
    arguments = sys.argv[2:] or (PICTURES if sys.argv[1] == "seeds" else ["-n", "2", "--dist", "loadfile"])
    print(json.dumps({"machine": describe_machine(), **tools[sys.argv[1]](arguments)}, indent=1))


if __name__ == "__main__":
    main()
