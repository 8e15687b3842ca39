"""What a check of the doctor gives."""

from __future__ import annotations

from typing import NamedTuple


class Advice(NamedTuple):
    """What was found, in one sentence, and how to mend it; "" where nothing is to be done."""

    found: str
    mend: str = ""
