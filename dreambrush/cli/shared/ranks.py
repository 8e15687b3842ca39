"""A command that torchrun has started in several processes: the first one runs it, the others help it train."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.errors import ExitCode

BY_TORCHRUN = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # variables that it sets


def in_all_ranks(command: Callable[..., int]) -> Callable[..., int]:
    """Make a command one that torchrun may start.

    Args:
        command: takes ``device``, and ``ranks`` where there are several.  Only the first process runs it.
    """

    @functools.wraps(command)
    def run(**options: Any) -> int:
        if not all(name in os.environ for name in BY_TORCHRUN) or os.environ["WORLD_SIZE"] in ("", "1"):
            return command(**options)
        need_train_packages("Training")
        from dreambrush.train.fit.follow import follow
        from dreambrush.train.fit.ranks import FirstRankEnded, joined

        first = os.environ["RANK"] == "0"
        try:
            with joined(options["device"]) as ranks:
                if not ranks.first:
                    follow(ranks)
                    return ExitCode.OK
                code = command(**options, ranks=ranks)
                if code == ExitCode.OK:  # else a fit may have been left in its middle
                    ranks.dismiss()
                return code
        except (KeyboardInterrupt, FirstRankEnded):
            if first:
                raise
            # Without a word, for the first one says what is to be said; and at once, for torch would wait for what that
            # one sends next.
            os._exit(ExitCode.INTERRUPTED)

    return run
