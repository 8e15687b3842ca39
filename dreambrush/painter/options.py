"""What may be asked of a painting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from dreambrush.arrays import Float32
from dreambrush.manner.manner import Manner
from dreambrush.painter.geometry import LIGHTEST
from dreambrush.painter.plan import effort as efforts
from dreambrush.painter.plan import hand as hands
from dreambrush.painter.plan.stages import Stage
from dreambrush.painter.see.drawn_flow import Flow
from dreambrush.painter.see.target import Colour
from dreambrush.pictures.palette import Palette

ControllerKind = Literal["learned", "ridge"]
CONTROLLERS: tuple[ControllerKind, ...] = get_args(ControllerKind)
LEARNED, RIDGE = CONTROLLERS
LIKENESS = 0.9  # to a reference, by default


@dataclass(frozen=True)
class PaintOptions:
    """How much thought goes into a painting, what the hand prefers, and when to stop."""

    effort: int = efforts.DEFAULT  # 1 to 5
    hand: float = hands.DEFAULT  # 0, as exact as possible, to 1, as free as possible
    layers: int = 5  # 1 to 5
    narrowest: float | None = None  # stroke in pixels; by default what the hand likes
    widest: float | None = None  # stroke in pixels
    seconds: float | None = None  # after which the painting is as good as it then is
    until: float = 0.0  # mean squared error at which no more strokes are added
    colour: Colour | None = None  # of all strokes; by default what suits each best
    focus: Float32 | None = None  # (h, w), 0..1: where to paint more finely; by default everywhere alike, faces apart
    flow: Flow | None = None  # which way strokes run; by default as the form and the hand would have it
    palette: Palette | None = None  # from which all colours come; by default they may be any
    ground: Colour | None = None  # colour under the first stroke; by default see/ground.py chooses
    toned: bool = False  # whether that is a toned ground, made for slivers of it to stay open, or the mean colour
    grain: bool = False  # whether that is paper, with a grain; not where the target is transparent, nor on other work
    pigment: bool = False  # paint as MyPaint 2 does, mixing colours like pigments
    eotf: float | None = None  # of the light in which pigment mixes; by default MyPaint's own
    longest: float | None = None  # path of a stroke in widths; by default as long as the hand likes
    lightest: float = LIGHTEST  # pressure, 0..1
    controller: ControllerKind = LEARNED  # where strokes are proposed: by what was learned, or along ridges of error
    jitter: float = 0.0  # how far the colour of each stroke strays at random, 0..1
    edges: float = 0.0  # 0, as the picture has them, to 1, lost where they do not matter and firm where they do
    simplify: float = 0.0  # how far small things are gathered into strokes along the form, 0..1
    temperature: float = 0.0  # how much warmer lights, and cooler shadows, are painted; 0..1
    bare: float = 0.0  # share of the picture, its lightest part, that stays ground; see/values.py; 0 for as it comes
    depth: float = 1.0  # how far from the ground tones and colours go, 0..1; early washes are pale
    grey: bool = False  # whether only values are painted, from the darkest colour of the palette to the ground
    shapes: float | None = None  # pixels: width of the smallest flat shapes that are seen; see/shapes.py
    rims: float = 0.0  # how much darker such shapes are along their outlines, 0..1
    relief: float = 0.0  # how strongly light from one side shows the thickness of the paint, 0..1
    manner: Manner | None = None  # whose strokes and colours it is painted with
    likeness: float = LIKENESS  # 0, as without that manner, to 1
    stages: tuple[Stage, ...] = ()  # each with a layer of its own; none for one plan on ``layers``

    def of_stage(self, stage: Stage) -> PaintOptions:
        """The options of one of the stages."""
        return replace(self, stages=(), layers=1, **stage.overrides)
