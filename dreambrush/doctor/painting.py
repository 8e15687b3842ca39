"""Checks what painting needs: libmypaint, brushes, their dreams, and the networks for faces and subjects."""

from __future__ import annotations

from pathlib import Path

from dreambrush.doctor.advice import Advice
from dreambrush.errors import BrushError, LibmypaintError, ModelError

BRUSH_SETTINGS = 64  # that libmypaint 1.6 has; older versions have fewer


def libmypaint() -> Advice:
    """Checks whether the engine loads and is new enough; raises LibmypaintError."""
    from dreambrush.mypaint.engine.library import UPGRADE, engine, setting_ids

    engine()
    count = len(setting_ids())
    if count < BRUSH_SETTINGS:
        raise LibmypaintError(
            f"libmypaint knows only {count} brush settings of {BRUSH_SETTINGS}.", UPGRADE, id="libmypaint-too-old"
        )
    return Advice(f"{_loaded_from()} is 1.6 or newer ({count} brush settings).")


def brushes() -> Advice:
    """Checks whether all shipped .myb files can be read; raises BrushError."""
    from dreambrush.models.catalogue import shipped_folder
    from dreambrush.mypaint.engine.myb import read_myb

    files = sorted(shipped_folder("brushes").glob("*.myb"))
    if not files:
        raise BrushError(
            f"There are no brushes in {shipped_folder('brushes')}.",
            "Install dreambrush again.",
            id="shipped-brushes-missing",
        )
    for file in files:
        read_myb(file)
    return Advice(
        f"All {len(files)} brushes that come with dreambrush can be read: {', '.join(file.stem for file in files)}."
    )


def stroke() -> Advice:
    """Paints a real stroke; raises LibmypaintError if no paint lands."""
    from dreambrush.events import stroke_events
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.brush import Brush
    from dreambrush.mypaint.engine.canvas import Canvas

    brush, canvas = Brush.load(find_brush("oil").path), Canvas(64, 64)
    brush.set_radius(6)
    canvas.stroke(brush, stroke_events([[12, 32], [32, 20], [52, 32]], [0.8, 0.8], 6))
    painted = int((canvas.read8()[..., 3] > 127).sum())
    if not painted:
        raise LibmypaintError(
            "A stroke of oil left no paint.",
            "Install libmypaint again, then dreambrush.",
            id="libmypaint-paints-nothing",
        )
    return Advice(f"A stroke of oil painted {painted} pixels.")


def dreams() -> Advice:
    """Lets each of our brushes dream a stroke and its gradient, and opens its controller; raises ModelError."""
    import numpy as np

    from dreambrush.dream.dream import Dream
    from dreambrush.dream.gradient import DreamGradient
    from dreambrush.kernel.library import NONE, instructions
    from dreambrush.models.catalogue import CONTROLLER_FILE, list_brushes
    from dreambrush.painter.propose.round_controller import RoundController

    stroke = np.array([[12, 32, 32, 32, 52, 32, 0.8, 0.8, 6]], np.float32)
    points = np.array([[[32, 32], [24, 32], [32, 1e4]]], np.float32)  # on its path, and far away
    weights = np.ones((1, 3), np.float32)
    dreamt, slow = [], []
    for brush in list_brushes():
        if brush.origin != "ours":
            continue
        folder = brush.dream_folder()
        for compiled in (False, True):  # onnxruntime's answers, and those of the kernel where there is one
            alpha, _ = Dream(folder, threads=1, compiled=compiled)(stroke, points)
            by_strokes = DreamGradient(folder, threads=1, compiled=compiled)(stroke, points, weights, weights)
            if not (0 < alpha[0, :2].max() <= 1 and alpha[0, 2] == 0 and np.isfinite(by_strokes).all()):
                raise ModelError(
                    f"The dream {folder} leaves no paint for a stroke.",
                    "Install dreambrush again.",
                    id="shipped-file-broken",
                )
        dreamt.append(brush.name)
        if not Dream(folder, threads=1).is_compiled:
            slow.append(brush.name)
        if (folder / CONTROLLER_FILE).is_file():
            _, controller = (RoundController(folder, compiled) for compiled in (False, True))
            if not controller.is_compiled:
                slow.append(f"the controller of {brush.name}")
    found = f"dreambrush can paint with all {len(dreamt)} of them"
    if instructions() == NONE:
        return Advice(
            f"{found}, but without the compiled kernel; painting takes three times as long.",
            "Unset DREAMBRUSH_KERNEL, or install dreambrush with pip on a system with gcc or clang.",
        )
    if slow:
        return Advice(
            f"{found}, but {', '.join(slow)} without the compiled kernel, which answers otherwise than onnxruntime.",
            "Install dreambrush again.",
        )
    return Advice(f"{found}, at full speed (compiled kernel, {instructions()}).")


def faces() -> Advice:
    """Whether the networks open; raises ModelError."""
    from dreambrush.painter.see.faces import NETWORKS, open_face_network

    for name in NETWORKS:
        open_face_network(name)
    return Advice("dreambrush can look for faces in a picture.")


def subject() -> Advice:
    """Whether the network opens; raises ModelError."""
    from dreambrush.painter.see.subject import open_subject_network

    open_subject_network()
    return Advice("dreambrush can look for the subject of a picture.")


def _loaded_from() -> str:
    maps = Path("/proc/self/maps")  # of Linux
    lines = maps.read_text(encoding="utf-8", errors="replace").splitlines() if maps.exists() else []
    return next((line[line.index("/") :] for line in lines if "/libmypaint" in line), "The library")
