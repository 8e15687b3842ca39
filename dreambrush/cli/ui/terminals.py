"""What the terminal can show, as far as it says so without being asked: questions to it could hang or leave litter."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TextIO


class Colours(Enum):
    """How many colours a terminal has."""

    FEW = "few"  # none at all, or eight or sixteen that look different everywhere
    CUBE = "256"  # xterm's
    ALL = "24 bit"


@dataclass(frozen=True)
class Terminal:
    """What a terminal can show.

    Attributes:
        live: whether what is written can be redrawn in place.
        colours: how many.
        kitty: whether it shows pictures by kitty's graphics protocol.
    """

    live: bool
    colours: Colours
    kitty: bool

    @property
    def pictures(self) -> bool:
        """Whether a preview can be drawn."""
        return self.live and self.colours is not Colours.FEW


def terminal_at(stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> Terminal:
    """The terminal at the other end of a stream.

    Args:
        stream: what is written to; by default stderr.
        environment: TERM, COLORTERM, TERM_PROGRAM, KITTY_WINDOW_ID, NO_COLOR and TMUX are looked at.
    """
    stream = stream or sys.stderr
    term = environment.get("TERM", "").lower()
    live = stream.isatty() and term not in ("", "dumb", "unknown")
    if environment.get("NO_COLOR"):
        return Terminal(live, Colours.FEW, kitty=False)
    # What comes between, tmux or screen, inherits the variables of the terminal around it but swallows pictures.
    direct = not environment.get("TMUX") and not term.startswith(("tmux", "screen"))
    by_name = term in ("xterm-kitty", "xterm-ghostty") or "KITTY_WINDOW_ID" in environment
    kitty = live and direct and (by_name or environment.get("TERM_PROGRAM") in ("WezTerm", "ghostty"))
    if kitty or environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
        return Terminal(live, Colours.ALL, kitty)
    return Terminal(live, Colours.CUBE if "256color" in term else Colours.FEW, kitty)
