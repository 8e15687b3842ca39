"""The answer of one of the doctor's checks."""

from __future__ import annotations

from typing import NamedTuple


class Advice(NamedTuple):
    """The finding in one sentence, and what to do about it ("" for nothing)."""

    found: str
    mend: str = ""
