"""Checks whether MyPaint is installed, and has our brushes."""

from __future__ import annotations

import shutil
from pathlib import Path

from dreambrush.doctor.advice import Advice
from dreambrush.mypaint.brushes.folders import GROUP, SUFFIX, data_home, user_folder

FLATPAK = "org.mypaint.MyPaint"
SYSTEM_FLATPAKS = Path("/var/lib/flatpak")
MAC_APPS = (Path("/Applications/MyPaint.app"),)


def mypaint_itself() -> Advice:
    """Finds MyPaint."""
    place = _program() or _flatpak()
    if place is None:
        return Advice(
            "MyPaint was not found.  Paintings are saved anyway, and Krita opens them too.",
            "Install it to paint on (Debian, Ubuntu: apt install mypaint; or https://www.mypaint.app).",
        )
    return Advice(f"{place}.")


def brushes_in_mypaint() -> Advice | None:
    """Checks whether MyPaint has our brushes; None if there is no MyPaint."""
    from dreambrush.models.catalogue import shipped_folder

    if _program() is not None:
        folder, install = user_folder(), "Add them with: dreambrush brushes --install"
    elif _flatpak() is not None:
        folder = Path.home() / ".var" / "app" / FLATPAK / "data" / "mypaint" / "brushes"
        install = (
            "Write a brush pack with: dreambrush brushes --pack dreambrush.zip  Then import it in MyPaint "
            "(Brush > Import Brushes)."
        )
    else:
        return None
    names = sorted(path.name for path in shipped_folder("brushes").glob("*" + SUFFIX))
    absent = [name.removesuffix(SUFFIX) for name in names if not (folder / GROUP / name).is_file()]
    if not absent:
        return Advice(f"MyPaint has all of dreambrush's brushes, in its group {GROUP.title()}.")
    all_of_them = len(absent) == len(names)
    which = "dreambrush's brushes" if all_of_them else f"some of dreambrush's brushes: {', '.join(absent)}"
    return Advice(f"MyPaint lacks {which}.  So its W key picks a stroke's settings, but not its brush.", install)


def _program() -> Path | None:
    found = shutil.which("mypaint")
    return Path(found) if found else next((app for app in MAC_APPS if app.exists()), None)


def _flatpak() -> Path | None:
    places = (root / "app" / FLATPAK for root in (data_home() / "flatpak", SYSTEM_FLATPAKS))
    return next((place for place in places if place.exists()), None)
