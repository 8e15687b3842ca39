"""The report of a painting, as JSON and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.closer import what_brings_closer
from dreambrush.cli.paint.manner import manner_of
from dreambrush.cli.shared.formats import in_words
from dreambrush.cli.ui.likeness import decibels, likeness

if TYPE_CHECKING:
    from dreambrush.cli.paint.settings import PaintSettings
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.painting import Painting

GROUND_REASONS = {"contrast": "so that the drawing shows on it", "flat": "as most of the picture is"}
"""Why a ground that nobody asked for has its colour, where it is not the mean of the picture."""

LAYERED = ".ora", ".psd"
PIGMENT_PROGRAMS = "  Only MyPaint shows its layers right (--flatten-pigment makes them right in other programs)."


def report_of(
    target: str,
    files: Sequence[Path],
    painting: Painting,
    brushes: Sequence[BrushFile],
    settings: PaintSettings,
    seconds: float,
    here: PaintSettings | None = None,
) -> dict[str, Any]:
    """The JSON object of one painting; docs/report.md explains it.

    Args:
        target: the picture, as the user named it.
        files: that were saved, the most important one first.
        painting: the painting.
        brushes: the brushes that the painter could choose from.
        settings: the settings of the painting.
        seconds: from reading the picture to the saved painting.
        here: the settings with the files that they name as they lie on this machine, if that is elsewhere.
    """
    from dreambrush.machine import foundations

    width, height = painting.strokes.size
    # Who draws in greys wants the picture's lights and darks, and knows that its colours are not there.
    near = painting.mse if painting.values_mse is None else painting.values_mse
    names = [brush.name for brush in brushes]
    return {
        "target": target,
        "output": str(files[0]),
        "outputs": [str(file) for file in files],
        "width": width,
        "height": height,
        "strokes": len(painting.strokes),
        "seconds": round(seconds, 3),
        "mse": painting.mse,
        "psnr": decibels(painting.mse),
        "values_mse": painting.values_mse,
        "likeness": likeness(near),
        "closer": what_brings_closer(near, len(painting.strokes), max(width, height), here or settings),
        "dreamed_mse": painting.dreamed_mse,
        "transfer_gap": transfer_gap(painting.mse, painting.dreamed_mse),
        "brush": "+".join(names),
        "brushes": names,
        "seed": settings.seed,
        "effort": settings.effort,
        "hand": settings.hand,
        "edges": settings.edges,
        "simplify": settings.simplify,
        "temperature": settings.temperature,
        "relief": settings.relief,
        "focus": settings.focus,
        "flow": settings.flow,
        "manner": _manner(settings),
        "controller": painting.controller,
        "layers": settings.layers,
        "pigment": painting.pigment,
        "flattened": painting.flattened,
        "transparent": painting.transparent,
        "ground": None if painting.onto_work else "#" + bytes(painting.background).hex(),
        "ground_reason": painting.ground_reason and str(painting.ground_reason),
        "stages": [
            {
                "name": stage.name,
                "strokes": stage.strokes,
                "dreamed_mse": stage.dreamed_mse,
                "mse": stage.mse,
                "transfer_gap": transfer_gap(stage.mse, stage.dreamed_mse),
            }
            for stage in painting.laid_layers
        ],
        "seconds_by_work": painting.seconds,
        "interrupted": painting.interrupted,
        "made_with": foundations(),
        "error": None,
    }


def _manner(settings: PaintSettings) -> dict[str, Any] | None:
    """In whose manner it is painted, and how closely; None if in nobody's."""
    manner = manner_of(settings.manner)
    if manner is None:
        return None
    return {"of": manner.source, "found_by": manner.means, "likeness": settings.likeness}


def transfer_gap(mse: float, dreamed_mse: float) -> float | None:
    """The share of the real error that the dream did not predict; None if there is no error."""
    return (mse - dreamed_mse) / mse if mse > 0 else None


def summary(report: dict[str, Any], *, verbose: bool = False) -> str:
    """What to know about a painting, in a line.

    Args:
        report: of the painting.
        verbose: whether the error follows in figures, too.
    """
    brushes, files = in_words(report["brushes"]), in_words(report["outputs"])
    closer = "" if report["closer"] is None else f"; {report['closer']}"
    of_values, mse = "", report["mse"]
    if report["values_mse"] is not None:
        of_values, mse = " in light and dark", report["values_mse"]
    found = decibels(mse)
    near = "" if found is None else f", {found:.1f} dB (a higher figure is closer)"
    figures = f"  Mean squared error{of_values} {mse:.4f}{near}." if verbose else ""
    manner = "" if report["manner"] is None else f", painted by a machine in the manner of {report['manner']['of']}"
    strokes = "1 stroke" if report["strokes"] == 1 else f"{report['strokes']} strokes"
    reason = GROUND_REASONS.get(report["ground_reason"] or "")
    ground = "" if reason is None else f"  The ground is {report['ground']}, {reason} (--ground chooses another)."
    layered = any(Path(file).suffix.lower() in LAYERED for file in report["outputs"])
    programs = PIGMENT_PROGRAMS if report["pigment"] and layered and not report["flattened"] else ""
    return (
        f"{files}: {strokes} of {brushes}{manner}, {report['width']} x {report['height']} px, "
        f"in {report['seconds']:.1f} s.  "
        f"Likeness{of_values}: {report['likeness']}{closer}.{figures}{ground}{programs}"
    )


def summary_of_all(count: int, painted: int, failed: Sequence[str]) -> str:
    """One sentence about many paintings.

    Args:
        count: the number of pictures to paint.
        painted: how many of them are.
        failed: the names of the pictures that failed.
    """
    told = f"All {count} pictures are painted" if painted == count else f"{painted} of {count} pictures are painted"
    return f"{told}; failed: {', '.join(failed)}." if failed else f"{told}."
