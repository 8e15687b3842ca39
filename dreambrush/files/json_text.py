"""Reads JSON that may come from a stranger, in memory that is bounded by more than its length."""

from __future__ import annotations

import json
from typing import Any

MOST_VALUES = 5_000_000  # each takes up to 120 bytes of memory: 600 MB
_BETWEEN = ",[{"  # as many of these as there are values, at least; some stand in texts, which does not matter


def read_json(text: str | bytes) -> Any:
    """What a text says; numbers may be NaN or infinite, texts may have halves of characters.

    An empty list takes 24 times the memory of its text, so a limit of bytes alone would have to be a low one.

    Raises:
        ValueError: it is no JSON, nests too deeply, or holds more than 5,000,000 values; why, in a few words.
    """
    words = text.decode() if isinstance(text, bytes) else text
    if sum(map(words.count, _BETWEEN)) > MOST_VALUES:
        raise ValueError(f"it holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(words)
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def whole_characters(text: str) -> str:
    """The text with U+FFFD in place of each half of a character, which JSON can name and no encoding can write."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
