"""The study: what a painter knows of a picture before the first stroke, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.dream.pigment import Pigment
from dreambrush.dream.wet import is_wet, lays_own
from dreambrush.models.catalogue import CONTROLLER_FILE, BrushFile, read_card
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.gain import Snap, only
from dreambrush.painter.in_manner import InManner, followed, in_manner
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool, canvas_eotf
from dreambrush.painter.options import LEARNED, RIDGE, ControllerKind, PaintOptions
from dreambrush.painter.plan import hand as hands
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.effort import EFFORTS, HANDFUL, LEARNED_EFFORTS
from dreambrush.painter.plan.hand import Hand
from dreambrush.painter.plan.planner import Planner
from dreambrush.painter.plan.stages import EVEN, Stage, strokes_of_each
from dreambrush.painter.propose.even_grower import DOT, EvenGrower
from dreambrush.painter.propose.grow import Grower
from dreambrush.painter.propose.ridge_proposer import Controller, RidgeProposer
from dreambrush.painter.propose.round_controller import RoundController
from dreambrush.painter.propose.round_grower import RoundGrower
from dreambrush.painter.propose.window_grower import WindowGrower
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.painter.see.cells import cell_for, reduced
from dreambrush.painter.see.guide import Guide
from dreambrush.painter.see.interest import Interest, interest
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.see.saliency import detail_weight, focus_weight
from dreambrush.painter.see.target import Colour, Target
from dreambrush.painter.see.zones import zone_map
from dreambrush.painter.seen import left_to_do, loose, seen

FACES_COUNT = 0.3  # hand from which on faces count in full
ACCENT_SHARE = 0.12  # of the strokes, that are added when all others can be seen on the real canvas
FILLING_SHARE = 0.25  # the same in a manner: they fill the gaps that its shapes leave
SETTLED = 0.3, 0.6  # shares of the strokes at which those in a manner get its shapes, so that gaps are seen
WRONG, RIGHT = np.float32(0.35), np.float32(0.06)  # how far from the picture a ground is imagined; how near it may be
FEWEST_FOR_ACCENTS = 40  # strokes; fewer are planned as a whole


@dataclass(frozen=True, eq=False)
class Commission:
    """What is asked of a painter; arguments as of :func:`~dreambrush.painter.run.paint`.

    Of one stage, that is ``stage``.  The backdrop is then the canvas as the stages before have left it, and ``below``
    (h, w, 3) what is seen below the layer that is painted on.
    """

    target: Float32
    brushes: tuple[BrushFile, ...]
    strokes: int
    seed: int = 0
    options: PaintOptions = field(default_factory=PaintOptions)
    controller: Controller | None = None
    backdrop: Backdrop | None = None
    stage: Stage | None = None
    below: Float32 | None = None

    def of_stage(
        self, number: int, seconds: float | None, canvas: Float32, ground: Colour, below: Float32
    ) -> Commission:
        """What is asked of one stage of this painting.

        Args:
            number: of the stage.
            seconds: that it may take; None for as long as it takes.
            canvas: (h, w, 3) float32, sRGB 0..1: what the stages before have left.
            ground: colour of the bare ground, sRGB 0..1.
            below: (h, w, 3) what is seen below the layer of this stage.
        """
        stages = self.options.stages
        stage = stages[number]
        seen = np.asarray(np.rint(canvas * np.float32(255)), np.uint8)
        work = self.backdrop or Backdrop(seen, None, None, self.options.pigment, self.options.eotf)
        return replace(
            self,
            brushes=tuple(self.brushes[brush] for brush in self.tools_of(stage)),
            strokes=strokes_of_each(self.strokes, [each.share for each in stages])[number],
            seed=self.seed + number,
            options=replace(self.options.of_stage(stage), seconds=seconds, ground=ground),
            backdrop=replace(work, picture=seen),
            stage=stage,
            below=below,
        )

    def tools_of(self, stage: Stage) -> tuple[int, ...]:
        """The numbers of a stage's brushes among those of the painting."""
        return stage.brushes or tuple(range(len(self.brushes)))

    @property
    def planned(self) -> int:
        """How many strokes are planned before any paint is laid."""
        fewest = HANDFUL if self.proposes == LEARNED else FEWEST_FOR_ACCENTS
        like = self.options.manner is not None and self.options.likeness
        share = FILLING_SHARE if like else ACCENT_SHARE
        accents = int(share * self.strokes) if self.strokes >= fewest else 0
        return self.strokes - accents

    @property
    def layers(self) -> int:
        """On how many layers strokes lie at most.  A wet brush sees one layer only, so its paintings have no more."""
        return 1 if self.wet or self.stage is not None else self.options.layers

    def named(self, layers: tuple[str, ...]) -> tuple[str, ...]:
        """The names of layers: a stage's has the name of the stage."""
        return layers if self.stage is None else (self.stage.name,)

    @property
    def wet(self) -> bool:
        """Whether a brush picks up paint, or takes it away."""
        return any(is_wet(brush.dream_folder()) for brush in self.brushes)

    @property
    def proposes(self) -> ControllerKind:
        """What proposes strokes: what the brushes have learned, if it is asked for and all of them have.

        Blenders and erasers learn nothing of where strokes go.  They are tried where the others would lay a stroke.
        They learned with a free choice of colours.  Where colours are given it is the walk along ridges.
        """
        options = self.options
        free = options.colour is None and options.palette is None
        folders = [brush.dream_folder() for brush in self.brushes]
        learned = [folder for folder in folders if (folder / CONTROLLER_FILE).is_file()]
        known = learned and all(folder in learned or not lays_own(read_card(folder)) for folder in folders)
        return LEARNED if free and known and self.controller is None and options.controller == LEARNED else RIDGE


@dataclass(frozen=True, eq=False)
class Study:
    """What is known before the first stroke.

    Attributes:
        asked: what was asked.
        target: the picture, the ground under it, and where it counts.
        form: which way the form runs.
        hand: what the hand prefers.
        scene: what is to be painted, pixel by pixel.
        coarse: the same in the cells in which strokes are grown.
        shown: the picture itself, with which the painting is compared; another than the scene if edges are lost.
        zone: (h, w) float32, 0..1: where it is painted; None for everywhere.
        in_manner: gives strokes the shapes of a reference; None if there is none.
    """

    asked: Commission
    target: Target
    form: OrientationField
    hand: Hand
    scene: Scene
    coarse: Scene
    shown: Scene
    zone: Float32 | None = None
    in_manner: InManner | None = None

    @property
    def paper(self) -> Float32:
        """The bare canvas (height * width, 3)."""
        return self.target.paper().reshape(-1, 3)

    def planner(self, deadline: Deadline) -> Planner:
        """A planner that knows nothing yet."""
        asked = self.asked
        rng = np.random.default_rng(asked.seed)
        learned = asked.proposes == LEARNED
        effort = (LEARNED_EFFORTS if learned else EFFORTS)[asked.options.effort].for_count(asked.strokes)
        if learned:
            height, width = self.target.size
            effort = effort.for_handful(asked.strokes, height * width)
        if self.in_manner is not None:
            effort = replace(effort, pauses=SETTLED)
        even = asked.stage is not None and asked.stage.spread == EVEN
        if even:
            effort = effort.for_even(self.hand.longest is not None and self.hand.longest <= DOT)
        paper, score = self._imagined(self.coarse), self.hand.score
        grower: Grower
        if even:
            zone = None if self.zone is None else reduced(self.zone, self.coarse.cell)
            grower = EvenGrower(self.coarse, self.hand, zone, rng, paper, asked.strokes, effort.rounds)
        elif learned:
            folders = [brush.dream_folder() for brush in asked.brushes]
            controllers = [
                RoundController(folder) if (folder / CONTROLLER_FILE).is_file() else None for folder in folders
            ]
            grower = RoundGrower(self.coarse, controllers, rng, paper, asked.strokes, score, effort.rounds)
        else:
            controller = asked.controller or RidgeProposer()
            grower = WindowGrower(self.coarse, controller, rng, paper, asked.strokes, score, effort.budget)
        again = asked.wet and asked.planned < asked.strokes
        grower.shaper = self.in_manner
        return Planner(
            self.scene, self._imagined(self.scene), grower, effort, rng, deadline, self.shown, again, self.in_manner
        )

    def _imagined(self, scene: Scene) -> Float32:
        """The canvas (height * width, 3) on which a plan begins, in a scene's cells: bare, as a rule.

        In a manner there are so many strokes as will cover the canvas, and error alone would leave the ground open
        wherever it is about right.  So it is imagined to be wrong everywhere but where the picture is the ground's
        colour, and is covered.
        """
        paper = self.target.paper(scene.cell)
        if self.in_manner is None:
            return paper
        wrong = np.where(scene.target > 0.5, scene.target - WRONG, scene.target + WRONG).astype(np.float32)
        right = np.abs(scene.target - paper).max(1, keepdims=True) < RIGHT
        return np.where(right, paper, wrong)

    def easel(self) -> Easel:
        """An easel with a bare canvas and all brushes at hand."""
        pigment, eotf = self.asked.options.pigment, self.asked.options.eotf
        tools = [Tool(read_myb(brush.path), brush.mypaint_name, pigment) for brush in self.asked.brushes]
        height, width = self.target.size
        return Easel(width, height, self.target.background, tools, pigment=pigment, seed=self.asked.seed, eotf=eotf)


def study(asked: Commission, dreams: Dreams) -> Study:
    """Looks at the picture: what counts in it, which way the form runs, and what a hand would do there.

    Args:
        asked: what is to be painted, and how.
        dreams: of its brushes.

    Raises:
        ModelError: a network that finds faces or subjects is missing or broken.
    """
    options, strokes = asked.options, asked.strokes
    target = Target(asked.target, options.ground, asked.backdrop, options.palette, options.toned)
    looked, care, picture = look_at(target, options)
    form, zone = OrientationField(picture), None
    if (stage := asked.stage) is not None:
        zone = zone_map(stage.where, target, options.focus)
        if zone is not None and not zone.any():
            asked = replace(asked, strokes=0)
        picture = left_to_do(stage.tones, picture, target.paper().reshape(picture.shape), zone)
    limits = options.narrowest, options.widest, strokes, options.longest, options.lightest
    hand = hands.hand_for(options.hand, picture, form, *limits, *(loose(target, looked, care) if looked else ()))
    flow = followed(options.flow, options.manner, options.likeness)
    if flow is not None:
        hand = hand.guided(Guide(flow, target.picture))
    sizes = options.narrowest, options.widest, options.longest
    shaper = in_manner(options.manner, options.likeness, target, *sizes)
    if shaper is not None:
        hand = shaper.freed(hand)
    snap = _snap(options)
    cells = 1, cell_for(*target.size, strokes)
    pigment = Pigment(canvas_eotf(True, options.eotf)) if options.pigment else None
    shared = dreams, hand, snap, pigment, asked.below, 0.0 if shaper is None else shaper.likeness
    scene, coarse = (_scene(target, picture, cell, *shared) for cell in cells)
    shown = scene if picture is target.picture else _scene(target, target.picture, 1, *shared)
    return Study(asked, target, form, hand, scene, coarse, shown, zone, shaper)


def look_at(target: Target, options: PaintOptions) -> tuple[Interest | None, Float32 | None, Float32]:
    """Looks at a target, and from then on minds where it counts.

    Returns:
        Where one looks; (h, w) how much more an error counts in faces; and (h, w, 3) the picture as the painter sees
        it.  The first two are None where nothing asks for them, or there is no face.

    Raises:
        ModelError: a network that finds faces or subjects is missing or broken.
    """
    # At hand 0 nothing but the error counts.
    target.attention = detail_weight(target.picture, min(options.hand / FACES_COUNT, 1.0))
    care = None if target.attention is None else target.attention / target.attention.min() - 1
    if options.focus is not None:
        target.attention = focus_weight(options.focus, target.attention)
    on_paper = options.manner is not None and options.bare
    seen_so = options.edges or options.shapes or options.focus is not None or on_paper
    looked = interest(target, options.focus) if seen_so else None
    return looked, care, seen(target, looked, care, options)


def _scene(
    target: Target,
    picture: Float32,
    cell: int,
    dreams: Dreams,
    hand: Hand,
    snap: Snap | None,
    pigment: Pigment | None,
    below: Float32 | None,
    stiff: float,
) -> Scene:
    """A target as a scene, in cells of so many pixels; what is painted may be another picture than its own."""
    base = target.paper(cell) if below is None else reduced(below, cell).reshape(-1, 3)
    lead = None if hand.guide is None else hand.lead
    shared = snap, base, pigment, lead, stiff
    return Scene(picture, dreams, hand.constrain, cell, target.counts, target.attention, *shared)


def _snap(options: PaintOptions) -> Snap | None:
    """To the colours that strokes may have; None for any."""
    if options.palette is not None:
        return options.palette.snapped
    return None if options.colour is None else only(np.array(options.colour, np.float32))
