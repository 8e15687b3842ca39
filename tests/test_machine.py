from __future__ import annotations

import platform
from pathlib import Path

import pytest

from dreambrush import __version__, machine

ZEN = "fpu sse sse2 ssse3 sse4_1 sse4_2 cx16 popcnt avx avx2 bmi1 bmi2 f16c fma movbe"
SERVER = f"{ZEN} avx512f avx512bw avx512cd avx512dq avx512vl"


@pytest.mark.parametrize(
    ("flags", "level"),
    [(SERVER, 4), (ZEN, 3), (ZEN.replace("avx2 ", ""), 2), (SERVER.replace(" avx2", ""), 2), ("fpu sse sse2", 1)],
)
def test_the_kind_of_a_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, level: int) -> None:
    one = f"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel name\t: AMD\nflags\t\t: {flags}\n"
    (tmp_path / "cpuinfo").write_text(one + "\n" + one)
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert machine.processor_kind() == f"x86-64-v{level} AuthenticAMD 25"


def test_without_cpuinfo_the_kind_is_what_python_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "none")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert machine.processor_kind() == "arm64"


def test_foundations_are_plain_words() -> None:
    found = machine.foundations()
    assert found["dreambrush"] == __version__
    assert all(isinstance(value, str) and value for value in found.values())
