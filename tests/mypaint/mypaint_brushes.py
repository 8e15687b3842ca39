"""Starts MyPaint's own brush manager, without a display, on folders of users, and reports as JSON what it shows.

Usage: /usr/bin/python3 -B mypaint_brushes.py [--import PACK.zip] FOLDER...

As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402
from gui import brushmanager  # type: ignore[import-not-found]  # noqa: E402


def shown(folder: str, pack: str | None) -> dict[str, object]:
    """The groups with the names of their brushes, and what is known of ours."""
    manager = brushmanager.BrushManager(lib.config.mypaint_brushdir, folder, app=None)
    imported = manager.import_brushpack(pack) if pack else ()
    ours = {brush.name: brush for group in manager.groups.values() for brush in group if "dreambrush/" in brush.name}
    return {
        "groups": {group: [brush.name for brush in brushes] for group, brushes in manager.groups.items()},
        "imported": sorted(imported),
        "previews": {name: [brush.preview.get_width(), brush.preview.get_height()] for name, brush in ours.items()},
        "hardness": {name: brush.brushinfo.get_base_value("hardness") for name, brush in ours.items()},
    }


if __name__ == "__main__":
    words = sys.argv[1:]
    pack = words[1] if words[0] == "--import" else None
    print(json.dumps([shown(folder, pack) for folder in words[2 if pack else 0 :]]))
