"""Opens every .ora in a folder with MyPaint's own code and exports it as PNG beside it, without a display.

Usage: /usr/bin/python3 -B mypaint_renders.py FOLDER

Prints the names of MyPaint's modes as JSON.  Files whose names begin with "clear" are exported without the background
and with alpha.  As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from gui.compatibility import CompatFileBehavior, config  # type: ignore[import-not-found]  # noqa: E402
from lib import document, eotf, modes, mypaintlib  # noqa: E402


def choose_mode_of_work(declared: str | None, root: Any) -> None:
    """What the program does on opening a file, with its default settings."""
    if declared is None:
        setting = config.DEFAULT_CONFIG[CompatFileBehavior.SETTING]
        legacy = CompatFileBehavior.get_compat_mode(setting, root, config.C2X) == config.C1X
    else:
        legacy = float(declared) == 1.0
    eotf.set_eotf(1.0 if legacy else float(declared or eotf.base_eotf()))
    modes.set_default_mode(mypaintlib.CombineNormal if legacy else mypaintlib.CombineSpectralWGM)


def main(folder: str) -> None:
    """Export them all."""
    print(json.dumps(sorted(modes.ORA_MODES_BY_OPNAME)))
    for path in sorted(Path(folder).glob("*.ora")):
        opened = document.Document()
        if not opened.load_ora(str(path), compat_handler=choose_mode_of_work):
            raise SystemExit(f"MyPaint refused {path}")
        clear = path.name.startswith("clear")
        opened.layer_stack.background_visible = not clear
        frame = opened.get_frame()
        opened.layer_stack.save_as_png(str(path.with_suffix(".png")), *frame, alpha=clear, render_background=not clear)
        opened.cleanup()


if __name__ == "__main__":
    main(sys.argv[1])
