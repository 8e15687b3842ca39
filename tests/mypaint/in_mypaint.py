"""Runs a script beside this file by Debian's Python, with MyPaint's own code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 300  # seconds


def run_in_mypaint(
    script: str,
    home: Path,
    *arguments: object,
    standard_input: str | None = None,
    variables: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """What a script prints.

    Args:
        script: its file's name.
        home: for MyPaint's settings; made if it is not there.
        arguments: of the script.
        standard_input: what it reads.
        variables: more of its environment.
        folder: in which it runs; by default this one.
    """
    home.mkdir(exist_ok=True, parents=True)
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home))
    done = subprocess.run(
        ["/usr/bin/python3", "-B", str(Path(__file__).with_name(script)), *map(str, arguments)],
        input=standard_input,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(variables or {}), **folders},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
