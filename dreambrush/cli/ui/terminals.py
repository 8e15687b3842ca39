"""What a terminal can show, as its environment tells.

Asking the terminal itself could hang, or leave litter on the screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TextIO


class Colours(Enum):
    """How many colours a terminal has."""

    FEW = "few"  # none, or 8 or 16 that look different on each terminal
    CUBE = "256"  # xterm's
    ALL = "24 bit"


@dataclass(frozen=True)
class Terminal:
    """What a terminal can show.

    Attributes:
        live: whether text can be redrawn in place.
        colours: how many colours it has.
        kitty: whether it has kitty's graphics protocol.
    """

    live: bool
    colours: Colours
    kitty: bool

    @property
    def pictures(self) -> bool:
        """Whether it can show a preview."""
        return self.live and self.colours is not Colours.FEW


def terminal_at(stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> Terminal:
    """The terminal that a stream writes to.

    Args:
        stream: the stream; by default stderr.
        environment: its TERM, COLORTERM, TERM_PROGRAM, KITTY_WINDOW_ID, NO_COLOR and TMUX are used.
    """
    stream = stream or sys.stderr
    term = environment.get("TERM", "").lower()
    live = stream.isatty() and term not in ("", "dumb", "unknown")
    if environment.get("NO_COLOR"):
        return Terminal(live, Colours.FEW, kitty=False)
    # tmux and screen inherit the variables of the terminal around them, but swallow pictures.
    direct = not environment.get("TMUX") and not term.startswith(("tmux", "screen"))
    by_name = term in ("xterm-kitty", "xterm-ghostty") or "KITTY_WINDOW_ID" in environment
    kitty = live and direct and (by_name or environment.get("TERM_PROGRAM") in ("WezTerm", "ghostty"))
    if kitty or environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
        return Terminal(live, Colours.ALL, kitty)
    return Terminal(live, Colours.CUBE if "256color" in term else Colours.FEW, kitty)
