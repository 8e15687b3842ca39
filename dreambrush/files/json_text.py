"""Reads JSON that may come from a stranger, in bounded memory."""

from __future__ import annotations

import json
from typing import Any

MOST_VALUES = 5_000_000  # each takes up to 120 bytes of memory: 600 MB
_BETWEEN = ",[{"  # as many of these as there are values, at least; some stand in texts, which does not matter


def read_json(text: str | bytes) -> Any:
    """Reads a JSON text.  Numbers may be NaN or infinite; texts may have halves of characters.

    An empty list takes 24 times the memory of its text.  So a limit of bytes alone would have to be low.

    Raises:
        ValueError: the text is no JSON, nests too deeply, or holds more than 5,000,000 values.  The message says why in
            a few words.
    """
    words = text.decode() if isinstance(text, bytes) else text
    if sum(map(words.count, _BETWEEN)) > MOST_VALUES:
        raise ValueError(f"it holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(words)
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def whole_characters(text: str) -> str:
    """The text with U+FFFD in place of each half of a character.

    JSON can name such halves, but no encoding can write them.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
